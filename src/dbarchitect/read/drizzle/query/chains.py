"""Chains of calls: `db.select().from(users).where(…)`, one in a variable and its later calls included."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.read.drizzle.query.conditions import MAYBE_ABSENT
from dbarchitect.read.drizzle.query.model import Ending, Link
from dbarchitect.read.drizzle.query.scope import FUNCTIONS, WRAPPERS, Binding, File, function_around
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, arguments

STARTS = frozenset("then catch finally execute all get run iterator".split())
"""Calls that make a query run."""
LATER = frozenset("as toSQL getSQL prepare".split())
"""Calls that make something else of a query: a subquery, its text, a prepared one."""
PROCEDURES = frozenset((b"query", b"mutation", b"subscription", b"handler", b"action"))
"""Methods of tRPC, oRPC and server actions whose callback's result is awaited as it is."""
WAITING = frozenset("Promise.all Promise.allSettled Promise.race Promise.any Promise.resolve".split())


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of calls.

    Args:
        base: what the first call is made on.
        top: the node of the whole chain.
        links: its calls, those on the variable that keeps it included.
        ending: what becomes of it.
        complete: nothing that we do not see can add to it.
    """

    base: Node
    top: Node
    links: tuple[Link, ...]
    ending: Ending
    complete: bool


def called(node: Node) -> Node | None:
    """The call that a property's name (`select` in `db.select()`) belongs to."""
    member = node.parent
    if member is None or member.type != "member_expression" or member.child_by_field_name("property") != node:
        return None
    call = member.parent
    if call is None or call.type != "call_expression" or call.child_by_field_name("function") != member:
        return None
    return call


def receiver(call: Node) -> Node | None:
    """What the method is called on."""
    function = call.child_by_field_name("function")
    return function.child_by_field_name("object") if function is not None else None


def method(file: File, call: Node) -> str:
    """The last name of what is called: `where` for `q.where(…)`, `eq` for `eq(…)`."""
    function = call.child_by_field_name("function")
    if function is None:
        return ""
    last = function.child_by_field_name("property") if function.type == "member_expression" else function
    return file.text(last) if last is not None else ""


def link(file: File, call: Node, sure: bool = True) -> Link:
    """The call as a link of a chain."""
    function = call.child_by_field_name("function") or call
    name = function.child_by_field_name("property") or function
    on = function.child_by_field_name("object") or function
    span = file.source.between(name.start_byte, call.end_byte)
    return Link(file.text(name), arguments(call), span, sure, on.end_byte, call.end_byte)


def upward(file: File, call: Node, sure: bool = True) -> tuple[Node, list[Link]]:
    """The whole chain from its first call on: its node and its links."""
    links = [link(file, call, sure)]
    top = call
    while True:
        above = top.parent
        while above is not None and above.type in WRAPPERS and above.parent is not None:
            if above.parent.type != "member_expression":
                break
            top, above = above, above.parent
        key = above.child_by_field_name("property") if above is not None and above.type == "member_expression" else None
        if above is None or key is None or above.child_by_field_name("object") != top:
            return top, links
        following = called(key)
        if following is None:
            return top, links
        top = following
        links.append(link(file, following, sure))


def chain(file: File, call: Node) -> Chain | None:
    """The chain that starts with a call."""
    base = receiver(call)
    if base is None:
        return None
    top, links = upward(file, call)
    ending = fate(file, top, links)
    complete = ending in ("awaited", "dropped") or (ending == "returned" and _settled(top))
    if ending == "stored":
        kept = _kept(file, top)
        if kept is not None:
            ending, complete = _continued(file, kept, links)
    return Chain(base, top, tuple(links), ending, complete)


def _settled(top: Node) -> bool:
    """Whether a returned builder runs as it is: the function is async, or the callback of a procedure or route."""
    function = function_around(top)
    if function is None:
        return False
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    on = call.child_by_field_name("function") if call is not None else None
    word = on.child_by_field_name("property") if on is not None and on.type == "member_expression" else None
    return is_async(function) or (word is not None and word.text in PROCEDURES)


def is_async(function: Node) -> bool:
    """Whether a function is async."""
    return any(child.type == "async" for child in function.children)


def fate(file: File, top: Node, links: list[Link]) -> Ending:
    """What becomes of an expression that is a query."""
    if any(item.name in STARTS for item in links[1:]):
        return "awaited"
    if any(item.name in LATER for item in links[1:]):
        return "passed"
    below, above = top, top.parent
    while above is not None:
        match above.type:
            case "await_expression":
                return "awaited"
            case "return_statement" | "yield_expression" | "arrow_function":
                return "returned"
            case "expression_statement":
                return "dropped"
            case "unary_expression":
                return "dropped" if above.children[0].type == "void" else "passed"
            case "variable_declarator" | "assignment_expression" | "augmented_assignment_expression":
                return "stored"
            case "arguments":
                call = above.parent
                function = call.child_by_field_name("function") if call is not None else None
                known = function is not None and (
                    file.text(function) in WAITING or file.text(function).endswith((".batch", "waitUntil"))
                )
                return "awaited" if known else "passed"
            case "array" | "ternary_expression" | "binary_expression":
                pass
            case kind if kind not in WRAPPERS:
                return "passed"
        below, above = above, above.parent
    return "passed" if below else "dropped"


def _kept(file: File, top: Node) -> Binding | None:
    """The variable that a stored chain is in, when it is alone in it."""
    above = top.parent
    while above is not None and above.type in WRAPPERS:
        above = above.parent
    if above is None or above.type != "variable_declarator":
        return None
    name = above.child_by_field_name("name")
    item = file.meaning(name) if name is not None and name.type == "identifier" else None
    return item if item is not None and item.node == name else None


def _continued(file: File, item: Binding, links: list[Link]) -> tuple[Ending, bool]:
    """Add the calls on the variable to `links`; what becomes of it, and whether that is all."""
    ending: Ending = "stored"
    complete = True
    for use in file.uses(item):
        above = use.parent
        if above is None:
            continue
        if above.type == "assignment_expression" and above.child_by_field_name("left") == use:
            complete = complete and _builds_on(file, above.child_by_field_name("right"), item.name)
            continue
        key = above.child_by_field_name("property") if above.type == "member_expression" else None
        call = called(key) if key is not None else None
        if call is not None:
            top, more = upward(file, call, _runs_with(use, item))
            links.extend(more)
            end = fate(file, top, [links[0], *more])
        else:
            top, end = use, fate(file, use, [])
        if end in ("passed", "stored"):
            target = top.parent
            complete = complete and target is not None and target.type == "assignment_expression"
        elif end != "dropped":
            ending = end
            complete = complete and (end == "awaited" or _settled(use))
    return ending, complete and ending == "awaited"


def _builds_on(file: File, node: Node | None, name: str) -> bool:
    """Whether an expression is a chain on the variable of that name."""
    while node is not None and node.type in (*WRAPPERS, "call_expression", "member_expression"):
        node = receiver(node) if node.type == "call_expression" else node.named_children[0]
    return node is not None and node.type == "identifier" and file.text(node) == name


def _runs_with(use: Node, item: Binding) -> bool:
    above = use.parent
    while above is not None and above.start_byte > item.start:
        if above.type in MAYBE_ABSENT or above.type in FUNCTIONS:
            return False
        above = above.parent
    return True


def ancestors(node: Node) -> Iterator[tuple[Node, Node]]:
    """(parent, the child on the way) from a node upward."""
    below, above = node, node.parent
    while above is not None:
        yield above, below
        below, above = above, above.parent
