"""NOT NULL is set on a column that nothing proves to be filled.

Why
    SET NOT NULL reads the whole table under ACCESS EXCLUSIVE (SC01), unless a validated check says exactly `column IS
    NOT NULL` (then nothing is said: SC02). A NOT NULL NOT VALID of PostgreSQL 18 does not help, because SET NOT NULL
    looks again instead of validating (SC03), and a check that merely follows from it does not help either (SC04). One
    NULL and the statement fails (DL06).

Safe way
    PostgreSQL 18: ADD CONSTRAINT … NOT NULL column NOT VALID, then VALIDATE CONSTRAINT, which keeps nobody waiting.
    Before: ADD CHECK (column IS NOT NULL) NOT VALID, VALIDATE, SET NOT NULL, drop the check.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects_parts import mentions
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.migrate.surroundings import checks
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft

SCAN = Kind("SC01", "set-not-null", "warning", "SET NOT NULL reads the whole table.")
AGAIN = Kind("SC03", "set-not-null-twice", "warning", "SET NOT NULL reads what VALIDATE CONSTRAINT would prove.")
UNPROVED = Kind("SC04", "check-proves-nothing", "warning", "A check does not prove that a column is filled.")
NULLS = Kind("DL06", "nulls-left", "info", "NOT NULL fails on rows with NULL.")
KINDS = (SCAN, AGAIN, UNPROVED, NULLS)


def check(context: Context) -> Iterator[Hazard]:
    """SET NOT NULL, and ADD CONSTRAINT … NOT NULL that looks at the rows."""
    for act, table in context.named("set not null", "add constraint"):
        added = act.constraint
        if act.action == "add constraint" and (added is None or added.kind != "not null" or not added.valid):
            continue
        for column in added.columns if added else (act.part,):
            if context.scans(table) and column in table.columns:
                yield from _said(context, table, column)


def _said(context: Context, table: TableDraft, column: str) -> Iterator[Hazard]:
    place = address("column", table.schema, table.name, column)
    kind, more, safe = SCAN, "", _way(context, column)
    if column in table.unproved_not_nulls:
        kind, more = AGAIN, ", although a NOT VALID constraint says so already"
        safe = "VALIDATE CONSTRAINT of that one instead: it keeps nobody waiting."
    elif any(mentions(item.expression, column) and item.validated for item in checks(table)):
        kind, more = UNPROVED, f", because no check says {column} IS NOT NULL itself"
    message = f"all rows of {shown(table)}{context.size(table)} are read for NULLs in {column}{more}: no reads and no \
writes meanwhile"
    yield kind.hazard(context, place, message, safe, severity=context.weight(table))
    if not context.no_nulls(table, column) and not context.empty(table):
        query = f"SELECT * FROM {shown(table)} WHERE {spelled(column)} IS NULL;"
        yield NULLS.hazard(context, place, f"it fails when a row of {shown(table)} has no {column}",
                           "Fill them first.", query=query)  # fmt: skip


def _way(context: Context, column: str) -> str:
    if context.postgres >= 18:
        return f"ADD CONSTRAINT … NOT NULL {column} NOT VALID, then VALIDATE CONSTRAINT in another transaction."
    return f"ADD CHECK ({column} IS NOT NULL) NOT VALID, VALIDATE it, SET NOT NULL, drop the check."


T = "CREATE TABLE t (id int PRIMARY KEY, note text, size int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ALTER COLUMN note SET NOT NULL;", "DL06", "SC01"),
    bad(T, "ALTER TABLE t ADD CONSTRAINT n NOT NULL note;", "DL06", "SC01"),
    bad(T + "ALTER TABLE t ADD CONSTRAINT n NOT NULL note NOT VALID;", "ALTER TABLE t ALTER COLUMN note SET NOT NULL;",
        "DL06", "SC03"),
    bad(T + "ALTER TABLE t ADD CHECK (length(note) > 0);", "ALTER TABLE t ALTER COLUMN note SET NOT NULL;",
        "DL06", "SC04"),
    good(T + "ALTER TABLE t ADD CHECK (note IS NOT NULL);", "ALTER TABLE t ALTER COLUMN note SET NOT NULL;",
         title="SC02: a validated check proves it"),
    good(T, "ALTER TABLE t ADD CONSTRAINT n NOT NULL note NOT VALID;"),
    good(T + "ALTER TABLE t ADD CONSTRAINT n NOT NULL note NOT VALID;", "ALTER TABLE t VALIDATE CONSTRAINT n;"),
    good(T, "ALTER TABLE t ALTER COLUMN id SET NOT NULL;", title="it is so already"),
    good("", T + "ALTER TABLE t ALTER COLUMN note SET NOT NULL;", title="the table is new"),
)  # fmt: skip
