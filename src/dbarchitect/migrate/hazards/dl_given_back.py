"""Values go that no way back gives back, though it may look as if it did.

Why
    A way back that makes a dropped column again makes it empty, or fills it by its default: the schema is the same and
    the values are not. What UPDATE writes over and DELETE takes away is gone too, and so is what a sequence had counted
    to (DL13). DL01, DL02 and DL04 tell who loses it; this one tells that going back does not help.

Safe way
    Keep a copy until nobody can want to go back: a renamed table, a second column, a dump. Begin the way back with
    `-- lossy:` and what it does not bring back.

Sources
    https://www.postgresql.org/docs/18/ddl-alter.html
    `dbarchitect migrate prove` measures it: DL13 is told from the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.conversions import lossy
from dbarchitect.migrate.hazard import Context, Kind, bad, few, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard

GONE = Kind("DL13", "lost-for-good", "info", "Values go that no way back gives back.")
KINDS = (GONE,)
SAFE = "Keep a copy until nobody can want to go back."


def check(context: Context) -> Iterator[Hazard]:
    """Rows that are written over or taken away, dropped tables, columns and sequences, conversions that lose."""
    if context.effect.refused:
        return
    for act, table in context.named("update", "delete", "drop table", "truncate"):
        if context.empty(table):
            continue
        what = f"the rows of {shown(table)} that {act.action.upper()} takes away"
        if act.action == "update":
            old = [name for name in act.columns if name in table.columns and not _new(context, table.key, name)]
            if not old or _only_nulls(context, old):
                continue
            what = f"what {few(sorted(set(old)))} of {shown(table)} held before this UPDATE"
        yield GONE.hazard(context, table_address(table), f"no way back gives back {what}", SAFE)
    for act, table in context.named("drop column", "set type"):
        column = table.columns.get(act.part)
        if column is None or column.generated or context.empty(table) or _new(context, table.key, act.part):
            continue
        place = address("column", table.schema, table.name, act.part)
        if act.action == "drop column":
            message = f"a way back makes {table.name}.{act.part} again, and none gives back its values"
            yield GONE.hazard(context, place, message, SAFE)
        elif act.type is not None and lossy(context.around.base(column.type), context.around.type(act.type)):
            message = f"no way back gives back what {table.name}.{act.part} loses when it becomes \
{context.around.type(act.type).sql()}"
            yield GONE.hazard(context, place, message, SAFE)
    for act in context.acts:
        key = context.around.key(context.around.state.sequences, act.name) if act.action == "drop sequence" else None
        if key is not None and address("sequence", *key) not in context.transaction.made:
            message = f"no way back gives back where {act.name} had counted to"
            yield GONE.hazard(context, address("sequence", *key), message, "Write down its last value.")


def _new(context: Context, table: tuple[str, str], column: str) -> bool:
    """Whether this file made the column."""
    return address("column", *table, column) in context.transaction.made


def _only_nulls(context: Context, columns: list[str]) -> bool:
    """Whether a condition leaves values alone: it asks for rows where the column is null."""
    text = " ".join(context.moment.written.text.replace('"', "").lower().split())
    return all(f"{name.lower()} is null" in text for name in set(columns))


T = "CREATE TABLE t (id int PRIMARY KEY, a text, at timestamptz);\nCREATE SEQUENCE s;\n"
EXAMPLES = (
    bad(T, "UPDATE t SET a = lower(a) WHERE id > 1;", "DL13"),
    bad(T, "DELETE FROM t WHERE id > 1;", "DL13"),
    bad(T, "ALTER TABLE t DROP COLUMN a;", "DL13"),
    bad(T, "ALTER TABLE t ALTER COLUMN at TYPE date;", "DL13"),
    bad(T, "DROP SEQUENCE s;", "DL13"),
    good(T, "UPDATE t SET a = 'x' WHERE a IS NULL;"),
    good(T, "ALTER TABLE t ADD COLUMN b text;\nUPDATE t SET b = lower(a);"),
    good(T, "ALTER TABLE t ALTER COLUMN a TYPE varchar;"),
    good("", T + "DROP TABLE t;", title="the table is new"),
)
