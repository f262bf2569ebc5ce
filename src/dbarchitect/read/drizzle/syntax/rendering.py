"""SQL and defaults as Drizzle writes them into the model."""

from __future__ import annotations

from dbarchitect.model.names import quote
from dbarchitect.model.types import SqlType
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


def sql_text(value: Value, *, bare: bool = False) -> str:
    """An SQL expression.

    Args:
        value: an `sql` template, a column, a literal.
        bare: a column is written without its table, as drizzle-kit does in indexes, checks and generated columns.

    Raises:
        UnreadableError: when a part is not known.
    """
    text = _Text(bare)
    text.add(value, 0)
    return "".join(text.pieces).strip()


class _Text:
    def __init__(self, bare: bool) -> None:
        self._bare = bare
        self._length = 0
        self.pieces: list[str] = []

    def add(self, value: Value, depth: int) -> None:
        self._length += 1
        if depth > DEPTH or self._length > LENGTH:
            raise UnreadableError(None)
        if isinstance(value, SqlValue):
            for part in value.parts:
                if isinstance(part, str):
                    self._put(part)
                else:
                    self.add(part() if callable(part) else part, depth + 1)
        elif isinstance(value, ArrayValue):
            if value.lost:
                raise UnreadableError(value.lost[0])
            self._put("(")
            for place, item in enumerate(value.items):
                if place:
                    self._put(", ")
                self.add(item.value(), depth + 1)
            self._put(")")
        else:
            self._put(_plain(value, self._bare))

    def _put(self, text: str) -> None:
        self.pieces.append(text)
        self._length += len(text)


def _plain(value: Value, bare: bool) -> str:
    if isinstance(value, ColumnRef):
        name = value.table.names().get(value.key) if isinstance(value.table, TableValue) else value.key
        if name is None or not value.table.name or not name:
            reason = f"`{value.key}` is no column of {value.table.name}"
            raise UnreadableError(Unknown(reason, value.source, value.node, missing=not _open_ended(value.table)))
        return quote(name) if bare else f"{_relation(value.table)}.{quote(name)}"
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


def _open_ended(table: TableValue | ViewValue) -> bool:
    """Whether a table may have columns that were not read."""
    return not isinstance(table, TableValue) or table.open


def _relation(table: TableValue | ViewValue) -> str:
    own = "" if table.schema in ("public", "") else f"{quote(table.schema)}."
    return own + quote(table.name)


def data(value: Value) -> object:
    """A literal as plain data.

    Raises:
        UnreadableError: when a part of it is no literal.
    """
    return _data(value, 0, [0])


def _data(value: Value, depth: int, seen: list[int]) -> object:
    seen[0] += 1
    if depth > DEPTH or seen[0] > LENGTH:
        raise UnreadableError(None)
    if isinstance(value, ObjectValue):
        if value.lost:
            raise UnreadableError(value.lost[0])
        return {
            key: _data(item, depth + 1, seen)
            for key, item in ((key, entry.value()) for key, entry in value.entries.items())
            if item is not UNDEFINED
        }
    if isinstance(value, ArrayValue):
        if value.lost:
            raise UnreadableError(value.lost[0])
        return [_data(item.value(), depth + 1, seen) for item in value.items]
    if value is None or isinstance(value, str | int | float):
        return value
    raise UnreadableError(unknown_of(value))


def default_text(value: Value, kind: SqlType) -> str | None:
    """A column's default as SQL; None for an empty one.

    Args:
        value: what `.default(…)` is given.
        kind: the column's type.

    Raises:
        UnreadableError: when the value is not known.
    """
    if isinstance(value, SqlValue):
        return sql_text(value) or None
    if value is None:
        return f"'null'::{kind.name}" if kind.name in ("json", "jsonb") and not kind.dimensions else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return written(value)
    if isinstance(value, str):
        return quoted(value)
    plain = data(value)
    if kind.name in ("json", "jsonb") and not kind.dimensions:
        return f"{quoted(as_json(plain))}::{kind.name}"
    if kind.dimensions and isinstance(plain, list):
        return quoted(_array(plain))
    return quoted(as_json(plain))


def _array(items: list[object]) -> str:
    return "{" + ",".join(map(_item, items)) + "}"


def _item(item: object) -> str:
    if isinstance(item, list):
        return _array(item)
    if item is None or isinstance(item, bool | int | float):
        return as_json(item)
    plain = item if isinstance(item, str) else as_json(item)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
