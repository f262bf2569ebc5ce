"""Functions and procedures."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.sql.tokens import scan
from dbarchitect.write.sql.routine import drop_function_sql, function_sql

KIND, RANK = "function", 7


def create(element: Element, context: Context) -> list[str]:
    """CREATE FUNCTION."""
    return [function_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP FUNCTION."""
    return [drop_function_sql(element.value)]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """CREATE OR REPLACE, when names of arguments and result stay."""
    if before.value.kind != after.value.kind or _head(before.value.definition) != _head(after.value.definition):
        return None
    return [function_sql(after.value)]


def _head(definition: str) -> tuple[str, ...]:
    """Everything up to the words that may change: name, arguments, result."""
    words = []
    for token in scan(definition):
        if token.is_word("language", "window", "immutable", "stable", "volatile", "strict", "security", "cost"):
            break
        words.append(token.text)
    return tuple(words)
