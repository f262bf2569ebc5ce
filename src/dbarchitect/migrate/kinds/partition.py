"""That a table is a partition of another."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified
from dbarchitect.write.sql.table import attach_sql

KIND, RANK = "partition", 10


def create(element: Element, context: Context) -> list[str]:
    """ATTACH PARTITION."""
    return [attach_sql(element.owner)]


def drop(element: Element, context: Context) -> list[str]:
    """DETACH PARTITION."""
    parent = qualified(element.value.schema, element.value.table)
    return [f"ALTER TABLE {parent} DETACH PARTITION {qualified(element.owner.schema, element.owner.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another bound, or another parent: out and in again."""
    return None
