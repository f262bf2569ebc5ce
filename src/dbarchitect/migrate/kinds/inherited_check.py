"""That a check which is NOT VALID on the parent is valid for a partition."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import stays
from dbarchitect.model.constraint import Check
from dbarchitect.model.inheritance import Tables, above
from dbarchitect.model.table import Table
from dbarchitect.write.sql.constraint import add_constraint_sql, check_clause, drop_constraint_sql
from dbarchitect.write.sql.partition import validate_sql

KIND, RANK = "inherited check", 19


def create(element: Element, context: Context) -> list[str]:
    """VALIDATE CONSTRAINT; a new partition of a table that has the check already begins with a valid one."""
    table: Table = element.owner
    if context.before_tables.get(table.key) is None and _source(table, element.value, context.before_tables):
        return []
    return [validate_sql(table, element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """The parent's check is made anew, NOT VALID for all, and validated for those that have it valid on both sides."""
    table: Table = element.owner
    before = _source(table, element.value, context.before_tables)
    after = _source(table, element.value, context.after_tables)
    if not stays(table, context) or before is None or after is None or before[1] != after[1] or after[1].validated:
        return []
    owner, check = after
    kept = [
        validate_sql(other, check.name)
        for other in context.after.tables
        if check.name in other.validated_checks
        and owner in above(other, context.after_tables)
        and check.name in getattr(context.before_tables.get(other.key), "validated_checks", ())
    ]
    return [drop_constraint_sql(owner, check.name), add_constraint_sql(owner, check_clause(check)), *kept]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """It has nothing that changes."""
    return None


def _source(table: Table, name: str, tables: Tables) -> tuple[Table, Check] | None:
    """The table above that has the check, and the check."""
    place = tables.get(table.key, table)
    for parent in above(place, tables):
        for check in parent.checks:
            if check.name == name:
                return parent, check
    return None
