"""Relations of the query builder: `relations(table, …)` and `defineRelations(schema, …)`."""

from __future__ import annotations

from typing import Literal, cast

from dbarchitect.read.drizzle.declared import DeclaredRelation
from dbarchitect.read.drizzle.syntax.collections import Given
from dbarchitect.read.drizzle.syntax.constraints import text_argument
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Argument,
    ArrayValue,
    Builtin,
    Chain,
    ColumnRef,
    Entry,
    FunctionValue,
    Library,
    Made,
    ObjectValue,
    Value,
)

Kind = Literal["one", "many"]


def relations_of(reading: Reading, made: Made) -> list[DeclaredRelation]:
    """The entries of a call of `relations`, `defineRelations` or `defineRelationsPart`."""
    evaluator = reading.evaluator
    if len(made.arguments) < 2:
        return []
    value = evaluator.lazy(made.arguments[1])
    if isinstance(value, FunctionValue):
        value = evaluator.call(value, [Given(Library())])
    if not isinstance(value, ObjectValue):
        return []
    for cause in value.lost:
        reading.lost("a relation", cause, value.source, value.node)
    if made.kind == "relations":
        table = made.arguments[0].text
        found = [_older(reading, table, entry) for entry in value.entries.values()]
        return [each for each in found if each is not None]
    newer = []
    for table, entries in value.entries.items():
        inner = entries.value()
        if isinstance(inner, ObjectValue):
            newer += [each for each in (_newer(table, entry, reading) for entry in inner.entries.values()) if each]
    return newer


def _older(reading: Reading, table: str, entry: Entry) -> DeclaredRelation | None:
    chain = entry.value()
    if not isinstance(chain, Chain) or not isinstance(chain.head, Builtin) or chain.head.name not in ("one", "many"):
        return None
    arguments = chain.links[0].arguments
    target = arguments[0].text if arguments else ""
    config = reading.evaluator.lazy(arguments[1]) if len(arguments) > 1 else UNDEFINED
    return DeclaredRelation(
        table,
        entry.key,
        cast(Kind, chain.head.name),
        target,
        _keys(config, "fields"),
        _keys(config, "references"),
        _text(config, "relationName"),
        entry.source.span(entry.node),
    )


def _newer(table: str, entry: Entry, reading: Reading) -> DeclaredRelation | None:
    chain = entry.value()
    if not isinstance(chain, Chain) or not isinstance(chain.head, Builtin):
        return None
    kind, _, target = chain.head.name.partition(".")
    if kind not in ("one", "many"):
        return None
    arguments: tuple[Argument, ...] = chain.links[0].arguments
    config = reading.evaluator.lazy(arguments[0]) if arguments else UNDEFINED
    return DeclaredRelation(
        table,
        entry.key,
        cast(Kind, kind),
        target,
        _keys(config, "from"),
        _keys(config, "to"),
        _text(config, "alias"),
        entry.source.span(entry.node),
    )


def _keys(config: Value, name: str) -> tuple[str, ...]:
    entry = config.entries.get(name) if isinstance(config, ObjectValue) else None
    if entry is None:
        return ()
    value = entry.value()
    listed = [item.value() for item in value.items] if isinstance(value, ArrayValue) else [value]
    return tuple(key for key in map(_key, listed) if key)


def _key(value: Value) -> str:
    if isinstance(value, ColumnRef):
        return value.key
    if isinstance(value, Builtin):  # r.posts.authorId
        return value.name.rpartition(".")[2]
    return _key(value.head) if isinstance(value, Chain) else ""


def _text(config: Value, name: str) -> str:
    entry = config.entries.get(name) if isinstance(config, ObjectValue) else None
    return text_argument(entry.value()) if entry else ""
