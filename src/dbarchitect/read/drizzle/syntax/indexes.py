"""Indexes: `index('name').using('gin', t.a.op('…')).where(sql`…`)`."""

from __future__ import annotations

from dbarchitect.model.index import Index, IndexPart
from dbarchitect.read.drizzle.syntax.constraints import column_name, text_argument
from dbarchitect.read.drizzle.syntax.literals import written
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, data, sql_text
from dbarchitect.read.drizzle.syntax.values import (
    Argument,
    Builtin,
    Chain,
    Link,
    ObjectValue,
    SqlValue,
    TableValue,
    Value,
)


class Indexes:
    """Reads indexes of one table."""

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._evaluator = reading.evaluator
        self._table = table

    def read(self, chain: Chain) -> Index:
        """The index that a chain makes; drizzle-kit writes no ON ONLY, whatever `.onOnly()` says.

        Raises:
            UnreadableError: when a part of it is not told.
        """
        first = chain.links[0]
        name = text_argument(self._evaluator.lazy(first.arguments[0])) if first.arguments else ""
        parts: tuple[IndexPart, ...] = ()
        method, where = "btree", None
        options: tuple[tuple[str, str], ...] = ()
        for link in chain.links[1:]:
            match link.name:
                case "on" | "onOnly":
                    parts = self._parts(link.arguments)
                case "using" if link.arguments:
                    method = text_argument(self._evaluator.lazy(link.arguments[0])) or method
                    parts = self._parts(link.arguments[1:])
                case "where" if link.arguments:
                    where = sql_text(self._evaluator.lazy(link.arguments[0]), bare=True) or None
                case "with" if link.arguments:
                    options = self._options(link)
        head = chain.head
        named = "_".join(part.column or "expression" for part in parts)
        return Index(
            name or f"{self._table.name}_{named}_index",
            parts,
            unique=isinstance(head, Builtin) and head.name == "uniqueIndex",
            method=method,
            where=where,
            options=options,
        )

    def _parts(self, arguments: tuple[Argument, ...]) -> tuple[IndexPart, ...]:
        return tuple(self._part(self._evaluator.lazy(argument)) for argument in arguments)

    def _part(self, value: Value) -> IndexPart:
        if isinstance(value, SqlValue):
            return IndexPart(expression=sql_text(value, bare=True))
        name = column_name(value)
        descending, first, opclass = False, False, None
        for link in value.links if isinstance(value, Chain) else ():
            match link.name:
                case "asc" | "desc":
                    descending = link.name == "desc"
                case "nullsFirst" | "nullsLast":
                    first = link.name == "nullsFirst"
                case "op" if link.arguments:
                    opclass = text_argument(self._evaluator.lazy(link.arguments[0])) or None
        nulls = None if first == descending else first
        return IndexPart(name, descending=descending, nulls_first=nulls, opclass=opclass)

    def _options(self, link: Link) -> tuple[tuple[str, str], ...]:
        value = self._evaluator.lazy(link.arguments[0])
        found = data(value)
        if not isinstance(value, ObjectValue) or not isinstance(found, dict):
            raise UnreadableError(None)
        return tuple(sorted((str(key), _setting(each)) for key, each in found.items()))


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value) if isinstance(value, int | float) else str(value)
