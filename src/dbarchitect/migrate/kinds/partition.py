"""That a table is a partition of another."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import detach_sql, left_over
from dbarchitect.migrate.parts import without_copies
from dbarchitect.write.sql.partition import attach_sql

KIND, RANK = "partition", 10


def create(element: Element, context: Context) -> list[str]:
    """ATTACH PARTITION."""
    return [attach_sql(element.owner), *without_copies(element.owner, context)]


def drop(element: Element, context: Context) -> list[str]:
    """DETACH PARTITION, and what the table would keep from its parent."""
    return [detach_sql(element.owner), *left_over(element.owner, context)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another bound, or another parent: out and in again."""
    return None
