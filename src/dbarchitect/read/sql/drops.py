"""DROP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from dbarchitect.model.address import address
from dbarchitect.read.sql.drafts import Key, State
from dbarchitect.read.sql.losses import (
    drop_grants,
    drop_index_of,
    drop_sequence,
    drop_table,
    drop_view,
    drop_view_index,
)
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.routines import function_key
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node


def drop(replay: Replay, node: Node) -> None:
    """DROP of whatever the model has."""
    function = KINDS.get(node["removeType"])
    if function is None:
        if node["removeType"] not in _ELSE:
            replay.problem(f"not replayed: DROP {node['removeType'].removeprefix('OBJECT_').replace('_', ' ')}")
        return
    for item in node.get("objects", ()):
        missing = function(replay, item)
        if missing and not node.get("missing_ok") and not replay.lenient:
            replay.problem(f"{missing} is not there", "error")


_ELSE = frozenset(
    ("OBJECT_AGGREGATE", "OBJECT_CAST", "OBJECT_COLLATION", "OBJECT_CONVERSION", "OBJECT_OPERATOR", "OBJECT_OPCLASS",
     "OBJECT_OPFAMILY", "OBJECT_PUBLICATION", "OBJECT_RULE", "OBJECT_EVENT_TRIGGER", "OBJECT_FDW",
     "OBJECT_FOREIGN_SERVER", "OBJECT_FOREIGN_TABLE", "OBJECT_LANGUAGE", "OBJECT_TSCONFIGURATION",
     "OBJECT_TSDICTIONARY", "OBJECT_TSPARSER", "OBJECT_TSTEMPLATE", "OBJECT_ACCESS_METHOD", "OBJECT_TRANSFORM")
)  # fmt: skip
"""What the model has no place for: nothing to drop."""

Drop = Callable[[Replay, Node], str | None]
"""Drops one object; returns what is missing."""


def _dotted(item: Node) -> list[str]:
    if "List" in item:
        return names(item["List"]["items"])
    if "TypeName" in item:
        return names(item["TypeName"]["names"])
    if "String" in item:
        return [item["String"].get("sval", "")]
    return []


def _named(what: str, items: Callable[[State], Mapping[Key, object]], remove: Callable[[Replay, Key], None]) -> Drop:
    """Drops what has a name of its own."""

    def function(replay: Replay, item: Node) -> str | None:
        parts = _dotted(item)
        key = replay.key_of(items(replay.state), parts)
        if key is None:
            return f"the {what} {'.'.join(parts)}"
        remove(replay, key)
        return None

    return function


def _index(replay: Replay, key: Key) -> None:
    owner = replay.state.indexes[key]
    if owner in replay.state.views:
        drop_view_index(replay, owner, key[1])
        return
    table = replay.state.tables[owner]
    if key[1] not in table.indexes:
        raise StatementError(f"the index {key[1]!r} belongs to a constraint: drop that")
    drop_index_of(replay, table, key[1])


def _statistics(replay: Replay, key: Key) -> None:
    del replay.state.statistics[key]
    replay.forget("statistics", *key)


def _type(replay: Replay, item: Node) -> str | None:
    parts = _dotted(item)
    state = replay.state
    found: tuple[tuple[str, dict[Key, object]], ...] = (
        ("enum", state.enums), ("domain", state.domains), ("type", state.composites), ("type", state.ranges),
    )  # type: ignore[assignment]  # fmt: skip
    for kind, items in found:
        key = replay.key_of(items, parts)
        if key is not None:
            del items[key]
            replay.forget(kind, *key)
            drop_grants(replay, address(kind, *key))
            return None
    return f"the type {'.'.join(parts)}"


def _namespace(replay: Replay, item: Node) -> str | None:
    name = _dotted(item)[0]
    state = replay.state
    if name not in state.namespaces and name != "public":
        return f"the schema {name}"
    for key in [key for key in state.tables if key[0] == name]:
        if key in state.tables:
            drop_table(replay, key)
    for key in [key for key in state.views if key[0] == name]:
        drop_view(replay, key)
    for key in [key for key in state.sequences if key[0] == name]:
        drop_sequence(replay, key)
    for items in (state.enums, state.domains, state.composites, state.ranges, state.statistics, state.functions):
        for found in [key for key in items if key[0] == name]:
            del items[found]  # type: ignore[arg-type]
    state.namespaces.pop(name, None)
    replay.forget("namespace", name)
    return None


def _extension(replay: Replay, item: Node) -> str | None:
    name = _dotted(item)[0]
    if replay.state.extensions.pop(name, None) is None:
        return f"the extension {name}"
    replay.forget("extension", name)
    return None


def _of_table(kind: str) -> Drop:
    def function(replay: Replay, item: Node) -> str | None:
        *parts, name = _dotted(item)
        key = replay.key_of(replay.state.tables, parts)
        if key is None:
            view = replay.key_of(replay.state.views, parts)
            return None if view is not None and _view_trigger(replay, view, name) else f"the table {'.'.join(parts)}"
        table = replay.state.tables[key]
        found = table.policies if kind == "policy" else table.triggers
        if name not in found:
            return f"the {kind} {name}"
        del found[name]
        replay.forget(kind, *key, name)
        return None

    return function


def _view_trigger(replay: Replay, view: Key, name: str) -> bool:
    found = replay.state.views[view]
    kept = tuple(trigger for trigger in found.triggers if trigger.name != name)
    replay.state.views[view] = replace(found, triggers=kept)
    replay.forget("trigger", *view, name)
    return len(kept) < len(found.triggers)


def _routine(replay: Replay, item: Node) -> str | None:
    key = function_key(replay, item["ObjectWithArgs"])
    if key is None:
        return f"the function {'.'.join(names(item['ObjectWithArgs']['objname']))}"
    del replay.state.functions[key]
    place = (key[0], key[1], *([key[2]] if key[2] else []))
    replay.forget("function", *place)
    drop_grants(replay, address("function", *place))
    return None


_VIEW = _named("view", lambda state: state.views, drop_view)
KINDS: dict[str, Drop] = {
    "OBJECT_TABLE": _named("table", lambda state: state.tables, drop_table),
    "OBJECT_VIEW": _VIEW,
    "OBJECT_MATVIEW": _VIEW,
    "OBJECT_INDEX": _named("index", lambda state: state.indexes, _index),
    "OBJECT_SEQUENCE": _named("sequence", lambda state: state.sequences, drop_sequence),
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _type,
    "OBJECT_SCHEMA": _namespace,
    "OBJECT_EXTENSION": _extension,
    "OBJECT_POLICY": _of_table("policy"),
    "OBJECT_TRIGGER": _of_table("trigger"),
    "OBJECT_FUNCTION": _routine,
    "OBJECT_PROCEDURE": _routine,
    "OBJECT_ROUTINE": _routine,
    "OBJECT_STATISTIC_EXT": _named("statistics", lambda state: state.statistics, _statistics),
}
