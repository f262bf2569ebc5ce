"""Checks of domains."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified, quote
from dbarchitect.write.sql.constraint import check_clause
from dbarchitect.write.sql.types import domain_check_sql

KIND, RANK = "domain check", 5


def create(element: Element, context: Context) -> list[str]:
    """ALTER DOMAIN … ADD."""
    return [domain_check_sql(element.owner, check_clause(element.value))]


def drop(element: Element, context: Context) -> list[str]:
    """ALTER DOMAIN … DROP CONSTRAINT."""
    domain = qualified(element.owner.schema, element.owner.name)
    return [f"ALTER DOMAIN {domain} DROP CONSTRAINT {quote(element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """A check that waited can be validated."""
    if replace(before.value, validated=True) == after.value:
        domain = qualified(after.owner.schema, after.owner.name)
        return [f"ALTER DOMAIN {domain} VALIDATE CONSTRAINT {quote(after.value.name)}"]
    return None
