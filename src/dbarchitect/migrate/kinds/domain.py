"""Domains."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified
from dbarchitect.sql.expression import as_default
from dbarchitect.write.sql.types import domain_sql

KIND, RANK = "domain", 4


def create(element: Element, context: Context) -> list[str]:
    """CREATE DOMAIN; its checks are added one by one."""
    return [domain_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP DOMAIN."""
    return [f"DROP DOMAIN {qualified(element.value.schema, element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Default and NOT NULL can change; another base is another domain."""
    old, new = before.value, after.value
    if replace(old, default=None, nullable=True) != replace(new, default=None, nullable=True):
        return None
    name, statements = qualified(new.schema, new.name), []
    if old.default != new.default:
        said = f"SET DEFAULT {as_default(new.default)}" if new.default is not None else "DROP DEFAULT"
        statements.append(f"ALTER DOMAIN {name} {said}")
    if old.nullable != new.nullable:
        statements.append(f"ALTER DOMAIN {name} {'DROP' if new.nullable else 'SET'} NOT NULL")
    return statements
