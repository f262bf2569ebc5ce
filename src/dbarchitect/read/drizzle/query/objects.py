"""Conditions and orders of relational queries that are written as objects (Drizzle 1.0)."""

from __future__ import annotations

from dbarchitect.read.drizzle.query.conditions import Conditions
from dbarchitect.read.drizzle.query.model import (
    All,
    Any,
    ColumnUse,
    Compare,
    Condition,
    Exists,
    Negated,
    Nothing,
    Opaque,
    Ordering,
    TableUse,
)
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.typescript.source import Node

SAME = {"in": "inArray", "notIn": "notInArray"}


def pairs(file: File, node: Node) -> tuple[dict[str, Node], bool]:
    """The properties of an object literal by key, and whether they are all of it (no spread, no computed key)."""
    found: dict[str, Node] = {}
    whole = True
    for child in node.named_children:
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is None or value is None or key.type == "computed_property_name":
                whole = False
            else:
                found[file.text(key).strip("'\"")] = value
        elif child.type == "shorthand_property_identifier":
            found[file.text(child)] = child
        elif child.type == "method_definition":
            name = child.child_by_field_name("name")
            found[file.text(name) if name is not None else ""] = child
        elif child.type != "comment":
            whole = False
    return found, whole


def filters(conditions: Conditions, file: File, node: Node, of: TableUse) -> Condition:
    """The condition that an object such as `{ organizationId: id, deletedAt: { isNull: true } }` means."""
    node = bare(node)
    if node.type != "object":
        return Opaque(file.text(node))
    found, whole = pairs(file, node)
    items: list[Condition] = [] if whole else [Opaque(file.text(node))]
    for key, value in found.items():
        items.append(_filter(conditions, file, key, value, of))
    return All(tuple(items)) if items else Nothing()


def _filter(conditions: Conditions, file: File, key: str, value: Node, of: TableUse) -> Condition:
    inner = bare(value)
    if key in ("AND", "OR"):
        listed = [filters(conditions, file, item, of) for item in inner.named_children if item.type != "comment"]
        return All(tuple(listed)) if key == "AND" else Any(tuple(listed))
    if key == "NOT":
        return Negated(filters(conditions, file, inner, of))
    if key == "RAW":
        return Opaque(file.text(value))
    name = conditions.tables.column_name(of, key)
    span, text = file.source.span(value), f"{key}: {file.text(value)}"
    if name is None:
        return Exists(Opaque(text), text)
    column = ColumnUse(of, key, name, key)
    if inner.type != "object":
        return Compare("eq", column, (conditions.value(file, inner),), span, text)
    operators, whole = pairs(file, inner)
    if not whole or {"AND", "OR", "NOT"} & set(operators):
        return Opaque(text)
    compared = [
        Compare(SAME.get(word, word), column, (conditions.value(file, operand),), span, text)
        for word, operand in operators.items()
    ]
    return compared[0] if len(compared) == 1 else All(tuple(compared))


def ordering(conditions: Conditions, file: File, node: Node, of: TableUse) -> tuple[Ordering, ...] | None:
    """The order that an object such as `{ createdAt: 'desc' }` means."""
    found, whole = pairs(file, node)
    if not whole:
        return None
    keys = []
    for key, value in found.items():
        name = conditions.tables.column_name(of, key)
        if name is None:
            return None
        descending = file.text(value).strip("'\"") == "desc"
        keys.append(
            Ordering(ColumnUse(of, key, name, key), descending, f"{key}: {file.text(value)}", file.source.span(value))
        )
    return tuple(keys)
