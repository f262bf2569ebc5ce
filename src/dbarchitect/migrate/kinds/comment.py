"""Comments."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.comment import comment_sql

KIND, RANK = "comment", 25


def create(element: Element, context: Context) -> list[str]:
    """COMMENT ON … IS …."""
    return [comment_sql(*element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """COMMENT ON … IS NULL."""
    return [comment_sql(element.value[0], None)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another text."""
    return [comment_sql(*after.value)]
