"""The variable that a query's rows are in."""

from __future__ import annotations

from dbarchitect.read.drizzle.query.model import Link
from dbarchitect.read.drizzle.query.scope import WRAPPERS, File
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node


@dataclass(frozen=True, slots=True)
class Result:
    """A variable with what a query gave.

    Args:
        name: its name.
        single: it is one row rather than the list.
        node: the identifier that declares it.
    """

    name: str
    single: bool
    node: Node | None


def result_of(file: File, top: Node, links: tuple[Link, ...], verb: str) -> Result | None:
    """The variable that the rows of a query are put in, directly or as `[row]`, `(…)[0]`, `.then(rows => rows[0])`."""
    single = verb in ("findFirst", "count")
    if any(item.name == "then" for item in links):
        if verb == "select" and any(item.name == "then" and _first(file, item) for item in links):
            single = True
        elif not single:
            return None
    below, above = top, top.parent
    while above is not None and above.type in (*WRAPPERS, "await_expression", "subscript_expression"):
        if above.type == "subscript_expression":
            index = above.child_by_field_name("index")
            if index is None or index == below or file.text(index) != "0":
                return None
            single = True
        below, above = above, above.parent
    if above is None or above.type != "variable_declarator" or below.type == top.type:
        return None
    name = above.child_by_field_name("name")
    if name is None:
        return None
    if name.type == "identifier":
        return Result(file.text(name), single, name)
    if name.type == "array_pattern" and len(name.named_children) == 1 and name.named_children[0].type == "identifier":
        first = name.named_children[0]
        return Result(file.text(first), True, first)
    return None


def _first(file: File, item: Link) -> bool:
    text = file.text(item.arguments[0]) if item.arguments else ""
    return "[0]" in text or "first" in text.lower() or "at(0)" in text
