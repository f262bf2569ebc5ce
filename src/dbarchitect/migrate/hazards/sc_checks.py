"""A check is added and looked up at once.

Why
    ADD CHECK reads all rows under ACCESS EXCLUSIVE (SC05), and so does a new column with a check, although all its
    values are the same (SC06). A row that does not meet it makes the statement fail (DL10). A check that is NOT VALID
    is not looked up, but from then on every UPDATE of an old row that does not meet it fails, whatever it changes
    (DL11).

Safe way
    ADD CONSTRAINT … NOT VALID, repair old rows, VALIDATE CONSTRAINT in another transaction.

Sources
    https://www.postgresql.org/docs/18/sql-altertable.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft

SCAN = Kind("SC05", "add-check", "warning", "A new check reads the whole table.")
COLUMN = Kind("SC06", "add-column-with-check", "warning", "A new column's check reads the whole table.")
ROWS = Kind("DL10", "check-fails-on-rows", "info", "A check fails on rows that do not meet it.")
LATER = Kind("DL11", "old-rows-refused", "info", "Old rows that do not meet a NOT VALID constraint cannot be updated.")
KINDS = (SCAN, COLUMN, ROWS, LATER)
SAFE = "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in another transaction."


def check(context: Context) -> Iterator[Hazard]:
    """New checks of tables and new columns."""
    for act, table in context.named("add constraint", "add column"):
        added = act.constraint
        place = address("constraint", table.schema, table.name, act.part) if act.part else table_address(table)
        if act.action == "add column":
            column = act.column
            checked = column is not None and any(item.kind == "check" and item.enforced for item in column.constraints)
            if column is not None and checked and column.name not in table.columns:
                message = (
                    f"all rows of {shown(table)}{context.size(table)} are read for the check of {column.name}: no \
reads and no writes meanwhile"
                )
                safe = "Add the column, then its check NOT VALID, then VALIDATE CONSTRAINT in another transaction."
                where = address("column", table.schema, table.name, column.name)
                yield COLUMN.hazard(context, where, message, safe, severity=context.weight(table))
        elif added is not None and added.kind == "check" and added.enforced and added.valid:
            message = f"all rows of {shown(table)}{context.size(table)} are read for the check: no reads and no writes \
meanwhile"
            yield SCAN.hazard(context, place, message, SAFE, severity=context.weight(table))
            if not context.empty(table):
                yield ROWS.hazard(context, place, f"it fails when a row of {shown(table)} does not meet the check",
                                  "Look for such rows first.", query=_query(context, table))  # fmt: skip
        elif added is not None and added.kind in ("check", "not null") and added.enforced and not context.empty(table):
            message = f"a row of {shown(table)} that does not meet it can no longer be updated, whatever changes"
            yield LATER.hazard(context, place, message, "Repair such rows before it, or right after.")


def _query(context: Context, table: TableDraft) -> str | None:
    text = context.moment.written.text
    start = text.lower().find("check")
    body = text[text.find("(", start) + 1 : text.rfind(")")] if start >= 0 else ""
    plain = body and ";" not in body and len(context.acts) == 1 and body.count("(") == body.count(")")
    return f"SELECT * FROM {shown(table)} WHERE NOT ({body});" if plain else None


T = "CREATE TABLE t (id int PRIMARY KEY, size int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0);", "DL10", "SC05"),
    bad(T, "ALTER TABLE t ADD COLUMN x int CHECK (x > 0);", "SC06"),
    bad(T, "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0) NOT VALID;", "DL11"),
    good(T, "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0) NOT ENFORCED;"),
    good(T + "ALTER TABLE t ADD CONSTRAINT c CHECK (size > 0) NOT VALID;", "ALTER TABLE t VALIDATE CONSTRAINT c;"),
    good("", T + "ALTER TABLE t ADD CHECK (size > 0);", title="the table is new"),
)
