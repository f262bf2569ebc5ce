"""Views and materialized views."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.view import drop_view_sql, view_sql

KIND, RANK = "view", 18


def create(element: Element, context: Context) -> list[str]:
    """CREATE VIEW."""
    return [view_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP VIEW."""
    return [drop_view_sql(element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another view takes its place: CREATE OR REPLACE could only add columns at the end."""
    return None
