"""What Drizzle's functions make: tables, enums, schemas, table creators, views, sequences, policies, relations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dbarchitect.read.drizzle.syntax.collections import Given, strings
from dbarchitect.read.drizzle.syntax.lazy import Lazy
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Argument,
    ArrayValue,
    Creator,
    CustomType,
    EnumValue,
    FunctionValue,
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
from dbarchitect.typescript.source import Node

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.evaluation import Evaluator

_CASINGS = {"snakeCase": "snake_case", "camelCase": "camelCase"}


class Makers:
    """Calls of Drizzle's own functions."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def make(self, name: str, link: Link) -> Value | None:
        """What a call of one of Drizzle's functions gives back; None for a function that makes nothing for a schema."""
        first, _, rest = name.partition(".")
        if first in _CASINGS and rest:
            return self._cased(_CASINGS[first], rest, link)
        if name in ("pgTable", "pgTable.withRLS"):
            return self.table("public", link, rls=bool(rest))
        if name == "pgEnum":
            return self._enum("public", link)
        if name == "pgSchema":
            return NamespaceValue(self._text(link), link.source, link.call)
        if name == "pgTableCreator":
            casing = self._value(link, 1)
            return Creator(self._value(link, 0), casing if isinstance(casing, str) else None)
        if name == "customType":
            return CustomType(self._value(link, 0), link.source, link.call)
        if name in ("pgView", "pgMaterializedView"):
            return self._view("public", link, materialized=name != "pgView")
        if name in ("pgSequence", "pgRole", "relations", "defineRelations", "defineRelationsPart"):
            kind = {"pgSequence": "sequence", "pgRole": "role"}.get(name, name)
            return Made(kind, "public", link.arguments, link.source, link.call)
        if first == "sql":
            return self._sql(rest, link)
        return None

    def within(self, namespace: NamespaceValue, link: Link) -> Value:
        """What a method of a `pgSchema` gives back."""
        name = link.name
        if name in ("table", "table.withRLS"):
            return self.table(namespace.name, link, casing=namespace.casing, rls=name != "table")
        if name == "enum":
            return self._enum(namespace.name, link)
        if name in ("view", "materializedView"):
            return self._view(namespace.name, link, materialized=name != "view")
        if name == "sequence":
            return Made("sequence", namespace.name, link.arguments, link.source, link.call)
        if name == "existing":
            return replace(namespace, existing=True)
        return Unknown("is computed when the program runs", link.source, link.call)

    def table(
        self, schema: str, link: Link, creator: Creator | None = None, *, casing: str | None = None, rls: bool = False
    ) -> TableValue:
        """A table; its columns are read later, for they may refer to any table."""
        name = self._value(link, 0)
        if creator is not None and isinstance(name, str):
            made = creator.name
            name = self._evaluator.call(made, [Given(name)]) if isinstance(made, FunctionValue) else made
            casing = creator.casing
        found = TableValue(schema, "", link.source, link.call, link.arguments, casing, rls, self._evaluator.prepare)
        if isinstance(name, str):
            found.name = name
        else:
            reason = name.reason if isinstance(name, Unknown) else "is no text"
            found.lost.append(Unknown(f"the name of a table {reason}", link.source, self._at(link, 0)))
        return found

    def _cased(self, casing: str, rest: str, link: Link) -> Value | None:
        if rest in ("table", "table.withRLS"):
            return self.table("public", link, casing=casing, rls=rest != "table")
        if rest == "schema":
            return NamespaceValue(self._text(link), link.source, link.call, casing)
        if rest in ("view", "materializedView"):
            return self._view("public", link, materialized=rest != "view")
        return None

    def _enum(self, schema: str, link: Link) -> EnumValue:
        values = self._value(link, 1)
        labels = strings(values)
        if isinstance(values, ObjectValue) and not values.lost:
            found = [entry.value() for entry in values.entries.values()]
            labels = tuple(found) if all(isinstance(text, str) for text in found) else None
        return EnumValue(schema, self._text(link), labels, link.source, link.call)

    def _view(self, schema: str, link: Link, *, materialized: bool) -> ViewValue:
        return ViewValue(schema, self._text(link), materialized, link.source, link.call, (link,))

    def _sql(self, rest: str, link: Link) -> Value:
        value = self._value(link, 0)
        if rest == "raw":
            return SqlValue([value]) if isinstance(value, str) else SqlValue([Given(value)])
        if rest == "identifier" and isinstance(value, str):
            return SqlValue(['"' + value.replace('"', '""') + '"'])
        if rest == "join" and isinstance(value, ArrayValue):
            separator = (
                Lazy(self._evaluator, link.arguments[1].node, link.arguments[1].scope) if link.arguments[1:] else ""
            )
            parts: list[Value] = []
            for place, item in enumerate(value.items):
                parts += [separator, item.value] if place else [item.value]
            return SqlValue(parts)
        if rest in ("param", "placeholder") or rest == "":
            return SqlValue([Given(value)])
        if rest == "empty":
            return SqlValue([])
        return Unknown("is computed when the program runs", link.source, link.call)

    def _value(self, link: Link, place: int) -> Value:
        return self._evaluator.lazy(link.arguments[place]) if place < len(link.arguments) else UNDEFINED

    def _text(self, link: Link) -> str:
        value = self._value(link, 0)
        return value if isinstance(value, str) else ""

    def _at(self, link: Link, place: int) -> Node:
        return link.arguments[place].node if place < len(link.arguments) else link.call


def callback(evaluator: Evaluator, argument: Argument, given: Value) -> Value:
    """An argument that is a value or a function of `given`."""
    value = evaluator.lazy(argument)
    return evaluator.call(value, [Given(given)]) if isinstance(value, FunctionValue) else value
