"""What programs have prepared no longer fits the table.

Why
    A prepared statement whose result changes its columns or their types is refused once on every connection that had
    prepared it: "cached plan must not change result type" (0A000). A new type does that to each statement that reads
    the column, a column that comes, goes or gets another name to each that says * or RETURNING * (BR04). A view that
    was made with * still shows the columns of that day.

Safe way
    List columns; let connections be made anew, or deallocate, after the migration; make such views again.

Sources
    https://www.postgresql.org/docs/18/sql-prepare.html
    Measured on PostgreSQL 18: SELECT *, RETURNING * and a column of another type fail, listed columns do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, few, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.address import address
from dbarchitect.model.plan import Hazard
from dbarchitect.read.sql.drafts import TableDraft

RESULT = Kind("BR04", "prepared-result", "info", "Prepared statements fail once, because their result changes.")
KINDS = (RESULT,)
SHAPES = ("add column", "drop column", "rename column")
_STAR = re.compile(r"(?:\bselect\s+(?:distinct\s+)?|\.|,\s*)\*", re.IGNORECASE)


def check(context: Context) -> Iterator[Hazard]:
    """Each changed type, and once for a file the first table that has other columns."""
    if context.effect.refused:
        return
    for act, table in context.named("set type"):
        column = table.columns.get(act.part)
        if column is not None and act.type is not None and context.around.type(act.type).name != column.type.name:
            message = f"prepared statements that read {table.name}.{act.part} fail once on each connection (0A000)"
            place = address("column", table.schema, table.name, act.part)
            yield RESULT.hazard(context, place, message, "Let connections be made anew after it.")
    for act, table in context.named(*SHAPES):
        there = act.part in table.columns
        place = table_address(table)
        if there is (act.action == "add column") or not context.once("BR04"):
            continue
        message = f"prepared statements that read * of {shown(table)} fail once on each connection (0A000)"
        views = _views(context, table) if act.action == "add column" else []
        if views:
            message += f", and {few(views)} will not show {act.part}"
        yield RESULT.hazard(context, place, message, "List columns instead of *.")


def _views(context: Context, table: TableDraft) -> list[str]:
    return sorted(view.name for view in context.around.views_on(table) if _STAR.search(view.definition))


T = "CREATE TABLE t (id int PRIMARY KEY, a int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ALTER COLUMN a TYPE bigint;", "BR04"),
    bad(T, "ALTER TABLE t ADD COLUMN b int;\nALTER TABLE t ADD COLUMN c int;", "BR04"),
    bad(T + "CREATE VIEW v AS SELECT * FROM t;\n", "ALTER TABLE t ADD COLUMN b int;", "BR04"),
    good(T, "ALTER TABLE t ALTER COLUMN a SET DEFAULT 1;"),
    good(T, "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;"),
    good("", T + "ALTER TABLE t ADD COLUMN b int;", title="the table is new"),
)
