"""Extended statistics."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified
from dbarchitect.sql.expression import guarded

KIND, RANK = "statistics", 23


def create(element: Element, context: Context) -> list[str]:
    """CREATE STATISTICS."""
    return [guarded(element.value.definition.strip().rstrip(";"))]


def drop(element: Element, context: Context) -> list[str]:
    """DROP STATISTICS."""
    return [f"DROP STATISTICS {qualified(element.value.schema, element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Others take their place."""
    return None
