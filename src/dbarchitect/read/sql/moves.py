"""Objects under another name or schema: everything that names them follows, as in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dbarchitect.model.address import address
from dbarchitect.model.names import object_name
from dbarchitect.model.table import PartitionOf
from dbarchitect.model.types import SqlType
from dbarchitect.read.sql.column_renames import rename_within
from dbarchitect.read.sql.columns import nextval
from dbarchitect.read.sql.drafts import Key, TableDraft
from dbarchitect.read.sql.losses import regrant
from dbarchitect.read.sql.replay import Replay, StatementError
from dbarchitect.read.sql.words import renamed
from dbarchitect.sql.parser import Node

TYPES = (("enum", "enums"), ("domain", "domains"), ("type", "composites"), ("type", "ranges"))


def move_object(replay: Replay, kind: str, items: dict[Key, Any], old: Key, new: Key) -> None:
    """Give something that the state keeps by (schema, name) another name or schema."""
    if new in items:
        raise StatementError(f"{new[1]!r} is there already")
    items[new] = replace(items.pop(old), schema=new[0], name=new[1])
    replay.move((kind, *old), (kind, *new))
    regrant(replay, address(kind, *old), address(kind, *new))
    if kind == "sequence":
        _recount(replay, old, new)
    if kind == "view":
        for found, owner in tuple(replay.state.indexes.items()):
            if owner == old:
                del replay.state.indexes[found]
                replay.state.indexes[new[0], found[1]] = new
                replay.move(("index", *found), ("index", new[0], found[1]))
        _rename_in_views(replay, old, new)


def move_relation(replay: Replay, relation: Node, schema: str) -> bool:
    """Give a table, view or sequence another schema; False when it is not there."""
    place, name = relation.get("schemaname") or None, relation["relname"]
    table = replay.table(relation)
    if table is not None:
        move_table(replay, table, (schema, table.name))
        return True
    for kind, items in (("view", replay.state.views), ("sequence", replay.state.sequences)):
        key = replay.lookup(items, place, name)
        if key is not None:
            move_object(replay, kind, items, key, (schema, key[1]))
            return True
    return False


def move_table(replay: Replay, table: TableDraft, new: Key) -> None:
    """Give a table another name or schema; foreign keys, partitions, sequences and views follow."""
    state, old = replay.state, table.key
    if new == old:
        return
    if state.has_relation(new):
        raise StatementError(f"{new[1]!r} is there already")
    referrers = list(state.referrers(old))
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
    for child, key in referrers:
        child.constraints[key.name] = replace(key, target_schema=new[0], target_table=new[1])
        state.referring.setdefault(new, set()).add(child.key)
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
        regrant(replay, address(*old), address(*new))


def _follow(replay: Replay, table: TableDraft, old: Key, new: Key) -> None:
    """What refers to the table refers to it under its new name."""
    state = replay.state
    regrant(replay, address("table", *old), address("table", *new))
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
                move_object(replay, "sequence", state.sequences, found, (new[0], found[1]))
    if old[1] != new[1]:
        rename_within(table, old[1], new[1])
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


def _recount(replay: Replay, old: Key, new: Key) -> None:
    """Defaults that count with a sequence name it anew."""
    for table in replay.state.tables.values():
        for name, column in table.columns.items():
            if column.default == nextval(old):
                table.columns[name] = replace(column, default=nextval(new))


def move_type(replay: Replay, parts: list[str], name: str | None, schema: str | None) -> bool:
    """Give a type of the user another name or schema; False when it is not there."""
    for kind, field in TYPES:
        items: dict[Key, Any] = getattr(replay.state, field)
        key = replay.key_of(items, parts)
        if key is not None:
            new = (schema or key[0], name or key[1])
            move_object(replay, kind, items, key, new)
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
