"""Row types."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified
from dbarchitect.write.sql.types import composite_sql

KIND, RANK = "composite", 3


def create(element: Element, context: Context) -> list[str]:
    """CREATE TYPE."""
    return [composite_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP TYPE."""
    return [f"DROP TYPE {qualified(element.value.schema, element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another type takes its place."""
    return None
