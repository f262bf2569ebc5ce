"""What identifies a row to those who replicate."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.table import replica_identity_sql

KIND, RANK = "replica identity", 22


def create(element: Element, context: Context) -> list[str]:
    """REPLICA IDENTITY …."""
    return [replica_identity_sql(element.owner)]


def drop(element: Element, context: Context) -> list[str]:
    """REPLICA IDENTITY DEFAULT."""
    return [replica_identity_sql(replace(element.owner, replica_identity="default"))]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another identity."""
    return [replica_identity_sql(after.owner)]
