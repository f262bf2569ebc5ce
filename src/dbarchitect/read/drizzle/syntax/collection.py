"""What the files of a schema declare: every table, enum, view … with the constant that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dbarchitect.read.drizzle.syntax.columns import Columns
from dbarchitect.read.drizzle.syntax.evaluation import Evaluator
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.scope import Binding, Unit
from dbarchitect.read.drizzle.syntax.tables import FoundTable
from dbarchitect.read.drizzle.syntax.values import (
    EnumValue,
    Made,
    NamespaceValue,
    ObjectValue,
    TableValue,
    Value,
    ViewValue,
)

_CALLS = {
    "call_expression", "as_expression", "satisfies_expression", "parenthesized_expression", "non_null_expression",
    "identifier", "member_expression",
}  # fmt: skip
_THINGS = (TableValue, EnumValue, ViewValue, NamespaceValue, Made)


@dataclass(slots=True, eq=False)
class Found:
    """A thing other than a table, and the constant that holds it."""

    value: Value
    variable: str
    exported: bool


@dataclass(slots=True, eq=False)
class Collection:
    """Everything that the files declare, in the order of files and text."""

    tables: list[FoundTable] = field(default_factory=list)
    others: list[Found] = field(default_factory=list)


def collect(reading: Reading, units: Mapping[str, Unit]) -> Collection:
    """Find what the files declare, and report names that are declared twice."""
    found = Collection()
    seen: dict[int, tuple[Value, int]] = {}
    for unit in units.values():
        _twice(reading, unit)
        for binding in unit.order:
            if binding.kind != "value" or binding.node is None:
                continue
            kind = binding.node.type
            if kind in _CALLS:
                value = _value(reading.evaluator, unit, binding)
                _keep(reading, found, value, unit, binding, binding.name, seen)
            elif kind == "object":
                _inside(reading, found, unit, binding, seen)
    return found


def _value(evaluator: Evaluator, unit: Unit, binding: Binding) -> Value:
    return evaluator.bound(unit, binding)


def _inside(
    reading: Reading, found: Collection, unit: Unit, binding: Binding, seen: dict[int, tuple[Value, int]]
) -> None:
    """Tables in an object literal; Drizzle sees none of them, for it looks at exported constants only."""
    value = reading.evaluator.bound(unit, binding)
    if not isinstance(value, ObjectValue):
        return
    for entry in value.entries.values():
        if entry.value_node.type == "call_expression":
            inner = entry.value()
            if isinstance(inner, _THINGS):
                _keep(reading, found, inner, unit, None, "", seen)


def _keep(
    reading: Reading,
    found: Collection,
    value: Value,
    unit: Unit,
    binding: Binding | None,
    variable: str,
    seen: dict[int, tuple[Value, int]],
) -> None:
    if not isinstance(value, _THINGS):
        return
    exported = binding is not None and unit.exported(binding.name) and unit.bindings.get(binding.name) is binding
    if id(value) in seen:
        return
    seen[id(value)] = (value, len(seen))
    if not isinstance(value, TableValue):
        found.others.append(Found(value, variable, exported))
        return
    comment = binding.comment if binding is not None else ""
    found.tables.append(FoundTable(value, variable, exported, comment, Columns(reading, value)))


def _twice(reading: Reading, unit: Unit) -> None:
    for binding in unit.again:
        first = unit.bindings[binding.name]
        if binding.kind == "function" and first.kind == "function":
            continue
        line = unit.source.span(first.name_node).start.line
        message = f"`{binding.name}` is declared twice in this file; first in line {line}"
        reading.problem(message, unit.source.span(binding.name_node), severity="error")
