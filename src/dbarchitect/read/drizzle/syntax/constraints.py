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

    def unique(self, chain: Chain) -> Unique:
        """`unique('name').on(…).nullsNotDistinct()`.

        Raises:
            UnreadableError: when a column is not told.
        """
        columns: list[str] = []
        distinct = True
        for link in chain.links[1:]:
            if link.name == "on":
                columns = [column_name(self._evaluator.lazy(argument)) for argument in link.arguments]
            elif link.name == "nullsNotDistinct":
                distinct = False
        name = self.first(chain) or "_".join((self._table.name, *columns, "unique"))
        return Unique(name, tuple(columns), nulls_not_distinct=not distinct)

    def check(self, chain: Chain) -> Check:
        """`check('name', sql`…`)`.

        Raises:
            UnreadableError: when the condition is not told.
        """
        arguments = chain.links[0].arguments
        if len(arguments) < 2:
            raise UnreadableError(Unknown("has no condition", chain.source, chain.node))
        return Check(self.first(chain), sql_text(self._evaluator.lazy(arguments[1])))

    def primary_key(self, chain: Chain) -> PrimaryKey:
        """`primaryKey({ name, columns })`, or the deprecated `primaryKey(a, b)`.

        Raises:
            UnreadableError: when a column is not told.
        """
        link = chain.links[0]
        first = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        name: Value = ""
        if isinstance(first, ObjectValue):
            columns = columns_of(first, "columns")
            name = first.entries["name"].value() if "name" in first.entries else ""
        else:
            columns = [column_name(self._evaluator.lazy(argument)) for argument in link.arguments]
        own = name if isinstance(name, str) and name else "_".join((self._table.name, *columns, "pk"))
        return PrimaryKey(own, tuple(columns))

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
    name = value.table.columns.get(value.key) if isinstance(value.table, TableValue) else value.key
    if name is None:
        reason = f"`{value.key}` is no column of {value.table.name or 'the table'}"
        open_ended = isinstance(value.table, TableValue) and bool(value.table.lost)
        raise UnreadableError(Unknown(reason, value.source, value.node, missing=not open_ended))
    return name


def columns_of(config: ObjectValue, key: str) -> list[str]:
    """The names of a list of columns in a configuration.

    Raises:
        UnreadableError: when one is not told.
    """
    entry = config.entries.get(key)
    listed = entry.value() if entry else UNDEFINED
    if not isinstance(listed, ArrayValue) or listed.lost:
        lost = listed.lost[0] if isinstance(listed, ArrayValue) else unknown_of(listed)
        raise UnreadableError(lost or Unknown(f"has no `{key}`", config.source, config.node))
    return [column_name(item.value()) for item in listed.items]
