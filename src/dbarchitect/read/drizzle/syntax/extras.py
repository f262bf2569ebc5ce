"""The extra configuration of a table: indexes, unique constraints, checks, keys, policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.policy import Policy
from dbarchitect.model.source import Span
from dbarchitect.read.drizzle.declared import DeclaredExtra, ExtraKind, Form
from dbarchitect.read.drizzle.syntax.collections import Given, unknown_of
from dbarchitect.read.drizzle.syntax.constraints import Constraints
from dbarchitect.read.drizzle.syntax.foreign_keys import ForeignKeys
from dbarchitect.read.drizzle.syntax.functions import parameter_pattern, parameters
from dbarchitect.read.drizzle.syntax.indexes import Indexes
from dbarchitect.read.drizzle.syntax.policies import policy
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    ArrayValue,
    Builtin,
    Chain,
    FunctionValue,
    ObjectValue,
    TableValue,
    Unknown,
    Value,
)
from dbarchitect.typescript.source import Node, Source

_KINDS: dict[str, ExtraKind] = {
    "index": "index", "uniqueIndex": "uniqueIndex", "unique": "unique", "check": "check", "foreignKey": "foreignKey",
    "primaryKey": "primaryKey", "pgPolicy": "pgPolicy",
}  # fmt: skip
_WORDS: dict[ExtraKind, str] = {
    "index": "index", "uniqueIndex": "unique index", "unique": "unique constraint", "check": "check",
    "foreignKey": "foreign key", "primaryKey": "primary key", "pgPolicy": "policy", "other": "entry",
}  # fmt: skip


@dataclass(slots=True, eq=False)
class _Written:
    key: str
    value: Value
    source: Source
    node: Node
    lost: bool = False


class Extras:
    """Reads the extra configuration of one table."""

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._reading = reading
        self._table = table
        self._evaluator = reading.evaluator
        self.form: Form = "none"
        self.parameter = ""
        self.span: Span | None = None
        self.complete = True
        self.indexes: list[Index] = []
        self.uniques: list[Unique] = []
        self.checks: list[Check] = []
        self.foreign_keys: list[ForeignKey] = []
        self.primary_keys: list[PrimaryKey] = []
        self.policies: list[Policy] = []
        self.declared: list[DeclaredExtra] = []
        if len(table.arguments) > 2:
            self._read()

    def _read(self) -> None:
        argument = self._table.arguments[2]
        value = self._evaluator.lazy(argument)
        if isinstance(value, FunctionValue):
            listed = parameters(value.node)
            bound = parameter_pattern(listed[0]) if listed else None
            self.parameter = value.source.text_of(bound) if bound is not None and bound.type == "identifier" else ""
            value = self._evaluator.call(value, [Given(self._table), Given(self._table)])
        if value is UNDEFINED:
            return
        written: list[_Written] = []
        if isinstance(value, ArrayValue):
            self.form = "array"
            self._array(value, written, 0)
        elif isinstance(value, ObjectValue):
            self.form = "object"
            self._object(value, written, lost=False)
        else:
            self.form = "other"
            self._lose("the extra configuration", unknown_of(value), argument.source, argument.node)
            return
        self.span = value.source.span(value.node)
        for entry in written:
            self._entry(entry)

    def _array(self, value: ArrayValue, written: list[_Written], depth: int) -> None:
        for cause in value.lost:
            self._lose("an entry of the extra configuration", cause, value.source, value.node)
        for item in value.items:
            found = item.value()
            if isinstance(found, ArrayValue) and depth < 8:
                self._array(found, written, depth + 1)
            elif isinstance(found, ObjectValue):
                self.form = "array of objects"
                self._object(found, written, lost=True)
                if not found.entries:
                    written.append(_Written("", found, item.source, item.node, True))
            else:
                written.append(_Written("", found, item.source, item.node))

    def _object(self, value: ObjectValue, written: list[_Written], *, lost: bool) -> None:
        for cause in value.lost:
            self._lose("an entry of the extra configuration", cause, value.source, value.node)
        for key, entry in value.entries.items():
            written.append(_Written(key, entry.value(), entry.source, entry.value_node, lost))

    def _lose(self, what: str, cause: Unknown | UnreadableError | None, source: Source, node: Node) -> None:
        self.complete = False
        self._reading.lost(f"{what} of {self._table.name or 'a table'}", cause, source, node)

    def _entry(self, entry: _Written) -> None:
        value, span = entry.value, entry.source.span(entry.node)
        chain = value if isinstance(value, Chain) and isinstance(value.head, Builtin) else None
        kind = _KINDS.get(chain.head.name, "other") if chain else "other"
        name = ""
        if chain is None or kind == "other":
            if not entry.lost and value is not UNDEFINED and value is not None and value is not False:
                self._lose("an entry of the extra configuration", unknown_of(value), entry.source, entry.node)
        else:
            try:
                name = self._model(kind, chain, entry, span)
            except UnreadableError as lost:
                name = Constraints(self._reading, self._table).written_name(kind, chain)
                what = f"the {_WORDS[kind]} {name}".rstrip()
                self._lose(what, lost, entry.source, entry.node)
        links = chain.links if chain else value.links if isinstance(value, Chain) else []
        self.declared.append(DeclaredExtra(kind, name, entry.key, self._reading.calls(links), span, entry.lost))

    def _model(self, kind: ExtraKind, chain: Chain, entry: _Written, span: Span) -> str:
        """Add the element to what the table has, unless Drizzle drops it, and tell the name that is written."""
        table, reading = self._table, self._reading
        kept: list[Any]
        element: Any
        parts = Constraints(reading, table)
        if kind in ("index", "uniqueIndex"):
            element, kept = Indexes(reading, table).read(chain), self.indexes
            place = address("index", table.schema, element.name)
        elif kind == "pgPolicy":
            element, kept = policy(reading, chain), self.policies
            place = address("policy", table.schema, table.name, element.name)
        else:
            readers: dict[str, tuple[Any, list[Any]]] = {
                "unique": (parts.unique, self.uniques),
                "check": (parts.check, self.checks),
                "foreignKey": (ForeignKeys(reading, table).composite, self.foreign_keys),
                "primaryKey": (parts.primary_key, self.primary_keys),
            }
            read, kept = readers[kind]
            element = read(chain)
            place = address("constraint", table.schema, table.name, element.name)
        if not entry.lost:
            kept.append(element)
            reading.place(place, span)
        return parts.written_name(kind, chain)
