"""What an expression of a schema file stands for: names, literals, objects, helper functions and chains of calls.

Nothing is executed: the functions that Drizzle gives are known by name, functions of the project's own are followed
when their body is plain, and everything else is `Unknown` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from dbarchitect.read.drizzle.syntax import builtins
from dbarchitect.read.drizzle.syntax.calls import Calls
from dbarchitect.read.drizzle.syntax.collections import array, enumeration, object_of
from dbarchitect.read.drizzle.syntax.functions import apply
from dbarchitect.read.drizzle.syntax.lazy import Lazy
from dbarchitect.read.drizzle.syntax.literals import number, string, unescaped, written
from dbarchitect.read.drizzle.syntax.operations import LENGTH, binary, ternary, unary
from dbarchitect.read.drizzle.syntax.scope import Binding, Imported, Scope, Unit
from dbarchitect.read.drizzle.syntax.units import Units
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Argument,
    Builtin,
    FunctionValue,
    Library,
    SqlValue,
    TableValue,
    Unknown,
    Value,
)
from dbarchitect.settings import Line
from dbarchitect.typescript.source import Node, Source

DEPTH = 50
"""How deep expressions and calls may lie in each other; Python's own stack is the limit."""
FUEL = 1_000_000
"""How many expressions are looked at, beside one for each character of the files: helpers may multiply each other."""

_WRAPPERS = {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}
_CHAIN = {"call_expression", "member_expression", "subscript_expression"}
_FUNCTIONS = {"arrow_function", "function_expression", "generator_function"}
_PLAIN: dict[str, Value] = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}


class Evaluator:
    """Evaluates expressions of some files.

    Args:
        units: the files.
        locate: the file that a module's specifier leads to, from the importing file; None for a foreign one.
        line: the line of Drizzle.
    """

    def __init__(self, units: Units, locate: Callable[[str, str], str | None], line: Line = "0.45") -> None:
        self.units = units
        self.line = line
        self.unimported: dict[tuple[str, str], tuple[Source, Node]] = {}
        """Names of Drizzle's that a file uses and does not import, by file and name."""
        self.locate = locate
        self._known: dict[int, Value] = {}
        self._exports: dict[tuple[str, str], Value] = {}
        self._busy: set[object] = set()
        self.prepare: Callable[[TableValue], object] | None = None
        self._depth = 0
        self._fuel = FUEL + sum(len(unit.source.text) for unit in units.all().values())
        self._calls = Calls(self)

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """What an expression stands for."""
        self._fuel -= 1
        source = scope.unit.source
        if self._depth >= DEPTH or self._fuel < 0:
            return Unknown("lies too deep to be followed", source, node)
        self._depth += 1
        try:
            return self._evaluate(node, scope, source)
        except RecursionError:
            if self._depth > 1:
                raise
            return Unknown("lies too deep to be followed", source, node)
        finally:
            self._depth -= 1

    @contextmanager
    def deeper(self) -> Iterator[bool]:
        """One step deeper; False when that is too deep to go on."""
        self._depth += 1
        try:
            yield self._depth < DEPTH
        finally:
            self._depth -= 1

    def _evaluate(self, node: Node, scope: Scope, source: Source) -> Value:
        kind = node.type
        while kind in _WRAPPERS or kind == "type_assertion":
            inner = [child for child in node.named_children if child.type != "comment"]
            if not inner:
                return Unknown("is empty", source, node)
            node = inner[-1] if kind == "type_assertion" else inner[0]
            kind = node.type
        if kind == "identifier":
            return self.lookup(source.text_of(node), scope, node)
        if kind in _CHAIN:
            return self._chain(node, scope, source)
        if kind == "string":
            return string(source, node)
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind == "number":
            value = number(source.text_of(node))
            return Unknown("is no number that can be read", source, node) if value is None else value
        if kind == "object":
            return object_of(self, node, scope)
        if kind == "array":
            return array(self, node, scope)
        if kind in _FUNCTIONS:
            return FunctionValue(source, node, scope)
        if kind == "template_string":
            return self._template(node, scope, source)
        if kind == "unary_expression":
            return unary(self, node, scope)
        if kind == "binary_expression":
            return binary(self, node, scope)
        if kind == "ternary_expression":
            return ternary(self, node, scope)
        return Unknown("is computed when the program runs", source, node)

    def lookup(self, name: str, scope: Scope, node: Node) -> Value:
        """What a name stands for in a scope."""
        current: Scope | None = scope
        while current is not None:
            if name in current.values:
                return current.values[name]()
            current = current.parent
        unit = scope.unit
        if name in unit.bindings:
            return self.bound(unit, unit.bindings[name])
        if name in unit.imports:
            return self._imported(unit, unit.imports[name], node)
        if name == "undefined":
            return UNDEFINED
        if name in builtins.NAMES:
            self.unimported.setdefault((unit.source.file, name), (unit.source, node))
            return Builtin(name)
        if name in builtins.GLOBALS:
            return Builtin(f"global {name}")
        return Unknown(f"`{name}` is neither declared nor imported", unit.source, node, missing=True)

    def bound(self, unit: Unit, binding: Binding) -> Value:
        """What a declaration of a file stands for."""
        if id(binding) in self._known:
            return self._known[id(binding)]
        if binding in self._busy:
            return Unknown(f"`{binding.name}` depends on itself", unit.source, binding.name_node)
        self._busy.add(binding)
        try:
            value = self.declared(binding, unit.scope)
        finally:
            self._busy.discard(binding)
        self._known[id(binding)] = value
        return value

    def declared(self, binding: Binding, scope: Scope) -> Value:
        """What a declaration stands for, in the scope that holds it."""
        source = scope.unit.source
        if binding.node is None:
            return Unknown(f"`{binding.name}` has no value", source, binding.name_node)
        if binding.kind == "function":
            return FunctionValue(source, binding.node, scope)
        if binding.kind == "enum":
            return enumeration(self, binding.node, scope)
        value = self.evaluate(binding.node, scope)
        if binding.kind == "pattern":
            return self._calls.member(value, binding.path, source, binding.name_node)
        return value

    def export(self, path: str, name: str, node: Node, source: Source) -> Value:
        """What a file exports under a name."""
        key = (path, name)
        if key in self._exports:
            return self._exports[key]
        if key in self._busy:
            return Unknown(f"`{name}` is imported in a circle", source, node)
        self._busy.add(key)
        try:
            with self.deeper() as bearable:
                if not bearable:
                    return Unknown(f"`{name}` is passed on too often to be followed", source, node)
                unit = self.units.get(path)
                found = self._export(unit, name, node, source) if unit is not None else None
        finally:
            self._busy.discard(key)
        value = Unknown(f"`{name}` is not exported by {path}", source, node, missing=True) if found is None else found
        self._exports[key] = value
        return value

    def _export(self, unit: Unit, name: str, node: Node, source: Source) -> Value | None:
        if name in unit.exports:
            target = unit.exports[name]
            if target.module:
                return self._imported(unit, target, node)
            if target.name in unit.bindings:
                return self.bound(unit, unit.bindings[target.name])
            if target.name in unit.imports:
                return self._imported(unit, unit.imports[target.name], node)
            return Unknown(f"`{target.name}` is neither declared nor imported", source, node, missing=True)
        foreign = None
        for module in unit.stars:
            path = self.locate(unit.source.file, module)
            if path is None:
                foreign = Unknown(f"`{name}` comes from {module!r}, which was not read", source, node)
            elif (path, name) not in self._busy:
                value = self.export(path, name, node, source)
                if not (isinstance(value, Unknown) and value.missing):
                    return value
        return foreign

    def _imported(self, unit: Unit, imported: Imported, node: Node) -> Value:
        module, name = imported.module, imported.name
        if builtins.is_drizzle(module):
            return Library() if name in ("*", "default") else Builtin(name)
        path = self.locate(unit.source.file, module)
        found = self.units.get(path) if path is not None else None
        if found is not None:
            return found if name == "*" else self.export(found.source.file, name, node, unit.source)
        if name in builtins.NAMES:
            return Builtin(name)
        return Unknown(f"`{name}` comes from {module!r}, which was not read", unit.source, node)

    def call(self, function: FunctionValue, values: Sequence[Callable[[], Value]]) -> Value:
        """The result of a function of the project's own."""
        return apply(self, function, values)

    def member(self, value: Value, name: str, source: Source, node: Node) -> Value:
        """A property of a value."""
        return self._calls.member(value, name, source, node)

    def _chain(self, node: Node, scope: Scope, source: Source) -> Value:
        whole, steps = node, []
        kind = node.type
        while True:
            if kind == "call_expression":
                following = node.child_by_field_name("function")
            elif kind in ("member_expression", "subscript_expression"):
                following = node.child_by_field_name("object")
            elif kind in _WRAPPERS:
                following = next((child for child in node.named_children if child.type != "comment"), None)
            else:
                break
            if following is None:
                return Unknown("cannot be read", source, node)
            if kind not in _WRAPPERS:
                steps.append(node)
            node = following
            kind = node.type
        value = self.evaluate(node, scope)
        return self._calls.follow(value, node, steps, whole, scope)

    def sql(self, node: Node, scope: Scope) -> SqlValue:
        """An `sql` template."""
        source = scope.unit.source
        parts: list[Value] = []
        for text, inner in template_parts(source, node):
            if text:
                parts.append(text)
            if inner is not None:
                parts.append(Lazy(self, inner, scope))
        return SqlValue(parts)

    def _template(self, node: Node, scope: Scope, source: Source) -> Value:
        pieces: list[str] = []
        for text, inner in template_parts(source, node):
            pieces.append(text)
            if inner is None:
                continue
            value = self.evaluate(inner, scope)
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                if isinstance(value, Unknown):
                    return value
                return Unknown("is put together when the program runs", source, node)
            pieces.append(value if isinstance(value, str) else written(value))
        if sum(map(len, pieces)) > LENGTH:
            return Unknown("is too long", source, node)
        return "".join(pieces)

    def lazy(self, argument: Argument) -> Value:
        """What an argument stands for."""
        return self.evaluate(argument.node, argument.scope)


def template_parts(source: Source, node: Node) -> list[tuple[str, Node | None]]:
    """The texts of a template, each with the expression that follows it (None at the end)."""
    parts: list[tuple[str, Node | None]] = []
    start = node.start_byte + 1
    for child in node.named_children:
        if child.type == "template_substitution":
            inner = next((each for each in child.named_children if each.type != "comment"), None)
            parts.append((unescaped(source.text[start : child.start_byte]), inner))
            start = child.end_byte
    parts.append((unescaped(source.text[start : max(start, node.end_byte - 1)]), None))
    return parts
