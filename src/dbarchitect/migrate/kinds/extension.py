"""Extensions."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import quote
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.extension import drop_extension_sql, extension_sql

KIND, RANK = "extension", 1


def create(element: Element, context: Context) -> list[str]:
    """CREATE EXTENSION."""
    return [extension_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP EXTENSION."""
    return [drop_extension_sql(element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another version is an update; another schema too, where the extension can be moved."""
    statements = []
    name = quote(after.value.name)
    if before.value.schema != after.value.schema:
        statements.append(f"ALTER EXTENSION {name} SET SCHEMA {quote(after.value.schema)}")
    if before.value.version != after.value.version:
        to = f" TO {literal(after.value.version)}" if after.value.version else ""
        statements.append(f"ALTER EXTENSION {name} UPDATE{to}")
    return statements
