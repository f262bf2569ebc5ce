"""Values that business rules seldom allow, by type and from what a rule itself says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.types import SqlType
from dbarchitect.sql.tokens import scan

UNLIKELY = {
    "text": ("''", "' '", "'x'", "'X y!'", "'a@'", "repeat('x', 300)", "'-1'"),
    "integer": ("-1", "0", "101", "-32768", "32767", "6"),
    "decimal": ("-1", "0", "100.5", "-9999", "9999"),
    "float": ("-1", "0", "1000000", "'NaN'", "-1000000"),
    "timestamp": ("'0001-01-01'", "'9999-01-01'", "'-infinity'", "'infinity'"),
    "date": ("'0001-01-01'", "'9999-01-01'", "'-infinity'", "'infinity'"),
    "time": ("'00:00'", "'23:59:59'"),
    "interval": ("'-1 day'", "'0'", "'1000 years'"),
    "boolean": ("true", "false"),
    "json": ("'null'", "'[]'", "'{}'", "'1'", "'\"x\"'"),
    "range": ("'empty'",),
    "network": ("'0.0.0.0'",),
    "binary": ("''",),
    "uuid": ("'00000000-0000-7000-8000-000000000000'",),
}
ABSENT = {
    "uuid": "'00000000-0000-7000-8000-00000000dead'",
    "integer": "-32001",
    "decimal": "-9",
    "date": "'0001-01-01'",
    "timestamp": "'0001-01-01'",
}
_LENGTH = re.compile(r"length\([^()]*\)+\s*(?:<=?|between\s+\d+\s+and)\s*(\d{1,4})\b", re.IGNORECASE)


def absent(kind: SqlType) -> str | None:
    """A value of the type that no key has; None when none is known."""
    if kind.dimensions:
        return None
    if kind.category == "text":
        size = kind.arguments[0] if kind.arguments else "6"
        return "'" + "~" * (min(int(size), 6) if size.isdigit() else 6) + "'"
    return ABSENT.get(kind.category)


def unlikely(kind: SqlType, said: Sequence[str]) -> tuple[str, ...]:
    """Values of the type as SQL, NULL last.

    Args:
        kind: the type of the column.
        said: what the rule says, from `spoken`.
    """
    if kind.dimensions:
        return ("'{}'", "null")
    return tuple(dict.fromkeys((*UNLIKELY.get(kind.category, ()), *said, "null")))


def spoken(expression: str) -> tuple[str, ...]:
    """The constants of an expression, numbers with their neighbours, and a text that is longer than it allows."""
    try:
        return tuple(dict.fromkeys(_constants(expression)))
    except InputError:
        return ()


def _constants(expression: str) -> Iterator[str]:
    for found in _LENGTH.finditer(expression):
        yield f"repeat('x', {int(found[1]) + 1})"
    for token in scan(expression):
        if token.kind == "string":
            yield token.text
        elif token.kind == "number" and re.fullmatch(r"\d{1,9}", token.text):
            number = int(token.text)
            yield from (str(number - 1), str(number + 1), str(number))


def constants(text: str) -> list[str]:
    """The literals of an expression."""
    try:
        return [token.text for token in scan(text) if token.kind in ("string", "number")]
    except InputError:
        return []


def named(expression: str, names: set[str]) -> set[str]:
    """The columns that an expression names."""
    try:
        found = {token.name for token in scan(expression)}
    except InputError:
        return set()
    return {name for name in found if name is not None} & names
