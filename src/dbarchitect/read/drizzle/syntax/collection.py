"""What the files of a schema declare: every table, enum, view … with the constant that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.columns import Columns
from dbarchitect.read.drizzle.syntax.evaluation import Evaluator
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.scope import Binding, Unit
from dbarchitect.read.drizzle.syntax.tables import FoundTable
from dbarchitect.read.drizzle.syntax.values import (
    Builtin,
    Chain,
    EnumValue,
    Made,
    NamespaceValue,
    ObjectValue,
    TableValue,
    Value,
    ViewValue,
)
from dbarchitect.typescript.source import Node

_CALLS = {
    "call_expression", "as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression",
    "identifier", "member_expression",
}  # fmt: skip
_MADE = re.compile(r"\bpgTable\s*\(")
_THINGS = (TableValue, EnumValue, ViewValue, NamespaceValue, Made)


@dataclass(slots=True, eq=False)
class Found:
    """A thing other than a table, and the constant that holds it."""

    value: Value
    variable: str
    exported: bool


class Collection:
    """Everything that the files declare, in the order of files and text; names declared twice are reported."""

    def __init__(self, reading: Reading, units: Mapping[str, Unit]) -> None:
        self.tables: list[FoundTable] = []
        self.others: list[Found] = []
        self._reading = reading
        self._seen: dict[int, Value] = {}
        self._columns: dict[int, Columns] = {}
        reading.evaluator.prepare = self._prepare
        for unit in units.values():
            self._twice(unit)
            for binding in unit.order:
                if binding.kind in ("value", "pattern") and binding.node is not None:
                    self._binding(unit, binding, binding.node)

    def _binding(self, unit: Unit, binding: Binding, node: Node) -> None:
        if node.type in _CALLS:
            value = self._reading.evaluator.bound(unit, binding)
            exported = unit.bindings.get(binding.name) is binding and unit.exported(binding.name)
            self._keep(value, binding.name, binding.comment, exported=exported)
            cause = unknown_of(value)
            if cause is not None and exported and _MADE.search(unit.source.text_of(node)):
                self._reading.lost(f"the table in `{binding.name}`", cause, unit.source, node)
        elif node.type == "object" and binding.kind == "value":
            self._inside(self._reading.evaluator.bound(unit, binding))

    def _inside(self, value: Value) -> None:
        """Tables in an object literal; Drizzle sees none of them, for it looks at exported constants only."""
        for entry in value.entries.values() if isinstance(value, ObjectValue) else ():
            if entry.value_node.type == "call_expression":
                self._keep(entry.value(), "", "", exported=False)

    def _keep(self, value: Value, variable: str, comment: str, *, exported: bool) -> None:
        if id(value) in self._seen or not (isinstance(value, _THINGS) or is_policy(value)):
            return
        self._seen[id(value)] = value
        if isinstance(value, TableValue):
            self.tables.append(FoundTable(value, variable, exported, comment, self._prepared(value)))
        else:
            self.others.append(Found(value, variable, exported))

    def _prepare(self, table: TableValue) -> None:
        self._columns[id(table)] = Columns(self._reading, table)

    def _prepared(self, table: TableValue) -> Columns:
        table.names()
        return self._columns[id(table)]

    def _twice(self, unit: Unit) -> None:
        for binding in unit.again:
            first = unit.bindings[binding.name]
            if binding.kind == "function" and first.kind == "function":
                continue
            line = unit.source.span(first.name_node).start.line
            message = f"`{binding.name}` is declared twice in this file; first in line {line}"
            self._reading.problem(message, unit.source.span(binding.name_node), severity="error")


def is_policy(value: Value) -> bool:
    """Whether a value is a policy that stands by itself: `pgPolicy(…).link(table)`."""
    return isinstance(value, Chain) and isinstance(value.head, Builtin) and value.head.name == "pgPolicy"


def visible(evaluator: Evaluator, units: Mapping[str, Unit], named: Iterable[str]) -> set[int]:
    """The identities of what the named files (all when there are none) export: this is what drizzle-kit sees."""
    found: set[int] = set()
    chosen = tuple(named)
    for path in chosen or tuple(units):
        unit = units.get(path)
        if unit is not None:
            names = names_of(evaluator, unit) if chosen else set(unit.exports)
            found |= {id(evaluator.export(path, name, unit.source.root, unit.source)) for name in sorted(names)}
    return found


def names_of(evaluator: Evaluator, unit: Unit) -> set[str]:
    """The names that a file exports, with those of `export *`."""
    names = set(unit.exports)
    seen, waiting = {unit.source.file}, [unit]
    for current in waiting:
        names |= {name for name in current.exports if name != "default"}
        for module in current.stars:
            target = evaluator.locate(current.source.file, module)
            following = evaluator.units.get(target) if target is not None and target not in seen else None
            if following is not None:
                seen.add(following.source.file)
                waiting.append(following)
    return names
