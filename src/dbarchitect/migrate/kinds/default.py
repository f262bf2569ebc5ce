"""Defaults of columns."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import qualified, quote
from dbarchitect.sql.expression import as_default

KIND, RANK = "default", 10


def create(element: Element, context: Context) -> list[str]:
    """SET DEFAULT."""
    return [f"{_place(element)} SET DEFAULT {as_default(element.value.default)}"]


def drop(element: Element, context: Context) -> list[str]:
    """DROP DEFAULT."""
    return [f"{_place(element)} DROP DEFAULT"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """SET DEFAULT, when it is another one."""
    return [] if before.value.default == after.value.default else create(after, context)


def _place(element: Element) -> str:
    return f"ALTER TABLE {qualified(element.owner.schema, element.owner.name)} ALTER COLUMN {quote(element.value.name)}"
