"""COMMENT ON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.routines import function_key
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

Comment = Callable[[Replay, Node, str | None], bool]
"""Notes a comment; False when what it is about is not there."""


def comment(replay: Replay, node: Node) -> None:
    """COMMENT ON … IS ….

    Raises:
        StatementError: what it is about is not there.
    """
    kind = node["objtype"]
    function = KINDS.get(kind)
    if function is None:
        return
    if not function(replay, node["object"], node.get("comment") or None):
        shown = ".".join(_dotted(node["object"]))
        raise StatementError(f"what the comment is about is not there: {kind.removeprefix('OBJECT_').lower()} {shown}")


def _dotted(item: Node) -> list[str]:
    if "List" in item:
        return [part for entry in item["List"]["items"] for part in _dotted(entry)]
    if "TypeName" in item:
        return names(item["TypeName"]["names"])
    if "ObjectWithArgs" in item:
        return names(item["ObjectWithArgs"]["objname"])
    return [item["String"].get("sval", "")] if "String" in item else []


def _of(field: str) -> Comment:
    """A comment on what the state keeps by (schema, name)."""

    def function(replay: Replay, item: Node, text: str | None) -> bool:
        found: dict[Any, Any] = getattr(replay.state, field)
        key = replay.key_of(found, _dotted(item))
        if key is None:
            return False
        found[key] = replace(found[key], comment=text)
        return True

    return function


def _by_name(field: str) -> Comment:
    def function(replay: Replay, item: Node, text: str | None) -> bool:
        found: dict[str, Any] = getattr(replay.state, field)
        name = _dotted(item)[0]
        if name not in found:
            return name in ("public", "plpgsql")
        found[name] = replace(found[name], comment=text)
        return True

    return function


def _table(replay: Replay, item: Node, text: str | None) -> bool:
    key = replay.key_of(replay.state.tables, _dotted(item))
    if key is None:
        return False
    replay.state.tables[key].comment = text
    return True


def _column(replay: Replay, item: Node, text: str | None) -> bool:
    *parts, name = _dotted(item)
    key = replay.key_of(replay.state.tables, parts)
    if key is None:
        for field in (replay.state.views, replay.state.composites):
            if replay.key_of(field, parts):
                replay.lost(f"comment on {'.'.join([*parts, name])}")
                return True
        return False
    table = replay.state.tables[key]
    if name not in table.columns:
        return False
    table.columns[name] = replace(table.columns[name], comment=text)
    return True


def _constraint(replay: Replay, item: Node, text: str | None) -> bool:
    *parts, name = _dotted(item)
    key = replay.key_of(replay.state.tables, parts)
    table = replay.state.tables[key] if key else None
    if table is None or name not in table.constraints:
        return table is not None and name in table.not_nulls
    table.constraints[name] = replace(table.constraints[name], comment=text)
    return True


def _domain_constraint(replay: Replay, item: Node, text: str | None) -> bool:
    *parts, name = _dotted(item)
    key = replay.key_of(replay.state.domains, parts)
    if key is None:
        return False
    domain = replay.state.domains[key]
    checks = (replace(check, comment=text) if check.name == name else check for check in domain.checks)
    replay.state.domains[key] = replace(domain, checks=tuple(checks))
    return True


def _index(replay: Replay, item: Node, text: str | None) -> bool:
    key = replay.key_of(replay.state.indexes, _dotted(item))
    if key is None:
        return False
    owner = replay.state.indexes[key]
    if owner in replay.state.views:
        view = replay.state.views[owner]
        indexes = (replace(index, comment=text) if index.name == key[1] else index for index in view.indexes)
        replay.state.views[owner] = replace(view, indexes=tuple(indexes))
        return True
    table = replay.state.tables[owner]
    if key[1] in table.indexes:
        table.indexes[key[1]] = replace(table.indexes[key[1]], comment=text)
    else:
        replay.lost(f"comment on the index {key[1]} of a constraint")
    return True


def _of_table(field: str) -> Comment:
    """A comment on a policy or trigger: the last part is its name."""

    def function(replay: Replay, item: Node, text: str | None) -> bool:
        *parts, name = _dotted(item)
        key = replay.key_of(replay.state.tables, parts)
        if key is not None:
            found: dict[str, Any] = getattr(replay.state.tables[key], field)
            if name in found:
                found[name] = replace(found[name], comment=text)
                return True
        view = replay.key_of(replay.state.views, parts)
        if view is None or field != "triggers":
            return False
        triggers = replay.state.views[view].triggers
        changed = tuple(replace(item, comment=text) if item.name == name else item for item in triggers)
        replay.state.views[view] = replace(replay.state.views[view], triggers=changed)
        return True

    return function


def _type(replay: Replay, item: Node, text: str | None) -> bool:
    return any(_of(field)(replay, item, text) for field in ("enums", "composites", "ranges", "domains"))


def _routine(replay: Replay, item: Node, text: str | None) -> bool:
    key = function_key(replay, item["ObjectWithArgs"])
    if key is None:
        return False
    replay.state.functions[key] = replace(replay.state.functions[key], comment=text)
    return True


KINDS: dict[str, Comment] = {
    "OBJECT_TABLE": _table,
    "OBJECT_COLUMN": _column,
    "OBJECT_TABCONSTRAINT": _constraint,
    "OBJECT_DOMCONSTRAINT": _domain_constraint,
    "OBJECT_INDEX": _index,
    "OBJECT_POLICY": _of_table("policies"),
    "OBJECT_TRIGGER": _of_table("triggers"),
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _of("domains"),
    "OBJECT_SEQUENCE": _of("sequences"),
    "OBJECT_VIEW": _of("views"),
    "OBJECT_MATVIEW": _of("views"),
    "OBJECT_STATISTIC_EXT": _of("statistics"),
    "OBJECT_SCHEMA": _by_name("namespaces"),
    "OBJECT_EXTENSION": _by_name("extensions"),
    "OBJECT_FUNCTION": _routine,
    "OBJECT_PROCEDURE": _routine,
    "OBJECT_ROUTINE": _routine,
}
