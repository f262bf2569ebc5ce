"""Whether a query in a loop could be one query for all rounds, or is one by one for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.read.drizzle.query.model import Compare, Exists, Loop, Opaque, Query, Raw
from dbarchitect.read.drizzle.query.predicates import everything
from dbarchitect.read.drizzle.query.scope import FUNCTIONS, File
from dbarchitect.review.query_facts import declared_in, names, wholesale
from dbarchitect.review.query_names import PORTIONS, says
from dbarchitect.typescript.source import Node, walk

CONSTANT = re.compile(r"\[|[A-Z][A-Z0-9_]+(?:\.\w+\(\))?$|Object\.(?:keys|values|entries)\(\s*[A-Z][A-Z0-9_]+\s*\)")
FEW = re.compile(r"\.limit\(\s*(?:[1-9]|10)\s*\)|\blimit:\s*(?:[1-9]|10)\b")
"""A limit to at most ten rows."""
LEAVING = ("return_statement", "break_statement", "throw_statement")
LOCKS = ("for", "skipLocked")


def repeated(query: Query) -> Loop | None:
    """The loop that makes the query run once for each element of something; None when it is meant to be so.

    Waived, as sequential by design: walks along a cursor and retries (`while`, `for (;;)`), chunks and batches, locks,
    one transaction for each element, short constant lists, loops that stop at the first hit, work that waits for
    something else than the database in between, and whatever does not depend on the element.
    """
    around = query.around
    if not around.loops or wholesale(around) or query.link(*LOCKS):
        return None
    loop = around.loops[0]
    if any(each.kind == "while" or _portions(each) for each in around.loops):
        return None
    if loop.kind == "for" and not _counts_up(query.file, loop):
        return None
    if loop.kind == "callback" and query.ending == "returned":
        return None
    if CONSTANT.match(loop.over.strip()) or _constant(query.file, loop) or _after_failure(query, loop):
        return None
    if around.transaction and around.transaction.node.start_byte > loop.node.start_byte:
        return None
    if _stops(loop) or not _depends(query, loop) or (query.limit not in (None, "1") and query.verb == "select"):
        return None
    return loop


def _portions(loop: Loop) -> bool:
    return says(PORTIONS, loop.item, loop.over)


def _counts_up(file: File, loop: Loop) -> bool:
    """Whether a `for` runs over the elements of an array one by one."""
    step = loop.node.child_by_field_name("increment")
    return step is not None and file.text(step).strip().replace(" ", "").endswith("++") and ".length" in loop.over


def _constant(file: File, loop: Loop) -> bool:
    """Whether it runs over an array that is written out, or over the few rows of a query with a small limit."""
    word = loop.over.strip()
    if not re.fullmatch(r"[\w$]+", word):
        return False
    return any(
        item.kind == "const" and item.value is not None and not item.path and (
            (file.text(item.value).lstrip().startswith("[") and "..." not in file.text(item.value)
             and item.value.named_child_count > 0) or FEW.search(file.text(item.value)) is not None
        )
        for item in file.bindings(word)
    )  # fmt: skip


def _after_failure(query: Query, loop: Loop) -> bool:
    """Whether the query runs only where something else of the round failed."""
    above = query.node.parent
    while above is not None and above != loop.node:
        if above.type == "catch_clause":
            return True
        above = above.parent
    return False


def _stops(loop: Loop) -> bool:
    """Whether a round may be the last one."""
    if loop.kind in ("callback", "parallel"):
        return False
    body = loop.node.child_by_field_name("body")
    return body is not None and any(node.type in LEAVING for node in within(body))


def within(node: Node) -> Iterator[Node]:
    """The node and what lies in it, functions of its own left out."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current.type not in FUNCTIONS or current == node:
            stack.extend(reversed(current.children))


def _depends(query: Query, loop: Loop) -> bool:
    """Whether the element decides by plain equality which rows are meant, so that a list of elements could."""
    fresh, awaited = declared_in(loop, query)
    if loop.kind == "for":
        first = loop.node.child_by_field_name("initializer")
        fresh |= names(query.file.text(first)) if first is not None else frozenset()
    if awaited & names(query.file.text(query.node)):
        return False
    if query.verb == "insert":
        return bool(fresh & names(query.file.text(query.node)))
    decides = False
    for item in everything(query.where):
        if isinstance(item, Opaque | Raw | Exists) and fresh & names(item.text):
            return False
        if isinstance(item, Compare) and any(fresh & names(value.text) for value in item.values):
            if item.operator != "eq":
                return False
            decides = True
    return decides


def writes_own_values(query: Query, loop: Loop) -> bool:
    """Whether an update sets another value in each round."""
    link = query.link("set")
    if link is None or not link.arguments:
        return False
    fresh, _awaited = declared_in(loop, query)
    return bool(fresh & names(query.file.text(link.arguments[0])))


def waits_elsewhere(query: Query, loop: Loop, own: frozenset[int]) -> bool:
    """Whether a round waits for something that is no query of ours: a request, a file, another service.

    Args:
        query: one of the loop's queries.
        loop: the loop.
        own: the first bytes of the queries in the file.
    """
    body = loop.node.child_by_field_name("body") or loop.node
    for node in walk(body):
        if node.type == "await_expression":
            inside = range(node.start_byte, node.end_byte)
            if not any(place in inside for place in own):
                return True
    return False
