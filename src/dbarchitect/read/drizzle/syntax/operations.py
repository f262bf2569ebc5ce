"""Operators of TypeScript on values that the text tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax.collections import unknown_of
from dbarchitect.read.drizzle.syntax.scope import Scope
from dbarchitect.read.drizzle.syntax.values import UNDEFINED, Builtin, Unknown, Value
from dbarchitect.typescript.source import Node, Source

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator

LENGTH = 100_000
"""Characters of a string that is put together."""
LARGEST = 2**53

_EQUAL = {"===": True, "==": True, "!==": False, "!=": False}


def truth(value: Value) -> bool | None:
    """Whether TypeScript takes a value for true; None when it is not known."""
    if value is UNDEFINED or value is None:
        return False
    if isinstance(value, str | int | float):
        return bool(value)
    return None if unknown_of(value) or (isinstance(value, Builtin) and value.name.startswith("global ")) else True


def ternary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """`condition ? a : b`."""
    parts = [node.child_by_field_name(name) for name in ("condition", "consequence", "alternative")]
    condition, yes, no = parts
    if condition is None or yes is None or no is None:
        return Unknown("cannot be read", scope.unit.source, node)
    held = truth(evaluator.evaluate(condition, scope))
    if held is None:
        return Unknown("depends on a condition", scope.unit.source, node)
    return evaluator.evaluate(yes if held else no, scope)


def unary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """`-1`, `!given`."""
    source = scope.unit.source
    inner = node.child_by_field_name("argument")
    operator = node.child_by_field_name("operator")
    if inner is None or operator is None:
        return Unknown("cannot be read", source, node)
    sign, value = source.text_of(operator), evaluator.evaluate(inner, scope)
    if sign == "!":
        held = truth(value)
        return _computed(source, node) if held is None else not held
    if sign in ("+", "-") and isinstance(value, int | float) and not isinstance(value, bool):
        return -value if sign == "-" else value
    return _computed(source, node)


def binary(evaluator: Evaluator, node: Node, scope: Scope) -> Value:
    """`a + b`, `a === b`, `a ?? b`, and an `sql` template with type arguments."""
    source = scope.unit.source
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return Unknown("cannot be read", source, node)
    template = _typed_template(source, node, right)
    if template is not None:
        return evaluator.sql(template, scope)
    sign, first = source.text_of(operator), evaluator.evaluate(left, scope)
    if sign == "??":
        return evaluator.evaluate(right, scope) if first is None or first is UNDEFINED else first
    if sign in ("&&", "||"):
        held = truth(first)
        if held is None:
            return _computed(source, node)
        return evaluator.evaluate(right, scope) if held is (sign == "&&") else first
    second = evaluator.evaluate(right, scope)
    if sign in _EQUAL and _plain(first) and _plain(second):
        return (first == second and type(first) is type(second)) is _EQUAL[sign]
    result = _arithmetic(sign, first, second)
    return _computed(source, node) if result is None else result


def _typed_template(source: Source, node: Node, right: Node) -> Node | None:
    """The template of ``sql<string>`…` ``, which the grammar takes for comparisons: sql < string > `…`."""
    if source.text[node.start_byte : node.start_byte + 4] != "sql<":
        return None
    deeper: Node | None = right
    while deeper is not None and deeper.type == "binary_expression":
        deeper = deeper.child_by_field_name("right")
    return deeper if deeper is not None and deeper.type == "template_string" else None


def _plain(value: Value) -> bool:
    return value is UNDEFINED or value is None or isinstance(value, str | int | float)


def _arithmetic(sign: str, first: Value, second: Value) -> Value:
    if sign == "+" and isinstance(first, str) and isinstance(second, str):
        return first + second if len(first) + len(second) < LENGTH else None
    if not _number(first) or not _number(second):
        return None
    if sign == "/" and second:
        result = first / second
        return int(result) if result.is_integer() else result
    found = {"+": lambda: first + second, "-": lambda: first - second, "*": lambda: first * second}.get(sign)
    return found() if found else None


def _number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def _computed(source: Source, node: Node) -> Unknown:
    return Unknown("is computed when the program runs", source, node)
