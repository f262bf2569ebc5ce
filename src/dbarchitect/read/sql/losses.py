"""What goes when something is dropped: everything that PostgreSQL takes along."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import object_name
from dbarchitect.read.sql.attachments import parts
from dbarchitect.read.sql.drafts import Constraint, Key, TableDraft
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.words import speaks_of


def drop_column_of(replay: Replay, table: TableDraft, name: str) -> None:
    """Take a column from a table, with the constraints, indexes and sequences that it is part of."""
    state = replay.state
    for item in tuple(table.constraints.values()):
        if _uses(item, name):
            drop_constraint_of(replay, table, item.name)
    for index in tuple(table.indexes.values()):
        if _indexes(index, name):
            drop_index_of(replay, table, index.name)
    for child, key in tuple(state.referrers(table.key)):
        if name in key.target_columns:
            drop_constraint_of(replay, child, key.name)
    owner = (*table.key, name)
    for found in [key for key, sequence in state.sequences.items() if sequence.owned_by == owner]:
        drop_sequence(replay, found)
    column = table.columns.pop(name)
    if column.identity is not None:
        sequence = column.identity.sequence or object_name(table.name, name, "seq")
        state.identities.pop((table.schema, sequence), None)
    table.local.discard(name)
    table.not_nulls = {known: of for known, of in table.not_nulls.items() if of != name}
    replay.forget("column", table.schema, table.name, name)
    drop_grants(replay, address("column", table.schema, table.name, name))


def _uses(item: Constraint, column: str) -> bool:
    if isinstance(item, Check):
        return speaks_of(item.expression, column)
    if isinstance(item, ForeignKey):
        return column in item.columns
    if isinstance(item, Exclusion):
        elements = any(e.column == column or speaks_of(e.expression or "", column) for e in item.elements)
        return elements or column in item.include or speaks_of(item.where or "", column)
    return column in item.columns or column in item.include


def _indexes(index: Index, column: str) -> bool:
    parts = any(part.column == column or speaks_of(part.expression or "", column) for part in index.parts)
    return parts or column in index.include or speaks_of(index.where or "", column)


def drop_constraint_of(replay: Replay, table: TableDraft, name: str) -> None:
    """Take a constraint from a table; with a key the foreign keys that point at it."""
    constraint = table.constraints[name]
    if isinstance(constraint, PrimaryKey | Unique):
        others = [
            item
            for item in table.constraints.values()
            if item is not constraint
            and isinstance(item, PrimaryKey | Unique)
            and set(item.columns) == set(constraint.columns)
        ]
        for child, key in tuple(replay.state.referrers(table.key)) if not others else ():
            if set(key.target_columns) == set(constraint.columns):
                drop_constraint_of(replay, child, key.name)
    for child, part in parts(replay.state, table, name):
        _drop_part(replay, child, part)
    if name in table.constraints:
        replay.state.drop_constraint(table, name)
    replay.forget("constraint", table.schema, table.name, name)


def _drop_part(replay: Replay, table: TableDraft, name: str) -> None:
    """Take away what is attached to something that goes."""
    if name in table.constraints:
        drop_constraint_of(replay, table, name)
    elif name in table.indexes:
        drop_index_of(replay, table, name)


def drop_index_of(replay: Replay, table: TableDraft, name: str) -> None:
    """Take an index from a table, with those of its partitions that are attached to it."""
    for child, part in parts(replay.state, table, name):
        _drop_part(replay, child, part)
    replay.state.drop_index(table, name)
    replay.forget("index", table.schema, name)
    if table.replica_identity == name:
        table.replica_identity = "default"


def drop_sequence(replay: Replay, key: Key) -> None:
    """Take a sequence away, and the defaults that count with it."""
    del replay.state.sequences[key]
    replay.forget("sequence", *key)
    drop_grants(replay, address("sequence", *key))


def drop_table(replay: Replay, key: Key) -> None:
    """Take a table away with everything that belongs to it, its children and the foreign keys that point at it."""
    state = replay.state
    table = state.tables[key]
    for heir in tuple(state.children.get(key, ())):
        if heir in state.tables:
            drop_table(replay, heir)
    for child, foreign_key in tuple(state.referrers(key)):
        if child.key != key:
            drop_constraint_of(replay, child, foreign_key.name)
    for name in tuple(table.constraints):
        state.drop_constraint(table, name)
        replay.forget("constraint", *key, name)
    for name in tuple(table.indexes):
        drop_index_of(replay, table, name)
    for name in tuple(table.columns):
        drop_column_of(replay, table, name)
    for kind, names in (("policy", table.policies), ("trigger", table.triggers)):
        for name in names:
            replay.forget(kind, *key, name)
    for parent in table.parents:
        state.disown(key, parent)
    del state.tables[key]
    state.temporary.discard(key)
    replay.forget("table", *key)
    drop_grants(replay, address("table", *key))
    _drop_statistics(replay, key)


def _drop_statistics(replay: Replay, key: Key) -> None:
    for found, statistics in tuple(replay.state.statistics.items()):
        if speaks_of(statistics.definition, key[1]):
            del replay.state.statistics[found]
            replay.forget("statistics", *found)


def drop_view(replay: Replay, key: Key) -> None:
    """Take a view away."""
    view = replay.state.views.pop(key)
    for index in view.indexes:
        replay.state.indexes.pop((key[0], index.name), None)
        replay.forget("index", key[0], index.name)
    for trigger in view.triggers:
        replay.forget("trigger", *key, trigger.name)
    replay.forget("view", *key)
    drop_grants(replay, address("view", *key))


def drop_view_index(replay: Replay, view: Key, name: str) -> None:
    """Take an index from a materialized view."""
    found = replay.state.views[view]
    kept = tuple(index for index in found.indexes if index.name != name)
    replay.state.views[view] = replace(found, indexes=kept)
    replay.state.indexes.pop((view[0], name), None)
    replay.forget("index", view[0], name)


def drop_grants(replay: Replay, place: str) -> None:
    """Privileges go with what they were given on."""
    if replay.state.grants:
        for key in [key for key in replay.state.grants if key[0] == place]:
            del replay.state.grants[key]


def regrant(replay: Replay, old: str, new: str) -> None:
    """Carry the privileges on an object over to its new address."""
    grants = replay.state.grants
    for key in [key for key in grants if key[0] == old]:
        grants[new, key[1], key[2]] = grants.pop(key)
