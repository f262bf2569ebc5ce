"""ALTER … RENAME and SET SCHEMA: everything that names the thing follows, as in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import object_name, quote
from dbarchitect.model.table import PartitionOf
from dbarchitect.model.types import SqlType
from dbarchitect.read.sql.columns import nextval
from dbarchitect.read.sql.drafts import Constraint, Key, TableDraft
from dbarchitect.read.sql.replay import Replay, StatementError, shown
from dbarchitect.read.sql.routines import function_key
from dbarchitect.read.sql.types import names
from dbarchitect.read.sql.words import renamed
from dbarchitect.sql.parser import Node

Rename = Callable[[Replay, Node, str], None]
_TYPES = (("enum", "enums"), ("domain", "domains"), ("type", "composites"), ("type", "ranges"))


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
        moved = _move_relation(replay, node["relation"], new)
    elif kind in ("OBJECT_TYPE", "OBJECT_DOMAIN"):
        moved = _move_type(replay, names(node["object"]["List"]["items"]), None, new)
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


def _move_relation(replay: Replay, relation: Node, schema: str) -> bool:
    place, name = relation.get("schemaname") or None, relation["relname"]
    table = replay.table(relation)
    if table is not None:
        move_table(replay, table, (schema, table.name))
        return True
    for kind, items in (("view", replay.state.views), ("sequence", replay.state.sequences)):
        key = replay.lookup(items, place, name)
        if key is not None:
            _move(replay, kind, items, key, (schema, key[1]))
            return True
    return False


def _move(replay: Replay, kind: str, items: dict[Key, Any], old: Key, new: Key) -> None:
    """Give something that the state keeps by (schema, name) another name or schema."""
    if new in items:
        raise StatementError(f"{new[1]!r} is there already")
    items[new] = replace(items.pop(old), schema=new[0], name=new[1])
    replay.move((kind, *old), (kind, *new))
    _regrant(replay, address(kind, *old), address(kind, *new))
    if kind == "sequence":
        _recount(replay, old, new)
    if kind == "view":
        for found, owner in tuple(replay.state.indexes.items()):
            if owner == old:
                del replay.state.indexes[found]
                replay.state.indexes[new[0], found[1]] = new
                replay.move(("index", *found), ("index", new[0], found[1]))
        _rename_in_views(replay, old, new)


def _regrant(replay: Replay, old: str, new: str) -> None:
    grants = replay.state.grants
    for key in [key for key in grants if key[0] == old]:
        grants[new, key[1], key[2]] = grants.pop(key)


def _recount(replay: Replay, old: Key, new: Key) -> None:
    """Defaults that count with a sequence name it anew."""
    for table in replay.state.tables.values():
        for name, column in table.columns.items():
            if column.default == nextval(old):
                table.columns[name] = replace(column, default=nextval(new))


def move_table(replay: Replay, table: TableDraft, new: Key) -> None:
    """Give a table another name or schema; foreign keys, partitions, sequences and views follow."""
    state, old = replay.state, table.key
    if new == old:
        return
    if state.has_relation(new):
        raise StatementError(f"{new[1]!r} is there already")
    del state.tables[old]
    _pin_identities(replay, table, new)
    table.schema, table.name = new
    state.tables[new] = table
    for kind, items in (("column", table.columns), ("constraint", table.constraints), ("policy", table.policies),
                        ("trigger", table.triggers)):  # fmt: skip
        for name in items:
            _carry(replay, (kind, *old, name), (kind, *new, name))
    replay.move(("table", *old), ("table", *new))
    for found in [found for found, owner in state.indexes.items() if owner == old]:
        del state.indexes[found]
        state.indexes[new[0], found[1]] = new
        _carry(replay, ("index", *found), ("index", new[0], found[1]))
    for name in table.constraints:
        state.constraint_names[old[0], name] -= 1
        state.constraint_names[new[0], name] += 1
    _follow(replay, table, old, new)


def _pin_identities(replay: Replay, table: TableDraft, new: Key) -> None:
    """The sequence of an identity keeps the name that the table's old name gave it."""
    state = replay.state
    for name, column in table.columns.items():
        if column.identity is not None:
            sequence = column.identity.sequence or object_name(table.name, name, "seq")
            usual = object_name(new[1], name, "seq")
            pinned = None if sequence == usual else sequence
            table.columns[name] = replace(column, identity=replace(column.identity, sequence=pinned))
            state.identities.pop((table.schema, sequence), None)
            state.identities[new[0], sequence] = (new, name)


def _carry(replay: Replay, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    if old in replay.marks:
        replay.marks[new] = replay.marks.pop(old)
    if old[0] == "column":
        _regrant(replay, address(*old), address(*new))


def _follow(replay: Replay, table: TableDraft, old: Key, new: Key) -> None:
    """What refers to the table refers to it under its new name."""
    state = replay.state
    _regrant(replay, address("table", *old), address("table", *new))
    for child, key in tuple(state.referrers(old)):
        changed = replace(key, target_schema=new[0], target_table=new[1])
        child.constraints[key.name] = changed
        state.referring.setdefault(new, set()).add(child.key)
    for referred in state.referring.values():
        if old in referred:
            referred.discard(old)
            referred.add(new)
    state.children = {
        (new if parent == old else parent): [new if child == old else child for child in children]
        for parent, children in state.children.items()
    }
    for heir in (state.tables[key] for key in state.children.get(new, ()) if key in state.tables):
        heir.inherits = tuple(new if key == old else key for key in heir.inherits)
        if heir.partition_of is not None:
            heir.partition_of = PartitionOf(*new, heir.partition_of.bound)
    for found, sequence in tuple(state.sequences.items()):
        if sequence.owned_by and sequence.owned_by[:2] == old:
            state.sequences[found] = replace(sequence, owned_by=(*new, sequence.owned_by[2]))
            if old[0] != new[0]:
                _move(replay, "sequence", state.sequences, found, (new[0], found[1]))
    if old[1] != new[1]:
        _rename_within(table, old[1], new[1])
    _rename_in_views(replay, old, new)


def _rename_in_views(replay: Replay, old: Key, new: Key) -> None:
    if old[1] == new[1] and old[0] == new[0]:
        return
    for key, view in tuple(replay.state.views.items()):
        text = renamed(view.definition, old[1], new[1]) if old[1] != new[1] else view.definition
        replay.state.views[key] = replace(view, definition=text)
    for found, statistics in tuple(replay.state.statistics.items()):
        text = renamed(statistics.definition, old[1], new[1]) if old[1] != new[1] else statistics.definition
        replay.state.statistics[found] = replace(statistics, definition=text)


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
            _move(replay, kind, items, key, (key[0], new))
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
            _rename_column(replay, place, old, new)


def _view_column(replay: Replay, key: Key, old: str, new: str) -> None:
    view = replay.state.views[key]
    if old not in view.columns:
        replay.problem(f"the column {old!r} of the view {view.name!r} gets another name, which was not replayed")
        return
    columns = tuple(new if name == old else name for name in view.columns)
    replay.state.views[key] = replace(view, columns=columns)


def _rename_column(replay: Replay, table: TableDraft, old: str, new: str) -> None:
    state = replay.state
    column = table.columns[old]
    if column.identity is not None:
        sequence = column.identity.sequence or object_name(table.name, old, "seq")
        usual = object_name(table.name, new, "seq")
        column = replace(column, identity=replace(column.identity, sequence=None if sequence == usual else sequence))
        state.identities[table.schema, sequence] = (table.key, new)
    changed = replace(column, name=new)
    table.columns = {(new if name == old else name): (changed if name == old else kept)
                     for name, kept in table.columns.items()}  # fmt: skip
    if old in table.local:
        table.local.discard(old)
        table.local.add(new)
    table.not_nulls = {name: new if of == old else of for name, of in table.not_nulls.items()}
    _rename_within(table, old, new)
    for child, key in tuple(state.referrers(table.key)):
        targets = tuple(new if name == old else name for name in key.target_columns)
        child.constraints[key.name] = replace(_own(child, key), target_columns=targets)
    for found, item in tuple(state.sequences.items()):
        if item.owned_by == (*table.key, old):
            state.sequences[found] = replace(item, owned_by=(*table.key, new))
    replay.move(("column", *table.key, old), ("column", *table.key, new))
    _regrant(replay, address("column", *table.key, old), address("column", *table.key, new))
    for place, statistics in tuple(state.statistics.items()):
        state.statistics[place] = replace(statistics, definition=renamed(statistics.definition, old, new))


def _own(child: TableDraft, key: ForeignKey) -> ForeignKey:
    """The key as its table has it now: its own columns may have been renamed just before."""
    found = child.constraints[key.name]
    return found if isinstance(found, ForeignKey) else key


def _rename_within(table: TableDraft, old: str, new: str) -> None:
    """Constraints, indexes, policies, triggers and generated columns speak of the new name."""

    def text(sql: str | None) -> str | None:
        return None if sql is None else renamed(sql, old, new)

    def name(word: str) -> str:
        return new if word == old and new in table.columns else word

    for key, item in table.constraints.items():
        table.constraints[key] = _constraint_with(item, text, name)
    for key, index in table.indexes.items():
        table.indexes[key] = _index_with(index, text, name)
    for key, policy in table.policies.items():
        table.policies[key] = replace(policy, using=text(policy.using), check=text(policy.check))
    for key, trigger in table.triggers.items():
        columns = tuple(map(name, trigger.update_columns))
        table.triggers[key] = replace(trigger, when=text(trigger.when), update_columns=columns)
    for key, column in table.columns.items():
        if column.generated is not None:
            expression = text(column.generated.expression) or ""
            table.columns[key] = replace(column, generated=replace(column.generated, expression=expression))
    if table.partitioning is not None:
        keys = tuple(renamed(part, old, new) for part in table.partitioning.keys)
        table.partitioning = replace(table.partitioning, keys=keys)


Text = Callable[[str | None], str | None]
Name = Callable[[str], str]


def _constraint_with(item: Constraint, text: Text, name: Name) -> Constraint:
    if isinstance(item, Check):
        return replace(item, expression=text(item.expression) or "")
    if isinstance(item, ForeignKey):
        return replace(item, columns=tuple(map(name, item.columns)), set_columns=tuple(map(name, item.set_columns)))
    if isinstance(item, PrimaryKey | Unique):
        return replace(item, columns=tuple(map(name, item.columns)), include=tuple(map(name, item.include)))
    elements = tuple(
        replace(e, column=name(e.column) if e.column else None, expression=text(e.expression)) for e in item.elements
    )
    assert isinstance(item, Exclusion)
    return replace(item, elements=elements, where=text(item.where), include=tuple(map(name, item.include)))


def _index_with(index: Index, text: Text, name: Name) -> Index:
    parts = tuple(
        replace(part, column=name(part.column) if part.column else None, expression=text(part.expression))
        for part in index.parts
    )
    return replace(index, parts=parts, include=tuple(map(name, index.include)), where=text(index.where))


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
    if not _move_type(replay, parts, new, None):
        raise StatementError(f"the type {'.'.join(parts)} is not there")


def _move_type(replay: Replay, parts: list[str], name: str | None, schema: str | None) -> bool:
    for kind, field in _TYPES:
        items: dict[Key, Any] = getattr(replay.state, field)
        key = replay.key_of(items, parts)
        if key is not None:
            new = (schema or key[0], name or key[1])
            _move(replay, kind, items, key, new)
            _retype(replay, key, new)
            return True
    return False


def _retype(replay: Replay, old: Key, new: Key) -> None:
    """Columns and domains of a type follow it."""
    state = replay.state

    def follow(type_: SqlType) -> SqlType:
        return replace(type_, schema=new[0], name=new[1]) if (type_.schema, type_.name) == old else type_

    for table in state.tables.values():
        for name, column in table.columns.items():
            default = column.default if column.default is None else renamed(column.default, old[1], new[1])
            table.columns[name] = replace(column, type=follow(column.type), default=default)
    for key, domain in tuple(state.domains.items()):
        state.domains[key] = replace(domain, base=follow(domain.base))
    for key, composite in tuple(state.composites.items()):
        attributes = tuple((name, follow(type_)) for name, type_ in composite.attributes)
        state.composites[key] = replace(composite, attributes=attributes)


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
            _move(replay, kind, items, key, (new, key[1]))
    for _, field in _TYPES:
        for key in [key for key in getattr(state, field) if key[0] == old]:
            _move_type(replay, list(key), None, new)


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
