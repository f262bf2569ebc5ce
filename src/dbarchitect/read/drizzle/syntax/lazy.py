"""Values that are told when they are asked for, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax.values import Unknown, Value
from dbarchitect.typescript.source import Node

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator
    from dbarchitect.read.drizzle.syntax.scope import Binding, Scope


class Lazy:
    """The value of an expression in a scope."""

    __slots__ = ("_busy", "_done", "_evaluator", "_value", "node", "scope")

    def __init__(self, evaluator: Evaluator, node: Node, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self._evaluator = evaluator
        self._value: Value = None
        self._done = False
        self._busy = False

    def __call__(self) -> Value:
        """The value."""
        if self._done:
            return self._value
        if self._busy:
            return Unknown(f"{self._name}depends on itself", self.scope.unit.source, self.node)
        self._busy = True
        try:
            self._value = self._told()
        finally:
            self._busy = False
        self._done = True
        return self._value

    @property
    def _name(self) -> str:
        return ""

    def _told(self) -> Value:
        return self._evaluator.evaluate(self.node, self.scope)


class LazyBinding(Lazy):
    """The value of a declaration inside a function."""

    __slots__ = ("_binding",)

    def __init__(self, evaluator: Evaluator, binding: Binding, scope: Scope) -> None:
        super().__init__(evaluator, binding.name_node, scope)
        self._binding = binding

    @property
    def _name(self) -> str:
        return f"`{self._binding.name}` "

    def _told(self) -> Value:
        return self._evaluator.declared(self._binding, self.scope)
