"""GRANT and REVOKE: privileges beyond those that PostgreSQL gives by itself."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.policy import Grant
from dbarchitect.read.sql.drafts import State
from dbarchitect.read.sql.policies import role
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.routines import function_key
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

_ALL = {
    "table": ("delete", "insert", "maintain", "references", "select", "trigger", "truncate", "update"),
    "view": ("delete", "insert", "maintain", "references", "select", "trigger", "truncate", "update"),
    "column": ("insert", "references", "select", "update"),
    "sequence": ("select", "update", "usage"),
    "function": ("execute",),
    "namespace": ("create", "usage"),
    "enum": ("usage",),
    "domain": ("usage",),
    "type": ("usage",),
}
_DEFAULT = frozenset(("function", "enum", "domain", "type"))
"""What everybody may use unless it is revoked."""


def grant(replay: Replay, node: Node) -> None:
    """GRANT or REVOKE on objects."""
    if node.get("targtype") == "ACL_TARGET_DEFAULTS":
        replay.lost("default privileges")
        return
    given = bool(node.get("is_grant"))
    roles = [role(item["RoleSpec"]) for item in node.get("grantees", ())]
    privileges = [item["AccessPriv"] for item in node.get("privileges", ())]
    for kind, parts in _targets(replay, node):
        for entry in privileges or [{}]:
            columns = names(entry.get("cols", ()))
            words = (entry["priv_name"].lower(),) if entry.get("priv_name") else ()
            for column in columns or [""]:
                place, of = ((*parts, column), "column") if column else (parts, kind)
                wanted = words or _ALL[of]
                for name in roles:
                    if given:
                        _give(replay.state, of, place, name, wanted, bool(node.get("grant_option")))
                    else:
                        _take(replay.state, of, place, name, wanted, bool(node.get("grant_option")))


def _give(state: State, kind: str, place: tuple[str, ...], name: str, words: tuple[str, ...], grantable: bool) -> None:
    target = address(kind, *place)
    if name == "public" and kind in _DEFAULT and not grantable:
        state.grants.pop((target, "public", False), None)
        return
    state.grants.setdefault((target, name, grantable), set()).update(words)
    other = state.grants.get((target, name, not grantable))
    if other is not None and grantable:
        _remove(state, (target, name, False), set(words))


def _take(state: State, kind: str, place: tuple[str, ...], name: str, words: tuple[str, ...], option: bool) -> None:
    target = address(kind, *place)
    if name == "public" and kind in _DEFAULT:
        state.grants[target, "public", False] = set()
        return
    held = state.grants.get((target, name, True), set()) & set(words)
    _remove(state, (target, name, True), set(words))
    if option:
        if held:
            state.grants.setdefault((target, name, False), set()).update(held)
        return
    _remove(state, (target, name, False), set(words))


def _remove(state: State, key: tuple[str, str, bool], words: set[str]) -> None:
    if key in state.grants:
        state.grants[key] -= words
        if not state.grants[key]:
            del state.grants[key]


def _targets(replay: Replay, node: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(kind, parts of the address) of every object that the statement names."""
    kind = node.get("objtype", "OBJECT_TABLE")
    if node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA":
        yield from _all_in(replay, kind, set(names(node.get("objects", ()))))
        return
    for item in node.get("objects", ()):
        if kind == "OBJECT_SCHEMA":
            yield "namespace", (item["String"]["sval"],)
        elif kind in ("OBJECT_TABLE", "OBJECT_SEQUENCE"):
            yield _relation(replay, item["RangeVar"])
        elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"):
            key = function_key(replay, item["ObjectWithArgs"])
            if key is None:
                raise StatementError(f"the function {'.'.join(names(item['ObjectWithArgs']['objname']))} is not there")
            yield "function", (*key[:2], *([key[2]] if key[2] else []))
        elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
            yield _type(replay, names(item["List"]["items"]))
        elif kind not in ("OBJECT_DATABASE", "OBJECT_LANGUAGE", "OBJECT_PARAMETER_ACL", "OBJECT_TABLESPACE"):
            replay.lost(f"privileges on a {kind.removeprefix('OBJECT_').lower().replace('_', ' ')}")


def _relation(replay: Replay, relation: Node) -> tuple[str, tuple[str, ...]]:
    schema, name = relation.get("schemaname") or None, relation["relname"]
    state = replay.state
    found = (("table", state.tables), ("view", state.views), ("sequence", state.sequences),
             ("sequence", state.identities))  # fmt: skip
    for kind, items in found:
        key = replay.lookup(items, schema, name)
        if key is not None:
            return kind, key
    raise StatementError(f"the relation {name} is not there")


def _type(replay: Replay, parts: list[str]) -> tuple[str, tuple[str, ...]]:
    state = replay.state
    found = (("enum", state.enums), ("domain", state.domains), ("type", state.composites), ("type", state.ranges))
    for kind, items in found:
        key = replay.key_of(items, parts)
        if key is not None:
            return kind, key
    raise StatementError(f"the type {'.'.join(parts)} is not there")


def _all_in(replay: Replay, kind: str, schemas: set[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    state = replay.state
    if kind == "OBJECT_TABLE":
        yield from (("table", key) for key in state.tables if key[0] in schemas)
        yield from (("view", key) for key in state.views if key[0] in schemas)
    elif kind == "OBJECT_SEQUENCE":
        yield from (("sequence", key) for key in (*state.sequences, *state.identities) if key[0] in schemas)
    else:
        wanted = {"OBJECT_FUNCTION": ("function",), "OBJECT_PROCEDURE": ("procedure",)}.get(
            kind, ("function", "procedure")
        )
        for key, function in state.functions.items():
            if key[0] in schemas and function.kind in wanted:
                yield "function", (*key[:2], *([key[2]] if key[2] else []))


def frozen_grants(state: State) -> tuple[Grant, ...]:
    """The privileges of the model."""
    return tuple(
        Grant(place, name, tuple(sorted(words)), grantable)
        for (place, name, grantable), words in state.grants.items()
        if "pg_temp" not in place
    )
