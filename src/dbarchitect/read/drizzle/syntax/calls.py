"""Members and calls: what `pgTable(…)`, `schema.enum(…)`, `uuid().notNull()` or `helper(…)` give back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax import builtins
from dbarchitect.read.drizzle.syntax.collections import Given, array_of, unknown_of
from dbarchitect.read.drizzle.syntax.lazy import Lazy
from dbarchitect.read.drizzle.syntax.literals import written
from dbarchitect.read.drizzle.syntax.makers import Makers
from dbarchitect.read.drizzle.syntax.operators import operator
from dbarchitect.read.drizzle.syntax.scope import Scope, Unit
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Argument,
    ArrayValue,
    Builtin,
    Chain,
    ColumnRef,
    Creator,
    CustomType,
    EnumValue,
    FunctionValue,
    Item,
    Library,
    Link,
    Made,
    NamespaceValue,
    ObjectValue,
    SqlValue,
    TableValue,
    Unknown,
    Value,
    ViewValue,
)
from dbarchitect.typescript.source import Node, Source

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator

_CHAINED = builtins.BUILDERS | builtins.EXTRAS | {"one", "many"}
_RELATIONS = ("one.", "many.")


@dataclass(slots=True, eq=False)
class Bound:
    """A method that is kept for later: `const table = schema.table`."""

    owner: Value
    name: str


class Calls:
    """Follows chains of members and calls."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._makers = Makers(evaluator)

    def follow(self, value: Value, root: Node, steps: list[Node], whole: Node, scope: Scope) -> Value:
        """The value of a whole chain.

        Args:
            value: of its root.
            root: the node of the root.
            steps: the member, subscript and call expressions above it, outermost first.
            whole: the whole expression.
            scope: where it stands.
        """
        source = scope.unit.source
        fresh: Chain | None = None
        at, name, pending = root, "", False
        for place in range(len(steps) - 1, -1, -1):
            step = steps[place]
            if step.type != "call_expression":
                found = self._property(step, scope, source)
                if isinstance(found, Unknown):
                    return found
                at, name = found
                pending = place > 0 and steps[place - 1].type == "call_expression"
                if not pending:
                    value, fresh = self.member(value, name, source, step), None
                continue
            listed = step.child_by_field_name("arguments")
            if listed is not None and listed.type == "template_string":
                value = self.member(value, name, source, step) if pending else value
                value = self._evaluator.sql(listed, scope) if _is_sql(value) else Unknown("is a template", source, step)
                pending = False
                continue
            nodes = listed.named_children if listed is not None else ()
            given = tuple(Argument(source, node, scope) for node in nodes if node.type != "comment")
            link = Link(name if pending else source.text_of(at), given, source, at, step)
            if pending and fresh is not None and value is fresh:
                fresh.links.append(link)
                fresh.node = step
            else:
                value = self._method(value, link, whole) if pending else self._plain(value, link)
                fresh = value if isinstance(value, Chain) and value.source is source and value.node is step else None
            pending = False
        return value

    def _property(self, step: Node, scope: Scope, source: Source) -> tuple[Node, str] | Unknown:
        if step.type == "member_expression":
            node = step.child_by_field_name("property")
            return (node, source.text_of(node)) if node is not None else Unknown("cannot be read", source, step)
        node = step.child_by_field_name("index")
        name = self._evaluator.evaluate(node, scope) if node is not None else None
        if node is None or not isinstance(name, str):
            return Unknown("is chosen when the program runs", source, step)
        return node, name

    def member(self, value: Value, name: str, source: Source, node: Node) -> Value:
        """A property of a value."""
        match value:
            case TableValue() | ViewValue():
                if name.startswith("$") or name in ("_", "enableRLS"):
                    return Bound(value, name) if name == "enableRLS" else Unknown("is a type", source, node)
                return ColumnRef(value, name, source, node)
            case Library():
                return Builtin(name)
            case Builtin():
                return Builtin(f"{value.name}.{name}")
            case NamespaceValue():
                return Bound(value, name)
            case Bound():
                return Bound(value.owner, f"{value.name}.{name}")
            case ObjectValue():
                if name in value.entries:
                    return value.entries[name].value()
                if value.lost:
                    return value.lost[0]
                return Unknown(f"`{name}` is no property here", source, node, missing=True, absent=True)
            case Unit():
                return self._evaluator.export(value.source.file, name, node, source)
            case EnumValue():
                if name == "enumValues" and value.labels is not None:
                    return array_of(value.labels, value.source, value.node)
                return value.name if name == "enumName" else Unknown("cannot be told from the text", source, node)
            case ArrayValue() if name == "length" and not value.lost:
                return len(value.items)
            case ArrayValue() | SqlValue() | str() | int() | float():
                return Bound(value, name)
        if value is UNDEFINED:  # `options?.default`
            return UNDEFINED
        return unknown_of(value) or Unknown("is computed when the program runs", source, node)

    def _plain(self, value: Value, link: Link) -> Value:
        match value:
            case Builtin():
                return self._builtin(value, link)
            case EnumValue() | CustomType():
                return Chain(value, [link], link.source, link.call)
            case FunctionValue():
                return self._evaluator.call(value, [self._lazy(each) for each in link.arguments])
            case Creator():
                return self._makers.table("public", link, value)
            case Bound():
                return self._method(value.owner, Link(value.name, link.arguments, link.source, link.node, link.call),
                                    link.call)  # fmt: skip
            case Unknown():
                return Chain(value, [link], link.source, link.call)
        return unknown_of(value) or Unknown("is computed when the program runs", link.source, link.call)

    def _builtin(self, value: Builtin, link: Link) -> Value:
        name = value.name
        if name in _CHAINED or name.startswith(_RELATIONS):
            return Chain(value, [link], link.source, link.call)
        if name in builtins.OPERATORS:
            newer = self._evaluator.line != "0.45"
            return operator(name, [self._lazy(each) for each in link.arguments], newer=newer)
        if name.startswith("global "):
            return self._global(name.removeprefix("global "), link)
        if name.endswith(".through"):  # r.posts.id.through(r.links.postId)
            return Builtin(name.removesuffix(".through"))
        made = self._makers.make(name, link)
        return made if made is not None else Unknown("is computed when the program runs", link.source, link.call)

    def _global(self, name: str, link: Link) -> Value:
        if name in ("Object.values", "Object.keys", "Object.freeze") and link.arguments:
            value = self._evaluator.lazy(link.arguments[0])
            if name == "Object.freeze":
                return value
            if isinstance(value, ObjectValue):
                if name == "Object.keys":
                    return array_of(tuple(value.entries), link.source, link.call, value.lost)
                items = [Item(entry.value, entry.source, entry.value_node) for entry in value.entries.values()]
                return ArrayValue(items, link.source, link.call, list(value.lost))
            return unknown_of(value) or Unknown("is no object that can be read", link.source, link.call)
        if name in ("String", "Number") and len(link.arguments) == 1:
            return _converted(self._evaluator.lazy(link.arguments[0]), link, name)
        return Unknown("is computed when the program runs", link.source, link.call)

    def _method(self, value: Value, link: Link, whole: Node) -> Value:
        match value:
            case Chain():
                return Chain(value.head, [*value.links, link], link.source, link.call)
            case ColumnRef():
                return Chain(value, [link], link.source, link.call)
            case TableValue():
                if link.name == "enableRLS":
                    value.row_security = True
                    return value
                return Unknown("is computed when the program runs", link.source, link.call)
            case NamespaceValue():
                return self._makers.within(value, link)
            case ViewValue():
                return ViewValue(value.schema, value.name, value.materialized, value.source, value.node,
                                 (*value.links, link))  # fmt: skip
            case Made():
                return Made(value.kind, value.schema, value.arguments, value.source, value.node, (*value.links, link))
            case SqlValue():
                return value
            case ArrayValue():
                return self._array(value, link)
            case str() | int() | float():
                return _converted(value, link)
            case Unknown():
                return Chain(value, [link], link.source, link.call)
        return self._plain(self.member(value, link.name, link.source, link.call), link)

    def _array(self, value: ArrayValue, link: Link) -> Value:
        if link.name == "map" and link.arguments:
            function = self._evaluator.lazy(link.arguments[0])
            if isinstance(function, FunctionValue):
                items = [
                    Item(Given(self._evaluator.call(function, [item.value])), item.source, item.node)
                    for item in value.items
                ]
                return ArrayValue(items, link.source, link.call, list(value.lost))
        return Unknown("is computed when the program runs", link.source, link.call)

    def _lazy(self, argument: Argument) -> Lazy:
        return Lazy(self._evaluator, argument.node, argument.scope)


def _converted(value: Value, link: Link, name: str = "") -> Value:
    """`n.toString()`, `text.toLowerCase()`, `String(n)`."""
    what = name or link.name
    if isinstance(value, int | float) and not isinstance(value, bool):
        if what in ("toString", "String") and (name or not link.arguments):
            return written(value)
        if what == "Number":
            return value
    elif isinstance(value, str) and what in ("toString", "String", "trim", "toLowerCase", "toUpperCase"):
        changed = {"trim": value.strip, "toLowerCase": value.lower, "toUpperCase": value.upper}.get(what)
        return changed() if changed else value
    return unknown_of(value) or Unknown("is computed when the program runs", link.source, link.call)


def _is_sql(value: Value) -> bool:
    return isinstance(value, Builtin) and value.name == "sql"
