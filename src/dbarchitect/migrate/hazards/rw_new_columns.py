"""A new column is filled row by row.

Why
    ADD COLUMN with a constant, or with what stays the same for one statement (`now()`), changes the catalog only. A
    default that may differ for each row, a serial or identity column, a stored computed column and a domain that
    demands something make PostgreSQL write every row and every index anew, while ACCESS EXCLUSIVE keeps all readers
    and writers out (RW01, RW03, RW04, RW05, RW07; RW02 and RW06 are harmless and nothing is said).

Safe way
    Add the column without a default, set the default for new rows, fill old rows in batches. A computed column may be
    VIRTUAL (PostgreSQL 18).

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html#SQL-ALTERTABLE-NOTES
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects_alter import fills_rows
from dbarchitect.migrate.effects_parts import Verdict
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard

VOLATILE = Kind("RW01", "volatile-default", "warning", "A new column's default differs for each row.")
SERIAL = Kind("RW03", "serial-column", "warning", "A new serial column numbers all rows.")
IDENTITY = Kind("RW04", "identity-column", "warning", "A new identity column numbers all rows.")
STORED = Kind("RW05", "stored-column", "warning", "A new stored column is computed for all rows.")
DOMAIN = Kind("RW07", "constrained-domain-column", "warning", "A new column's domain demands something of all rows.")
KINDS = (VOLATILE, SERIAL, IDENTITY, STORED, DOMAIN)
BATCHES = "Add it without a default, set the default for new rows, fill the old ones in batches."


def check(context: Context) -> Iterator[Hazard]:
    """Each new column that makes PostgreSQL write the table anew."""
    for act, table in context.named("set expression"):
        if context.rewrites(table):
            message = f"{shown(table)}{context.size(table)} is written anew for {act.part}, because its expression is \
computed for every row: no reads and no writes meanwhile"
            place = address("column", table.schema, table.name, act.part)
            yield STORED.hazard(context, place, message, "Make it VIRTUAL.", severity=context.weight(table))
    for act, table in context.named("add column"):
        column = act.column
        if column is None or (act.missing_ok and column.name in table.columns):
            continue
        if not fills_rows(Verdict(context.around, context.postgres, "UTC"), column):
            continue
        kind, why, safe = DOMAIN, "its domain demands something", "Add it with the base type and a NOT VALID check."
        if column.serial:
            kind, why, safe = SERIAL, "its sequence numbers every row", BATCHES
        elif column.identity:
            kind, why, safe = IDENTITY, "its sequence numbers every row", BATCHES
        elif column.generated:
            kind, why = STORED, "its expression is computed for every row"
            safe = "Make it VIRTUAL (PostgreSQL 18), or fill a plain column by a trigger and in batches."
        elif column.default is not None and column.default.functions:
            kind, why, safe = VOLATILE, f"{column.default.functions[0]}() is called for every row", BATCHES
        message = f"{shown(table)}{context.size(table)} is written anew for {column.name}, because {why}: no reads and \
no writes meanwhile"
        place = address("column", table.schema, table.name, column.name)
        yield kind.hazard(context, place, message, safe, severity=context.weight(table))


T = "CREATE TABLE t (id bigint PRIMARY KEY, n int);\nCREATE DOMAIN positive AS int CHECK (value > 0);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid();", "RW01"),
    bad(T, "ALTER TABLE t ADD COLUMN token uuid DEFAULT uuidv7();", "RW01"),
    bad(T, "ALTER TABLE t ADD COLUMN no bigserial;", "RW03"),
    bad(T, "ALTER TABLE t ADD COLUMN no bigint GENERATED ALWAYS AS IDENTITY;", "RW04"),
    bad(T, "ALTER TABLE t ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) STORED;", "RW05"),
    bad(
        T + "ALTER TABLE t ADD COLUMN v int GENERATED ALWAYS AS (n) STORED;",
        "ALTER TABLE t ALTER COLUMN v SET EXPRESSION AS (n * 3);",
        "RW05",
    ),
    bad(T, "ALTER TABLE t ADD COLUMN p positive DEFAULT 1;", "RW07"),
    good(T, "ALTER TABLE t ADD COLUMN at timestamptz NOT NULL DEFAULT now();", title="RW02: one moment for all rows"),
    good(T, "ALTER TABLE t ADD COLUMN twice int GENERATED ALWAYS AS (n * 2) VIRTUAL;", title="RW06: nothing is stored"),
    good(T, "ALTER TABLE t ADD COLUMN s text NOT NULL DEFAULT '';"),
    good("", T + "ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid();", title="the table is new"),
)
