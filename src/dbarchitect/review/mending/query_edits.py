"""Edits of queries: what a fix adds to a chain or to the settings of a relational query."""

from __future__ import annotations

import re

from dbarchitect.model.finding import Edit, Fix
from dbarchitect.model.source import Span
from dbarchitect.read.drizzle.query.model import Link, Query
from dbarchitect.read.drizzle.query.scope import File
from dbarchitect.typescript.source import Node


def at(file: File, byte: int) -> Span:
    """The empty span at a byte."""
    return file.source.between(byte, byte)


def visible(file: File, name: str) -> bool:
    """Whether an operator of Drizzle (`isNull`) is imported under its own name."""
    return any(
        item.kind == "import" and item.module.startswith("drizzle-orm") and item.imported == name
        for item in file.bindings(name)
    )


def bring(file: File, *names: str) -> tuple[Edit, ...] | None:
    """The edit that imports operators from 'drizzle-orm'; None when there is no import that they can be added to."""
    missing = [name for name in names if not visible(file, name)]
    if not missing:
        return ()
    if any(file.bindings(name) for name in missing):
        return None
    found = re.search(r"import\s*\{([^}]*?)(,?\s*)\}\s*from\s*([\"'])drizzle-orm\3", file.whole)
    if found is None or re.match(r"import\s+type\b", found[0]):
        return None
    return (Edit(at(file, found.end(1)), "".join(f", {name}" for name in missing)),)


def add_condition(query: Query, condition: str, operator: str, title: str) -> Fix | None:
    """A fix, unsafe, that adds a condition to what a query asks for; None where that cannot be written plainly.

    Args:
        query: a builder with at most one `.where(…)`, or a relational query with a condition by operators.
        condition: the TypeScript of the condition.
        operator: the operator that it uses.
        title: what the fix does.
    """
    file = query.file
    if query.relational:
        node = query.settings.get("where")
        if node is None or node.type in ("object", "arrow_function", "method_definition"):
            return None
        return _joined(file, node, condition, operator, title)
    found = [link for link in query.links if link.name == "where"]
    if len(found) == 1 and len(found[0].arguments) == 1:
        return _joined(file, found[0].arguments[0], condition, operator, title)
    after = query.link("from") or (query.links[0] if query.verb == "delete" else None)
    if found or after is None or query.joins:
        return None
    brought = bring(file, operator)
    if brought is None:
        return None
    return Fix(title, "unsafe", (*brought, Edit(at(file, after.end), f".where({condition})")))


def _joined(file: File, node: Node, condition: str, operator: str, title: str) -> Fix | None:
    brought = bring(file, "and", operator)
    if brought is None:
        return None
    function = node.child_by_field_name("function") if node.type == "call_expression" else None
    if function is not None and file.text(function) == "and":
        inside = node.child_by_field_name("arguments")
        if inside is None or not inside.named_children:
            return None
        last = inside.named_children[-1]
        return Fix(title, "unsafe", (*brought, Edit(at(file, last.end_byte), following(file, last, condition))))
    edits = (Edit(at(file, node.start_byte), "and("), Edit(at(file, node.end_byte), f", {condition})"))
    return Fix(title, "unsafe", (*brought, *edits))


def append_link(query: Query, text: str, title: str, after: Link, safety: str = "unsafe") -> Fix:
    """A fix that writes `text` (`.limit(100)`) behind a link of the chain."""
    edit = Edit(at(query.file, after.end), text)
    return Fix(title, "safe" if safety == "safe" else "unsafe", (edit,))


def add_setting(query: Query, key: str, value: str, title: str) -> Fix | None:
    """A fix, unsafe, that adds a setting to a relational query whose settings are written in place."""
    given = query.links[0].arguments
    if not given:
        end = query.links[0].end
        return Fix(title, "unsafe", (Edit(at(query.file, end - 1), f"{{ {key}: {value} }}"),))
    node = given[0]
    if node.type != "object" or not node.named_children:
        return None
    last = node.named_children[-1]
    return Fix(title, "unsafe", (Edit(at(query.file, last.end_byte), following(query.file, last, f"{key}: {value}")),))


def following(file: File, last: Node, text: str) -> str:
    """What to write behind the last of some items, on a line of its own where that item has one."""
    line = file.whole.rfind("\n", 0, last.start_byte) + 1
    before = file.whole[line : last.start_byte]
    return f",\n{before}{text}" if before and not before.strip() else f", {text}"
