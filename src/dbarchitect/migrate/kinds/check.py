"""Checks."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import add_constraint_sql, check_clause, drop_constraint_sql

KIND, RANK = "check", 13


def create(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … ADD."""
    return [add_constraint_sql(element.owner, check_clause(element.value))]


def drop(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … DROP CONSTRAINT."""
    return [drop_constraint_sql(element.owner, element.value.name)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """A check that waited can be validated."""
    if before.value.enforced and replace(before.value, validated=True) == after.value:
        table = qualified(after.owner.schema, after.owner.name)
        return [f"ALTER TABLE {table} VALIDATE CONSTRAINT {quote(after.value.name)}"]
    return None
