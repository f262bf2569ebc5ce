"""SQL and defaults as Drizzle writes them into the model."""

from __future__ import annotations

from dbarchitect.model.names import quote
from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.literals import as_json, quoted, written
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    ArrayValue,
    Chain,
    ColumnRef,
    EnumValue,
    NamespaceValue,
    ObjectValue,
    SqlValue,
    TableValue,
    Unknown,
    Value,
    ViewValue,
)

LENGTH = 200_000
"""Characters of one expression."""
DEPTH = 40


class UnreadableError(Exception):
    """A part of an expression is not told by the text; `unknown` says which."""

    def __init__(self, unknown: Unknown | None) -> None:
        super().__init__()
        self.unknown = unknown


def sql_text(value: Value) -> str:
    """An SQL expression; a column is written with its table, as Drizzle does.

    Raises:
        UnreadableError: when a part is not known.
    """
    pieces: list[str] = []
    _collect(value, pieces, [0], 0)
    return "".join(pieces)


def _collect(value: Value, pieces: list[str], length: list[int], depth: int) -> None:
    if depth > DEPTH or length[0] > LENGTH:
        raise UnreadableError(None)
    if isinstance(value, SqlValue):
        for part in value.parts:
            if isinstance(part, str):
                _put(part, pieces, length)
            else:
                _collect(part() if callable(part) else part, pieces, length, depth + 1)
        return
    if isinstance(value, ArrayValue):
        if value.lost:
            raise UnreadableError(value.lost[0])
        _put("(", pieces, length)
        for place, item in enumerate(value.items):
            if place:
                _put(", ", pieces, length)
            _collect(item.value(), pieces, length, depth + 1)
        _put(")", pieces, length)
        return
    _put(_plain(value), pieces, length)


def _put(text: str, pieces: list[str], length: list[int]) -> None:
    pieces.append(text)
    length[0] += len(text)


def _plain(value: Value) -> str:
    if isinstance(value, ColumnRef):
        name = value.table.columns.get(value.key) if isinstance(value.table, TableValue) else value.key
        if name is None or not value.table.name or not name:
            raise UnreadableError(Unknown(f"`{value.key}` is no column of {value.table.name}", value.source, value.node))
        return f"{_relation(value.table)}.{quote(name)}"
    if isinstance(value, TableValue | ViewValue) and value.name:
        return _relation(value)
    if isinstance(value, EnumValue) and value.name:
        own = "" if value.schema == "public" else f"{quote(value.schema)}."
        return own + quote(value.name)
    if isinstance(value, NamespaceValue) and value.name:
        return quote(value.name)
    if value is UNDEFINED:
        return ""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int | float):
        return written(value)
    if isinstance(value, ObjectValue):
        return quoted(as_json(data(value)))
    raise UnreadableError(unknown_of(value) or (Unknown("cannot be told", value.source, value.node)
                                           if isinstance(value, Chain) else None))  # fmt: skip


def _relation(table: TableValue | ViewValue) -> str:
    own = "" if table.schema in ("public", "") else f"{quote(table.schema)}."
    return own + quote(table.name)


def data(value: Value, depth: int = 0) -> object:
    """A literal as plain data.

    Raises:
        UnreadableError: when a part of it is no literal.
    """
    if depth > DEPTH:
        raise UnreadableError(None)
    if isinstance(value, ObjectValue):
        if value.lost:
            raise UnreadableError(value.lost[0])
        return {
            key: data(item, depth + 1)
            for key, item in ((key, entry.value()) for key, entry in value.entries.items())
            if item is not UNDEFINED
        }
    if isinstance(value, ArrayValue):
        if value.lost:
            raise UnreadableError(value.lost[0])
        return [data(item.value(), depth + 1) for item in value.items]
    if value is None or isinstance(value, str | int | float):
        return value
    raise UnreadableError(unknown_of(value))


def default_text(value: Value, *, array: bool) -> str:
    """A column's default as SQL.

    Args:
        value: what `.default(…)` is given.
        array: whether the column is an array rather than JSON.

    Raises:
        UnreadableError: when the value is not known.
    """
    if isinstance(value, SqlValue):
        return sql_text(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return written(value)
    if isinstance(value, str):
        return quoted(value)
    plain = data(value)
    if array and isinstance(plain, list):
        return quoted(_array(plain))
    return quoted(as_json(plain))


def _array(items: list[object]) -> str:
    inner = (_array(item) if isinstance(item, list) else as_json(item) for item in items)
    return "{" + ",".join(inner) + "}"
