"""PostgreSQL schemas."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.extension import drop_namespace_sql, namespace_sql

KIND, RANK = "namespace", 0


def create(element: Element, context: Context) -> list[str]:
    """CREATE SCHEMA."""
    return [namespace_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP SCHEMA."""
    return [drop_namespace_sql(element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Nothing of a namespace can differ."""
    return None
