"""Primary keys."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.constraint import add_constraint_sql, drop_constraint_sql, primary_key_clause

KIND, RANK = "primary key", 11


def create(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … ADD."""
    return [add_constraint_sql(element.owner, primary_key_clause(element.value))]


def drop(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … DROP CONSTRAINT."""
    return [drop_constraint_sql(element.owner, element.value.name)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another constraint takes its place."""
    return None
