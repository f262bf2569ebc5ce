"""A column loses what numbers its rows, or counts where numbers are taken.

Why
    An identity that takes the place of serial begins at 1, and the rows have those numbers already: the next insert is
    refused (23505). A column that takes the name of a numbered one does not take its default: inserts fail (23502). A
    sequence goes with the column that owns it, and with CASCADE the default of another column goes along. And when a
    serial column becomes bigint its sequence stays an integer and ends at 2,147,483,647; an identity's grows with it
    (DL18).

Safe way
    setval() to the highest number in use; SET DEFAULT and OWNED BY for the new column before the old one goes;
    ALTER SEQUENCE … AS bigint.

Sources
    https://www.postgresql.org/docs/18/sql-altersequence.html
    Measured on PostgreSQL 18: each of the four.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import Surroundings
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import Key, TableDraft

LOST = Kind("DL18", "lost-numbering", "warning", "A column loses its numbers, or counts where they are taken.")
KINDS = (LOST,)
_MOVED = re.compile(r"\bsetval\s*\(|\bRESTART\b", re.IGNORECASE)
_PLACED = re.compile(r"\b(?:START|RESTART|SEQUENCE\s+NAME)\b", re.IGNORECASE)


def check(context: Context) -> Iterator[Hazard]:
    """What numbers rows, before and after."""
    if context.effect.refused:
        return
    for act, table in context.named("add identity"):
        written = context.moment.written
        rest = written.file.text[written.start :]
        known = act.part in table.columns and address("column", *table.key, act.part) not in context.transaction.made
        if known and not context.empty(table) and not _PLACED.search(written.text) and not _MOVED.search(rest):
            message = f"{table.name}.{act.part} counts from 1, and rows of {shown(table)} may have those numbers"
            yield LOST.hazard(context, _place(table, act.part), message, "setval() to the highest number in use.")
    for act, table in context.named("drop column", "rename column"):
        column = table.columns.get(act.part)
        if column is not None and _numbered(column):
            message = f"the new {act.part} of {shown(table)} is not numbered as the old one was: inserts that leave \
it out fail (23502)"
            safe = f"ALTER COLUMN {act.part} SET DEFAULT nextval(…), and OWNED BY it."
            hazard = LOST.hazard(context, _place(table, act.part), message, safe)
            context.at_end(partial(_unless_numbered, hazard, table.key, act.part))
    for act, table in context.named("drop column"):
        if act.cascade:
            yield from _along(context, table, act.part)
    for act, table in context.named("set type"):
        if act.type is not None and context.around.type(act.type).name == "bigint":
            _stays_small(context, table, act.part)


def _place(table: TableDraft, column: str) -> str:
    return address("column", table.schema, table.name, column)


def _numbered(column: Column) -> bool:
    return column.identity is not None or "nextval(" in (column.default or "").lower()


def _unless_numbered(hazard: Hazard, table: Key, column: str, after: Surroundings) -> Hazard | None:
    """The hazard, when the file leaves a required column of that name that nothing numbers."""
    found = after.state.tables.get(table)
    now = found.columns.get(column) if found else None
    bare = now is not None and not (now.nullable or now.default is not None or now.identity or now.generated)
    return hazard if bare else None


def _along(context: Context, table: TableDraft, column: str) -> Iterator[Hazard]:
    """Defaults that go with a sequence that goes with its column."""
    own = [key for key, item in context.around.state.sequences.items() if item.owned_by == (*table.key, column)]
    for _, name in own:
        for other in table.columns.values():
            default = (other.default or "").lower()
            if other.name != column and "nextval(" in default and re.search(rf"\b{re.escape(name.lower())}\b", default):
                message = f"{name} belongs to {column} and goes with it, and with it the default of {other.name}"
                yield LOST.hazard(context, _place(table, other.name), message,
                                  f"ALTER SEQUENCE {name} OWNED BY {shown(table)}.{other.name} before it.")  # fmt: skip


def _stays_small(context: Context, table: TableDraft, column: str) -> None:
    for key, item in context.around.state.sequences.items():
        if item.owned_by == (*table.key, column) and item.type.name in ("integer", "smallint"):
            top = "2,147,483,647" if item.type.name == "integer" else "32,767"
            message = f"{table.name}.{column} becomes bigint, and its sequence {item.name} still ends at {top}"
            safe = f"ALTER SEQUENCE {item.name} AS bigint."
            hazard = LOST.hazard(context, _place(table, column), message, safe)
            context.at_end(partial(_unless_larger, hazard, key, item.type.name))


def _unless_larger(hazard: Hazard, key: Key, type_: str, after: Surroundings) -> Hazard | None:
    """The hazard, when the file leaves the sequence its type."""
    found = after.state.sequences.get(key)
    return hazard if found is not None and found.type.name == type_ else None


T = "CREATE TABLE t (id serial PRIMARY KEY, a text);\n"
N = "ALTER TABLE t ADD COLUMN n bigint;\nUPDATE t SET n = id;\nALTER TABLE t DROP CONSTRAINT t_pkey;\n"
SWAP = "ALTER TABLE t RENAME COLUMN id TO old;\nALTER TABLE t RENAME COLUMN n TO id;\n\
ALTER TABLE t ADD PRIMARY KEY (id);\n"
DEFAULT = "ALTER TABLE t ALTER COLUMN id SET DEFAULT nextval('t_id_seq');\n"
IDENTITY = "ALTER TABLE t ALTER COLUMN id DROP DEFAULT;\n\
ALTER TABLE t ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;\n"
EXAMPLES = (
    bad(T, IDENTITY, "DL18"),
    bad(T, N + SWAP, "DL18"),
    bad(T, N + SWAP + DEFAULT + "ALTER TABLE t DROP COLUMN old CASCADE;", "DL18"),
    bad(T, "ALTER TABLE t ALTER COLUMN id TYPE bigint;", "DL18"),
    good(T, IDENTITY + "SELECT setval(pg_get_serial_sequence('t', 'id'), max(id)) FROM t;"),
    good(T, N + SWAP + DEFAULT + "ALTER SEQUENCE t_id_seq OWNED BY t.id;\nALTER TABLE t DROP COLUMN old;"),
    good(T, "ALTER TABLE t ALTER COLUMN id TYPE bigint;\nALTER SEQUENCE t_id_seq AS bigint;"),
    good("CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);\n", "ALTER TABLE t ALTER COLUMN id TYPE bigint;"),
    good(T, "ALTER TABLE t DROP COLUMN id;"),
)
