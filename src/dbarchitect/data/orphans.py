"""Rows that point at a parent that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import Schema

if TYPE_CHECKING:
    import psycopg


def drop_orphans(connection: psycopg.Connection[Any], schema: Schema) -> int:
    """Delete children whose parent is not there, until none is left; of enforced and validated foreign keys only.

    Args:
        connection: a superuser's, with session_replication_role = replica.
        schema: what the database holds.

    Returns:
        How many rows were deleted.
    """
    deleted, again = 0, True
    keys = [(t, k) for t in schema.tables for k in t.foreign_keys if k.enforced and k.validated and not k.period]
    while again:
        again = False
        for table, key in keys:
            gone = connection.execute(f"delete from {orphans(table.key, key)}".encode()).rowcount
            deleted, again = deleted + gone, again or gone > 0
    return deleted


def orphans(table: tuple[str, str], key: ForeignKey) -> str:
    """`table c where …`: the rows of a child that point at no parent, for SELECT and DELETE alike."""
    own = [f"c.{quote(name)}" for name in key.columns]
    pairs = [f"p.{quote(t)} = {mine}" for t, mine in zip(key.target_columns, own, strict=True)]
    given = " and ".join(f"{mine} is not null" for mine in own)
    parent = qualified(key.target_schema, key.target_table)
    child = qualified(*table)
    return f"{child} c where {given} and not exists (select from {parent} p where {' and '.join(pairs)})"
