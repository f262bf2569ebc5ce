"""Indexes."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.index import drop_index_sql, index_sql

KIND, RANK = "index", 16


def create(element: Element, context: Context) -> list[str]:
    """CREATE INDEX."""
    return [index_sql(element.owner, element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP INDEX."""
    return [drop_index_sql(element.owner, element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another index takes its place."""
    return None
