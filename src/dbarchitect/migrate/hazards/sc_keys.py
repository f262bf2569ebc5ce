"""A key or exclusion constraint builds its index under a lock that keeps everybody out.

Why
    ADD UNIQUE, ADD PRIMARY KEY, ADD EXCLUDE and a new column that is UNIQUE build an index under ACCESS EXCLUSIVE
    (SC11, SC13, SC14), and fail on duplicates (DL08). PRIMARY KEY USING INDEX takes the index that is there, but reads
    the table when a column may be NULL (SC12). PostgreSQL 18 refuses a primary key over a NOT NULL that is NOT VALID
    (SC17). None of these constraints can be NOT VALID.

Safe way
    CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX. For exclusion constraints there is none.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown, spelled
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.sql.acts import Constraint

KEY = Kind("SC11", "add-unique", "warning", "A key builds its index while everybody waits.")
NULLABLE = Kind("SC12", "primary-key-over-nullable", "warning", "A primary key's columns are read for NULLs.")
EXCLUDE = Kind("SC13", "add-exclusion", "warning", "An exclusion constraint builds its index while everybody waits.")
COLUMN = Kind("SC14", "add-unique-column", "warning", "A new column's key builds its index while everybody waits.")
UNPROVED = Kind("SC17", "primary-key-not-validated", "error", "A primary key needs a validated NOT NULL.")
TWINS = Kind("DL08", "duplicates-left", "info", "A unique rule fails on duplicates.")
KINDS = (KEY, NULLABLE, EXCLUDE, COLUMN, UNPROVED, TWINS)
SAFE = "CREATE UNIQUE INDEX CONCURRENTLY, then ADD CONSTRAINT … USING INDEX."


def check(context: Context) -> Iterator[Hazard]:
    """New keys, exclusions and unique indexes."""
    for act, table in context.named("add constraint", "add column"):
        found = [act.constraint] if act.constraint else list(act.column.constraints if act.column else ())
        for constraint in found:
            if constraint.kind in ("unique", "primary key", "exclusion"):
                yield from _said(context, table, constraint, act.action == "add column")
    for act, table in context.named("create index"):
        if act.unique and not context.effect.refused and all(act.columns) and not act.condition:
            yield from twins(context, table, act.columns, address("index", table.schema, act.part))


def _said(context: Context, table: TableDraft, constraint: Constraint, column: bool) -> Iterator[Hazard]:
    place = (
        address("constraint", table.schema, table.name, constraint.name) if constraint.name else table_address(table)
    )
    where = f"{shown(table)}{context.size(table)}"
    grave = context.weight(table)
    waiting = [name for name in constraint.columns if name in table.unproved_not_nulls]
    if constraint.kind == "primary key" and waiting:
        message = f"a primary key over {waiting[0]} is refused (55000): its NOT NULL was never validated"
        yield UNPROVED.hazard(context, place, message, "VALIDATE CONSTRAINT of the NOT NULL first.")
    elif constraint.index:
        if constraint.kind == "primary key" and context.scans(table):
            message = f"all rows of {where} are read for NULLs in the key's columns: no reads and no writes meanwhile"
            yield NULLABLE.hazard(context, place, message, "Set NOT NULL first, the safe way (SC01).", severity=grave)
    elif constraint.kind == "exclusion":
        message = f"an index over all rows of {where} is built: no reads and no writes meanwhile"
        yield EXCLUDE.hazard(context, place, message, "None beside a new table or a trigger.", severity=grave)
    elif column:
        message = f"an index over all rows of {where} is built for the new column: no reads and no writes meanwhile"
        yield COLUMN.hazard(context, place, message, f"Add the column; {SAFE}", severity=grave)
    else:
        message = f"an index over all rows of {where} is built: no reads and no writes meanwhile"
        yield KEY.hazard(context, place, message, SAFE, severity=grave)
        yield from twins(context, table, constraint.columns, place)


def twins(context: Context, table: TableDraft, columns: tuple[str, ...], place: str) -> Iterator[Hazard]:
    """That duplicates make it fail, with the query that finds them."""
    if not columns or context.empty(table) or not all(name in table.columns for name in columns):
        return
    if any(context.transaction.unfilled(table, name) for name in columns):
        return
    figures = context.figures(table)
    if figures and len(columns) == 1 and columns[0] in figures.columns and figures.columns[columns[0]].distinct == -1:
        return
    names = ", ".join(map(spelled, columns))
    filled = " AND ".join(f"{spelled(name)} IS NOT NULL" for name in columns)
    query = f"SELECT {names}, count(*) FROM {shown(table)} WHERE {filled} GROUP BY {names} HAVING count(*) > 1;"
    message = f"it fails when two rows of {shown(table)} have the same {' and '.join(columns)}"
    yield TWINS.hazard(context, place, message, "Look for duplicates first.", query=query)


T = "CREATE TABLE t (id int, code text, at tstzrange);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD CONSTRAINT u UNIQUE (code);", "DL08", "SC11"),
    bad(T, "ALTER TABLE t ADD PRIMARY KEY (id);", "DL08", "SC11"),
    bad(T + "CREATE UNIQUE INDEX i ON t (id);", "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX i;", "SC12"),
    bad(T, "ALTER TABLE t ADD EXCLUDE USING gist (at WITH &&);", "SC13"),
    bad(T, "ALTER TABLE t ADD COLUMN x int UNIQUE;", "SC14"),
    bad(T + "ALTER TABLE t ADD CONSTRAINT n NOT NULL id NOT VALID;", "ALTER TABLE t ADD PRIMARY KEY (id);", "SC17"),
    bad(T, "ALTER TABLE t ADD COLUMN x int;\nALTER TABLE t ADD UNIQUE (x);", "SC11", title="all of them are NULL"),
    bad(T, "CREATE UNIQUE INDEX CONCURRENTLY i ON t (code);", "DL08", transaction=False),
    good(T + "CREATE UNIQUE INDEX i ON t (code);", "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i;"),
    good("", T + "ALTER TABLE t ADD PRIMARY KEY (id);", title="the table is new"),
)
