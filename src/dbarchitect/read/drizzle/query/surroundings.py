"""What stands around a query: functions, loops, transactions, the callbacks that it is part of."""

from __future__ import annotations

from dbarchitect.read.drizzle.query.chains import ancestors, is_async, method, receiver
from dbarchitect.read.drizzle.query.model import Loop, Repetition, Surroundings, Transaction
from dbarchitect.read.drizzle.query.scope import FUNCTIONS, WRAPPERS, File
from dbarchitect.typescript.source import Node

ITERATING = frozenset("forEach map flatMap filter reduce reduceRight some every find findIndex".split())
TOGETHER = frozenset("all allSettled race any".split())


def surroundings(file: File, node: Node) -> Surroundings:
    """What stands around a node, up to the function that is no callback."""
    loops: list[Loop] = []
    guards: list[str] = []
    transaction: Transaction | None = None
    function: Node | None = None
    waits: bool | None = None
    name = ""
    later = False
    for above, below in ancestors(node):
        loop = None if later else _statement(file, above, below)
        if loop:
            loops.append(loop)
        if above.type not in FUNCTIONS:
            continue
        if waits is None:
            waits = is_async(above)
        call = callback_of(above)
        if call is None and not _called_at_once(above):
            function, name = function or above, function_name(file, above)
            break
        word = method(file, call) if call is not None else ""
        if call is not None and word in ITERATING and not later:
            loops.append(_callback(file, above, call))
        elif call is not None and word == "transaction":
            transaction = transaction or Transaction(first_parameter(file, above), above)
        elif call is not None:
            guards.append(word)
            later = later or not _at_once(call)
            if function is None and call.parent is not None and call.parent.type not in ("await_expression", "array"):
                function = above
    return Surroundings(name, function, bool(waits), tuple(loops), transaction, tuple(guards))


def _at_once(call: Node) -> bool:
    """Whether a callback runs while its caller waits: the call is awaited, given back, or part of a list."""
    above = call.parent
    while above is not None and above.type in (*WRAPPERS, "array", "ternary_expression"):
        above = above.parent
    return above is not None and above.type in ("await_expression", "return_statement", "arrow_function", "arguments")


def callback_of(function: Node) -> Node | None:
    """The call that a function is an argument of."""
    above = function.parent
    if above is None or above.type != "arguments" or above.parent is None:
        return None
    return above.parent if above.parent.type == "call_expression" else None


def first_parameter(file: File, function: Node) -> str:
    """The text of a function's first parameter, its type left out."""
    single = function.child_by_field_name("parameter")
    listed = function.child_by_field_name("parameters")
    if single is None and listed is not None and listed.named_children:
        single = listed.named_children[0].child_by_field_name("pattern")
    return file.text(single) if single is not None else ""


def _called_at_once(function: Node) -> bool:
    above = function.parent
    if above is None or above.type != "parenthesized_expression" or above.parent is None:
        return False
    return above.parent.type == "call_expression" and above.parent.child_by_field_name("function") == above


def function_name(file: File, function: Node) -> str:
    """What a function is called: its own name, or that of the constant, property or argument it is given to."""
    own = function.child_by_field_name("name")
    above = function.parent
    if own is None and above is not None and above.type == "variable_declarator":
        own = above.child_by_field_name("name")
    if own is None and above is not None and above.type == "pair":
        own = above.child_by_field_name("key")
    return file.text(own) if own is not None else ""


def _statement(file: File, above: Node, below: Node) -> Loop | None:
    kind: Repetition
    match above.type:
        case "for_in_statement":
            if above.child_by_field_name("body") != below:
                return None
            sign = above.child_by_field_name("operator")
            kind = "for-in" if sign is not None and file.text(sign) == "in" else "for-of"
            over, left = above.child_by_field_name("right"), above.child_by_field_name("left")
            return Loop(kind, _text(file, over), above, _text(file, left))
        case "for_statement":
            if above.child_by_field_name("initializer") == below:
                return None
            return Loop("for", _text(file, above.child_by_field_name("condition")), above)
        case "while_statement" | "do_statement":
            return Loop("while", _text(file, above.child_by_field_name("condition")), above)
    return None


def _callback(file: File, function: Node, call: Node) -> Loop:
    over = receiver(call)
    outer = call.parent
    kind: Repetition = "callback"
    if outer is not None and outer.type == "arguments" and outer.parent is not None:
        if method(file, outer.parent) in TOGETHER and outer.parent.type == "call_expression":
            kind = "parallel"
    elif outer is not None and outer.type == "variable_declarator" and "Promise" in _after(file, outer):
        kind = "parallel"
    return Loop(kind, _text(file, over), function, first_parameter(file, function))


def _after(file: File, declarator: Node) -> str:
    block = declarator.parent.parent if declarator.parent is not None else None
    return file.whole[declarator.end_byte : block.end_byte] if block is not None else ""


def _text(file: File, node: Node | None) -> str:
    return file.text(node) if node is not None else ""
