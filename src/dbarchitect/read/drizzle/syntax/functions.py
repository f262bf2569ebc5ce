"""Calls of the project's own functions: parameters bound, declarations and the result of the body read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax.lazy import Lazy, LazyBinding
from dbarchitect.read.drizzle.syntax.operations import truth
from dbarchitect.read.drizzle.syntax.scope import Scope, declared, pattern
from dbarchitect.read.drizzle.syntax.values import UNDEFINED, ArrayValue, FunctionValue, ObjectValue, Unknown, Value
from dbarchitect.typescript.source import Node

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator

_BRANCHES = {
    "if_statement",
    "switch_statement",
    "for_statement",
    "for_in_statement",
    "while_statement",
    "try_statement",
}


def apply(evaluator: Evaluator, function: FunctionValue, values: Sequence[Callable[[], Value]]) -> Value:
    """What the function gives back for these arguments."""
    body = function.node.child_by_field_name("body")
    if body is None:
        return Unknown("has no body", function.source, function.node)
    scope = Scope(function.scope.unit, function.scope)
    for place, node in enumerate(parameters(function.node)):
        _bind(evaluator, scope, node, values[place] if place < len(values) else _nothing)
    if body.type != "statement_block":
        return evaluator.evaluate(body, scope)
    return _block(evaluator, function, body, scope)


def parameters(function: Node) -> list[Node]:
    """The nodes of a function's parameters."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    listed = function.child_by_field_name("parameters")
    if listed is None:
        return []
    return [node for node in listed.named_children if node.type != "comment"]


def parameter_pattern(node: Node) -> Node | None:
    """What a parameter binds: an identifier or a pattern."""
    return node if node.type == "identifier" else node.child_by_field_name("pattern")


def _nothing() -> Value:
    return UNDEFINED


def _bind(evaluator: Evaluator, scope: Scope, node: Node, given: Callable[[], Value]) -> None:
    bound = parameter_pattern(node)
    default = node.child_by_field_name("value") if node.type != "identifier" else None
    if bound is None:
        return
    source = scope.unit.source
    value = given if default is None else _Defaulted(given, Lazy(evaluator, default, scope))
    if bound.type == "identifier":
        scope.values[source.text_of(bound)] = value
    elif bound.type == "object_pattern":
        for picked in pattern(source, bound):
            part: Callable[[], Value] = _Part(evaluator, value, picked.key, scope, picked.node)
            default = picked.default
            scope.values[picked.name] = part if default is None else _Defaulted(part, Lazy(evaluator, default, scope))


class _Defaulted:
    def __init__(self, given: Callable[[], Value], default: Callable[[], Value]) -> None:
        self._given = given
        self._default = default

    def __call__(self) -> Value:
        value = self._given()
        return self._default() if value is UNDEFINED or getattr(value, "absent", False) else value


class _Part:
    def __init__(self, evaluator: Evaluator, whole: Callable[[], Value], key: str, scope: Scope, node: Node) -> None:
        self._evaluator = evaluator
        self._whole = whole
        self._key = key
        self._scope = scope
        self._node = node

    def __call__(self) -> Value:
        whole = self._whole()
        return self._evaluator.member(whole, self._key, self._scope.unit.source, self._node)


def _taken(evaluator: Evaluator, statement: Node, scope: Scope) -> bool | None:
    condition = statement.child_by_field_name("condition")
    return truth(evaluator.evaluate(condition, scope)) if condition is not None else None


def _branch(evaluator: Evaluator, function: FunctionValue, part: Node, scope: Scope) -> Value | None:
    """What a branch returns; None when it returns nothing."""
    if part.type == "else_clause" and part.named_children:
        part = part.named_children[0]
    if part.type not in ("statement_block", "return_statement", "if_statement"):
        return None
    statements = part.named_children if part.type == "statement_block" else [part]
    with evaluator.deeper() as bearable:
        if not bearable:
            return Unknown("lies too deep to be followed", function.source, part)
        return _run(evaluator, function, statements, scope)


def _block(evaluator: Evaluator, function: FunctionValue, body: Node, scope: Scope) -> Value:
    found = _run(evaluator, function, body.named_children, scope)
    return UNDEFINED if found is None else found


def _run(evaluator: Evaluator, function: FunctionValue, statements: Sequence[Node], scope: Scope) -> Value | None:
    """What statements return; None when they return nothing."""
    branch = None
    for statement in statements:
        kind = statement.type
        if kind == "return_statement":
            inner = next((child for child in statement.named_children if child.type != "comment"), None)
            value = evaluator.evaluate(inner, scope) if inner is not None else UNDEFINED
            if branch is not None and isinstance(value, ObjectValue | ArrayValue):
                value.lost.append(Unknown("depends on a condition", function.source, branch))
            return value
        taken = _taken(evaluator, statement, scope) if kind == "if_statement" else None
        if taken is not None:
            part = statement.child_by_field_name("consequence" if taken else "alternative")
            found = _branch(evaluator, function, part, scope) if part is not None else None
            if found is not None:
                return found
        elif kind in _BRANCHES:
            branch = branch or statement
        for binding in declared(function.source, statement, statement):
            scope.values[binding.name] = LazyBinding(evaluator, binding, scope)
    return Unknown("depends on a condition", function.source, branch) if branch is not None else None
