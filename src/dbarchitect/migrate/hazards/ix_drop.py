"""An index goes, or is lost with something else.

Why
    DROP INDEX waits for everybody on the table and keeps everybody out meanwhile (IX05). Queries, foreign keys and
    uniqueness may need it (IX07). Where another one takes its place only afterwards (IX08), queries do without until
    it is built, and in a transaction they wait for as long, because the lock of DROP INDEX stays. DROP COLUMN drops
    every index and constraint that holds the column, also those over several columns, and says nothing (IX09).

Safe way
    DROP INDEX CONCURRENTLY, outside a transaction, after the new index is there.

Sources
    https://www.postgresql.org/docs/18/sql-dropindex.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.effects_parts import names_over
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import Surroundings, keys, table_address
from dbarchitect.model.address import address
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard
from dbarchitect.model.schema import View
from dbarchitect.read.sql.drafts import TableDraft

DROP = Kind("IX05", "drop-index", "warning", "DROP INDEX keeps everybody out while it waits.")
NEEDED = Kind("IX07", "drop-needed-index", "warning", "A foreign key loses the index that finds its rows.")
GAP = Kind("IX08", "replace-index", "warning", "Between an index and its successor there is none.")
LOST = Kind("IX09", "index-lost-with-column", "warning", "DROP COLUMN drops what holds the column with others.")
KINDS = (DROP, NEEDED, GAP, LOST)


def check(context: Context) -> Iterator[Hazard]:
    """DROP INDEX, CREATE INDEX after it, DROP COLUMN."""
    for act in context.acts:
        if act.action == "drop index":
            found = context.around.index(act.name)
            if found is None or isinstance(found[1], View) or table_address(found[1]) in context.transaction.made:
                continue
            yield from _dropped(context, found[0], found[1], act.concurrently)
    for act, table in context.named("create index"):
        for name, columns in context.transaction.dropped.get(table_address(table), ()):
            if columns and act.columns[: len(columns)] == columns:
                over = ", ".join(columns)
                message = f"between DROP INDEX {name} and this one {shown(table)} has no index over {over}"
                if context.inside and not act.concurrently:
                    message = f"nobody can read or write {shown(table)} from DROP INDEX {name} on until this one over \
{over} is built"
                yield GAP.hazard(context, address("index", table.schema, act.part or name), message,
                                 "Build the new one first, then drop the old one.")  # fmt: skip
    for act, table in context.named("drop column"):
        shared = [name for name in names_over(table, act.part) if len(_columns(table, name)) > 1]
        if shared:
            message = f"{', '.join(shared)} of {shown(table)} go with {act.part}, although they hold other columns too"
            yield LOST.hazard(context, address("column", table.schema, table.name, act.part), message,
                              "Build what is still needed without the column first.")  # fmt: skip


def _columns(table: TableDraft, name: str) -> tuple[str, ...]:
    if name in table.indexes:
        return tuple(part.column or "" for part in table.indexes[name].parts)
    return next((getattr(item, "columns", ()) for item in keys(table) if item.name == name), ())


def _dropped(context: Context, name: str, table: TableDraft, concurrently: bool) -> Iterator[Hazard]:
    place = address("index", table.schema, name)
    if not concurrently and not context.effect.refused:
        message = f"nobody can read or write {shown(table)}{context.size(table)} while DROP INDEX waits and works"
        yield DROP.hazard(context, place, message, "DROP INDEX CONCURRENTLY, outside a transaction.",
                          severity=context.weight(table, usual="warning"))  # fmt: skip
    gone = table.indexes.get(name)
    if gone is None or gone.where is not None:
        return
    for key in table.constraints.values():
        if not isinstance(key, ForeignKey) or set(gone.columns[: len(key.columns)]) != set(key.columns):
            continue
        if _unfound(table, key, name):
            message = f"without {name} every delete in {key.target_table} reads all of {shown(table)} for {key.name}"
            hazard = NEEDED.hazard(context, place, message, "Keep it, or build its successor first.")
            context.later(hazard, partial(_still_unfound, table.key, key))


def _unfound(table: TableDraft, key: ForeignKey, without: str = "") -> bool:
    """Whether no index finds the rows of a foreign key."""
    rest = [index.columns for index in table.indexes.values() if index.name != without and index.where is None]
    rest += [getattr(item, "columns", ()) for item in keys(table)]
    return not any(set(columns[: len(key.columns)]) == set(key.columns) for columns in rest)


def _still_unfound(place: tuple[str, str], key: ForeignKey, after: Surroundings) -> bool:
    """Whether the key is there after the file, and no index for it."""
    table = after.state.tables.get(place)
    return table is not None and key.name in table.constraints and _unfound(table, key)


T = (
    "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE t (id int PRIMARY KEY, p_id int REFERENCES p, a int, b int);\n"
    "CREATE INDEX t_p ON t (p_id);\nCREATE INDEX t_ab ON t (a, b);\nCREATE INDEX t_a ON t (a);\n"
)
EXAMPLES = (
    bad(T, "DROP INDEX t_a;", "IX05"),
    bad(T, "DROP INDEX CONCURRENTLY t_p;", "IX07", transaction=False),
    bad(T, "DROP INDEX t_a;\nCREATE INDEX t_a2 ON t (a, id);", "IX05", "IX08"),
    bad(T, "DROP INDEX t_p;", "IX05", "IX07"),
    bad(T, "ALTER TABLE t DROP COLUMN b;", "IX09"),
    good(T, "DROP INDEX CONCURRENTLY t_a;", transaction=False),
    good(T + "CREATE INDEX t_p2 ON t (p_id, a);", "DROP INDEX CONCURRENTLY t_p;", transaction=False),
    bad(T, "DROP INDEX t_p;\nCREATE INDEX t_p2 ON t (p_id, a);", "IX05", "IX08", title="its successor comes at once"),
    bad(
        T + "CREATE INDEX t_q ON t (p_id) WHERE a IS NULL;\nDROP INDEX t_p;",
        "DROP INDEX t_q;",
        "IX05",
        title="a partial one finds not all",
    ),
    good("", T + "DROP INDEX t_a;", title="the table is new"),
)
