"""Unique constraints, checks and primary keys of the extra configuration."""

from __future__ import annotations

from dbarchitect.model.constraint import Check, PrimaryKey, Unique
from dbarchitect.read.drizzle.declared import ExtraKind
from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, sql_text
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    ArrayValue,
    Chain,
    ColumnRef,
    Link,
    ObjectValue,
    TableValue,
    Unknown,
    Value,
)


class Constraints:
    """Reads constraints of one table."""

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._evaluator = reading.evaluator
        self._table = table
        self._line = reading.line

    def unique(self, chain: Chain) -> Unique:
        """`unique('name').on(…).nullsNotDistinct()`.

        Raises:
            UnreadableError: when a column is not told.
        """
        columns, keys = list[str](), list[str]()
        distinct = True
        for link in chain.links[1:]:
            if link.name == "on":
                values = [self._evaluator.lazy(argument) for argument in link.arguments]
                columns, keys = [column_name(value) for value in values], [uncased(value) for value in values]
            elif link.name == "nullsNotDistinct":
                distinct = False
        name = self.first(chain) or "_".join((self._table.name, *keys, "unique"))
        return Unique(name, tuple(columns), nulls_not_distinct=not distinct)

    def check(self, chain: Chain) -> Check:
        """`check('name', sql`…`)`.

        Raises:
            UnreadableError: when the condition is not told.
        """
        arguments = chain.links[0].arguments
        if len(arguments) < 2:
            raise UnreadableError(Unknown("has no condition", chain.source, chain.node))
        return Check(self.first(chain), sql_text(self._evaluator.lazy(arguments[1]), bare=True))

    def primary_key(self, chain: Chain) -> PrimaryKey:
        """`primaryKey({ name, columns })`, or the deprecated `primaryKey(a, b)`.

        Raises:
            UnreadableError: when a column is not told.
        """
        link = chain.links[0]
        first = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        name: Value = ""
        if isinstance(first, ObjectValue):
            values = listed(first, "columns")
            name = first.entries["name"].value() if "name" in first.entries else ""
        else:
            values = [self._evaluator.lazy(argument) for argument in link.arguments]
        columns = [column_name(value) for value in values]
        own = text_argument(name) or self._own_name(values, columns)
        return PrimaryKey(own, tuple(columns))

    def _own_name(self, values: list[Value], columns: list[str]) -> str:
        if self._line != "0.45":
            return f"{self._table.name}_pkey"
        keys = [uncased(value) for value in values]
        return cased("_".join((self._table.name, *keys, "pk")), keys, columns)

    def first(self, chain: Chain) -> str:
        """The first argument when it is a text, otherwise ''."""
        return text_argument(self._evaluator.lazy(chain.links[0].arguments[0])) if chain.links[0].arguments else ""

    def written_name(self, kind: ExtraKind, chain: Chain) -> str:
        """The name that is written, or ''."""
        link: Link = chain.links[0]
        if kind not in ("foreignKey", "primaryKey") or not link.arguments:
            return self.first(chain)
        config = self._evaluator.lazy(link.arguments[0])
        entry = config.entries.get("name") if isinstance(config, ObjectValue) else None
        return text_argument(entry.value()) if entry else ""


def text_argument(value: Value) -> str:
    """The value when it is a text, otherwise ''."""
    return value if isinstance(value, str) else ""


def column_name(value: Value) -> str:
    """The name in the database of `table.key`.

    Raises:
        UnreadableError: when it is no column.
    """
    if isinstance(value, Chain) and isinstance(value.head, ColumnRef):
        value = value.head
    if not isinstance(value, ColumnRef):
        raise UnreadableError(unknown_of(value))
    name = value.table.names().get(value.key) if isinstance(value.table, TableValue) else value.key
    if name is None:
        reason = f"`{value.key}` is no column of {value.table.name or 'the table'}"
        open_ended = isinstance(value.table, TableValue) and value.table.open
        raise UnreadableError(Unknown(reason, value.source, value.node, missing=not open_ended))
    return name


def uncased(value: Value) -> str:
    """The name of `table.key` before casing, of which Drizzle makes names; `column_name` has seen it first."""
    column = value.head if isinstance(value, Chain) else value
    return column.table.uncased[column.key] if isinstance(column.table, TableValue) else str(column.key)


def cased(name: str, keys: list[str], columns: list[str]) -> str:
    """A name that Drizzle made of keys, as drizzle-kit changes it: each key replaced where it stands first."""
    for key, column in zip(keys, columns, strict=True):
        name = name.replace(key, column, 1)
    return name


def listed(config: ObjectValue, key: str) -> list[Value]:
    """A list of values in a configuration.

    Raises:
        UnreadableError: when it is missing or not told.
    """
    entry = config.entries.get(key)
    found = entry.value() if entry else UNDEFINED
    if not isinstance(found, ArrayValue) or found.lost:
        lost = found.lost[0] if isinstance(found, ArrayValue) and found.lost else unknown_of(found)
        raise UnreadableError(lost or Unknown(f"has no `{key}`", config.source, config.node))
    return [item.value() for item in found.items]
