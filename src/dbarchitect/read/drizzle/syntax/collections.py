"""Objects, arrays and enumerations of TypeScript, spreads resolved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax.lazy import Lazy
from dbarchitect.read.drizzle.syntax.literals import string
from dbarchitect.read.drizzle.syntax.scope import Scope
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    ArrayValue,
    Chain,
    Entry,
    FunctionValue,
    Item,
    ObjectValue,
    Unknown,
    Value,
)
from dbarchitect.typescript.source import Node, Source

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator

MOST = 20_000
"""Elements of one array or object after its spreads."""


def object_of(evaluator: Evaluator, node: Node, scope: Scope) -> ObjectValue:
    """An object literal."""
    source = scope.unit.source
    found = ObjectValue({}, source, node)
    for member in node.named_children:
        kind = member.type
        if kind == "pair":
            key, value = member.child_by_field_name("key"), member.child_by_field_name("value")
            if key is None or value is None:
                continue
            name = _key(evaluator, key, scope)
            if isinstance(name, Unknown):
                found.lost.append(name)
            else:
                found.entries[name] = Entry(name, Lazy(evaluator, value, scope), source, member, value)
        elif kind == "shorthand_property_identifier":
            name = source.text_of(member)
            found.entries[name] = Entry(name, _Name(evaluator, name, scope, member), source, member, member)
        elif kind == "spread_element":
            _spread(evaluator, found, member, scope)
        elif kind == "method_definition":
            at = member.child_by_field_name("name")
            if at is not None:
                name = source.text_of(at)
                found.entries[name] = Entry(name, Given(FunctionValue(source, member, scope)), source, member, member)
    return found


def _key(evaluator: Evaluator, node: Node, scope: Scope) -> str | Unknown:
    source = scope.unit.source
    if node.type == "string":
        return string(source, node)
    if node.type != "computed_property_name":
        return source.text_of(node)
    value = evaluator.evaluate(node.named_children[0], scope) if node.named_children else UNDEFINED
    return value if isinstance(value, str) else Unknown("has a name that is computed", source, node)


def _spread(evaluator: Evaluator, found: ObjectValue, member: Node, scope: Scope) -> None:
    source = scope.unit.source
    value = evaluator.evaluate(member.named_children[0], scope) if member.named_children else UNDEFINED
    if isinstance(value, ObjectValue) and len(found.entries) < MOST:
        found.entries.update(value.entries)
        found.lost.extend(value.lost[:MOST])
    elif value is not UNDEFINED and value is not None and value is not False:
        found.lost.append(unknown_of(value) or Unknown("is no object that can be read", source, member))


def array(evaluator: Evaluator, node: Node, scope: Scope) -> ArrayValue:
    """An array literal."""
    source = scope.unit.source
    found = ArrayValue([], source, node)
    for member in node.named_children:
        kind = member.type
        if kind == "comment":
            continue
        if kind != "spread_element":
            found.items.append(Item(Lazy(evaluator, member, scope), source, member))
            continue
        value = evaluator.evaluate(member.named_children[0], scope) if member.named_children else UNDEFINED
        if isinstance(value, ArrayValue) and len(found.items) + len(value.items) < MOST:
            found.items.extend(value.items)
            found.lost.extend(value.lost[:MOST])
        else:
            found.lost.append(unknown_of(value) or Unknown("is no list that can be read", source, member))
    return found


def enumeration(evaluator: Evaluator, node: Node, scope: Scope) -> ObjectValue:
    """An enum of TypeScript's as an object; members that count by themselves are numbers."""
    source = scope.unit.source
    found = ObjectValue({}, source, node)
    body = node.child_by_field_name("body")
    following = 0
    for member in body.named_children if body is not None else ():
        if member.type == "enum_assignment":
            at, value = member.child_by_field_name("name"), member.child_by_field_name("value")
            if at is None or value is None:
                continue
            name = _name(source, at)
            found.entries[name] = Entry(name, Lazy(evaluator, value, scope), source, member, value)
        elif member.type in ("property_identifier", "string"):
            name = _name(source, member)
            found.entries[name] = Entry(name, Given(following), source, member, member)
            following += 1
    return found


def _name(source: Source, node: Node) -> str:
    return string(source, node) if node.type == "string" else source.text_of(node)


class Given:
    """A value that is known already."""

    __slots__ = ("_value",)

    def __init__(self, value: Value) -> None:
        self._value = value

    def __call__(self) -> Value:
        """The value."""
        return self._value


def array_of(texts: tuple[str, ...], source: Source, node: Node, lost: Sequence[Unknown] = ()) -> ArrayValue:
    """A list of known texts."""
    return ArrayValue([Item(Given(text), source, node) for text in texts], source, node, list(lost))


class _Name:
    def __init__(self, evaluator: Evaluator, name: str, scope: Scope, node: Node) -> None:
        self._evaluator = evaluator
        self._name = name
        self._scope = scope
        self._node = node

    def __call__(self) -> Value:
        """The value."""
        return self._evaluator.lookup(self._name, self._scope, self._node)


def unknown_of(value: Value) -> Unknown | None:
    """Why a value is not known; None when it is."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Chain) and isinstance(value.head, Unknown):
        return value.head
    return None


def strings(value: Value) -> tuple[str, ...] | None:
    """The texts of a list of strings; None when it is none or not fully known."""
    if not isinstance(value, ArrayValue) or value.lost:
        return None
    found = [item.value() for item in value.items]
    return tuple(found) if all(isinstance(text, str) for text in found) else None
