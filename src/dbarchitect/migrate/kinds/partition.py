"""That a table is a partition of another."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import left_over
from dbarchitect.model.names import qualified
from dbarchitect.model.table import Table
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.index import drop_index_sql
from dbarchitect.write.sql.partition import attach_sql

KIND, RANK = "partition", 10


def create(element: Element, context: Context) -> list[str]:
    """ATTACH PARTITION."""
    return [attach_sql(element.owner)]


def drop(element: Element, context: Context) -> list[str]:
    """DETACH PARTITION, and what the table would keep from its parent."""
    table: Table = element.owner
    parent = qualified(element.value.schema, element.value.table)
    statements = [f"ALTER TABLE {parent} DETACH PARTITION {qualified(*table.key)}"]
    for kind, value in left_over(table, context):
        gone = drop_index_sql(table, value) if kind == "index" else drop_constraint_sql(table, value.name)
        statements.append(gone)
    return statements


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another bound, or another parent: out and in again."""
    return None
