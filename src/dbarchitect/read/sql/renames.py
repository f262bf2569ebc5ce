"""ALTER … RENAME and SET SCHEMA: everything that names the thing follows, as in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dbarchitect.model.names import quote
from dbarchitect.read.sql.attachments import rename_parts
from dbarchitect.read.sql.column_renames import rename_column
from dbarchitect.read.sql.drafts import Key, TableDraft
from dbarchitect.read.sql.moves import TYPES, move_object, move_relation, move_table, move_type
from dbarchitect.read.sql.replay import Replay, StatementError, shown
from dbarchitect.read.sql.routines import function_key
from dbarchitect.read.sql.types import names
from dbarchitect.sql.parser import Node

Rename = Callable[[Replay, Node, str], None]


def rename(replay: Replay, node: Node) -> None:
    """ALTER … RENAME.

    Raises:
        StatementError: it is not there, or the new name is taken.
    """
    function = KINDS.get(node["renameType"])
    if function is not None:
        function(replay, node, node["newname"])


def set_schema(replay: Replay, node: Node) -> None:
    """ALTER … SET SCHEMA."""
    kind, new = node["objectType"], node["newschema"]
    if kind in ("OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"):
        moved = move_relation(replay, node["relation"], new)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        moved = move_type(replay, names(node["object"]["List"]["items"]), None, new)
    elif kind == "OBJECT_EXTENSION":
        name = node["object"]["String"]["sval"]
        moved = name in replay.state.extensions
        if moved:
            replay.state.extensions[name] = replace(replay.state.extensions[name], schema=new)
    elif kind in ("OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE"):
        moved = _move_function(replay, node["object"]["ObjectWithArgs"], None, new)
    else:
        return
    if not moved and not node.get("missing_ok"):
        raise StatementError("what gets another schema is not there")


def _relation(replay: Replay, node: Node, new: str) -> None:
    relation = node["relation"]
    place, name = relation.get("schemaname") or None, relation["relname"]
    table = replay.table(relation)
    if table is not None:
        move_table(replay, table, (table.schema, new))
        return
    for kind, items in (("view", replay.state.views), ("sequence", replay.state.sequences)):
        key = replay.lookup(items, place, name)
        if key is not None:
            move_object(replay, kind, items, key, (key[0], new))
            return
    if replay.lookup(replay.state.indexes, place, name) is not None:
        _index(replay, node, new)
    elif not node.get("missing_ok") and not replay.lenient:
        raise StatementError(f"{shown(relation)} is not there")


def _column(replay: Replay, node: Node, new: str) -> None:
    relation, old = node["relation"], node["subname"]
    table = replay.table(relation)
    if table is None:
        view = replay.lookup(replay.state.views, relation.get("schemaname") or None, relation["relname"])
        if view is None:
            raise StatementError(f"the table {shown(relation)} is not there")
        _view_column(replay, view, old, new)
        return
    if old not in table.columns or new in table.columns:
        if replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has no column {old!r}, or a column {new!r} already")
    for place in (table, *replay.state.descendants(table)):
        if old in place.columns:
            rename_column(replay, place, old, new)


def _view_column(replay: Replay, key: Key, old: str, new: str) -> None:
    view = replay.state.views[key]
    if old not in view.columns:
        replay.problem(f"the column {old!r} of the view {view.name!r} gets another name, which was not replayed")
        return
    columns = tuple(new if name == old else name for name in view.columns)
    replay.state.views[key] = replace(view, columns=columns)


def _constraint(replay: Replay, node: Node, new: str) -> None:
    table = replay.known_table(node["relation"], missing_ok=bool(node.get("missing_ok")))
    if table is None:
        return
    old = node["subname"]
    if old not in table.constraints:
        if old in table.not_nulls:
            table.not_nulls[new] = table.not_nulls.pop(old)
            return
        if replay.lenient:
            return
        raise StatementError(f"the table {table.name!r} has no constraint {old!r}")
    _rename_constraint(replay, table, old, new)


def _rename_constraint(replay: Replay, table: TableDraft, old: str, new: str) -> None:
    item = table.constraints[old]
    replay.state.drop_constraint(table, old)
    replay.state.add_constraint(table, replace(item, name=new))
    rename_parts(replay.state, table, old, new)
    replay.move(("constraint", *table.key, old), ("constraint", *table.key, new))


def _index(replay: Replay, node: Node, new: str) -> None:
    relation = node["relation"]
    state = replay.state
    key = replay.lookup(state.indexes, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        if node.get("missing_ok") or replay.lenient:
            return
        raise StatementError(f"the index {shown(relation)} is not there")
    owner, old = state.indexes[key], key[1]
    if owner in state.views:
        view = state.views[owner]
        indexes = tuple(replace(index, name=new) if index.name == old else index for index in view.indexes)
        state.views[owner] = replace(view, indexes=indexes)
        state.indexes[key[0], new] = state.indexes.pop(key)
    else:
        table = state.tables[owner]
        if old in table.constraints:
            _rename_constraint(replay, table, old, new)
            return
        index = table.indexes[old]
        state.drop_index(table, old)
        state.add_index(table, replace(index, name=new))
        rename_parts(state, table, old, new)
        if table.replica_identity == old:
            table.replica_identity = new
    replay.move(("index", *key), ("index", key[0], new))


def _policy(replay: Replay, node: Node, new: str) -> None:
    table = replay.known_table(node["relation"], missing_ok=bool(node.get("missing_ok")))
    if table is not None:
        _rename_part(replay, table, "policy", table.policies, node["subname"], new)


def _trigger(replay: Replay, node: Node, new: str) -> None:
    table = replay.known_table(node["relation"])
    if table is not None:
        _rename_part(replay, table, "trigger", table.triggers, node["subname"], new)


def _rename_part(replay: Replay, table: TableDraft, kind: str, items: dict[str, Any], old: str, new: str) -> None:
    if old not in items:
        raise StatementError(f"the table {table.name!r} has no {kind} {old!r}")
    items[new] = replace(items.pop(old), name=new)
    replay.move((kind, *table.key, old), (kind, *table.key, new))


def _type(replay: Replay, node: Node, new: str) -> None:
    parts = names(node["object"]["List"]["items"])
    if not move_type(replay, parts, new, None):
        raise StatementError(f"the type {'.'.join(parts)} is not there")


def _attribute(replay: Replay, node: Node, new: str) -> None:
    relation = node["relation"]
    key = replay.lookup(replay.state.composites, relation.get("schemaname") or None, relation["relname"])
    if key is None:
        raise StatementError(f"the type {shown(relation)} is not there")
    composite = replay.state.composites[key]
    attributes = tuple((new if name == node["subname"] else name, type_) for name, type_ in composite.attributes)
    replay.state.composites[key] = replace(composite, attributes=attributes)


def _domain_constraint(replay: Replay, node: Node, new: str) -> None:
    key = replay.key_of(replay.state.domains, names(node["object"]["List"]["items"]))
    if key is None:
        raise StatementError("the domain is not there")
    domain = replay.state.domains[key]
    checks = tuple(replace(check, name=new) if check.name == node["subname"] else check for check in domain.checks)
    replay.state.domains[key] = replace(domain, checks=checks)


def _move_function(replay: Replay, node: Node, name: str | None, schema: str | None) -> bool:
    key = function_key(replay, node)
    if key is None:
        return False
    functions = replay.state.functions
    function = functions.pop(key)
    new = (schema or key[0], name or key[1], key[2])
    definition = function.definition
    head = definition.lower().find(key[1].lower())
    if head >= 0:
        start = definition.rfind(" ", 0, head) + 1
        end = definition.index("(", head)
        definition = f"{definition[:start]}{quote(new[0])}.{quote(new[1])}{definition[end:]}"
    functions[new] = replace(function, schema=new[0], name=new[1], definition=definition)
    tail = [key[2]] if key[2] else []
    replay.move(("function", *key[:2], *tail), ("function", *new[:2], *tail))
    for table in replay.state.tables.values():
        for trigger in tuple(table.triggers.values()):
            if (trigger.function_schema, trigger.function, "") == key:
                table.triggers[trigger.name] = replace(trigger, function_schema=new[0], function=new[1])
    return True


def _function(replay: Replay, node: Node, new: str) -> None:
    if not _move_function(replay, node["object"]["ObjectWithArgs"], new, None):
        raise StatementError("the function is not there")


def _namespace(replay: Replay, node: Node, new: str) -> None:
    old, state = node["subname"], replay.state
    if old not in state.namespaces:
        raise StatementError(f"the schema {old!r} is not there")
    state.namespaces[new] = replace(state.namespaces.pop(old), name=new)
    replay.move(("namespace", old), ("namespace", new))
    for table in [table for key, table in state.tables.items() if key[0] == old]:
        move_table(replay, table, (new, table.name))
    for kind, items in (("view", state.views), ("sequence", state.sequences)):
        for key in [key for key in items if key[0] == old]:
            move_object(replay, kind, items, key, (new, key[1]))
    for _, field in TYPES:
        for key in [key for key in getattr(state, field) if key[0] == old]:
            move_type(replay, list(key), None, new)


KINDS: dict[str, Rename] = {
    "OBJECT_TABLE": _relation,
    "OBJECT_VIEW": _relation,
    "OBJECT_MATVIEW": _relation,
    "OBJECT_SEQUENCE": _relation,
    "OBJECT_INDEX": _index,
    "OBJECT_COLUMN": _column,
    "OBJECT_TABCONSTRAINT": _constraint,
    "OBJECT_DOMCONSTRAINT": _domain_constraint,
    "OBJECT_POLICY": _policy,
    "OBJECT_TRIGGER": _trigger,
    "OBJECT_TYPE": _type,
    "OBJECT_DOMAIN": _type,
    "OBJECT_ATTRIBUTE": _attribute,
    "OBJECT_FUNCTION": _function,
    "OBJECT_PROCEDURE": _function,
    "OBJECT_ROUTINE": _function,
    "OBJECT_SCHEMA": _namespace,
}
