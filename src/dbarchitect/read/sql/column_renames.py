"""Columns under another name, and the expressions that speak of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dbarchitect.model.address import address
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.names import object_name
from dbarchitect.read.sql.drafts import Constraint, TableDraft
from dbarchitect.read.sql.losses import regrant
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.words import renamed

Text = Callable[[str | None], str | None]
Name = Callable[[str], str]


def rename_column(replay: Replay, table: TableDraft, old: str, new: str) -> None:
    """Give a column another name; constraints, indexes, foreign keys, sequences and statistics follow."""
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
    rename_within(table, old, new)
    for child, key in tuple(state.referrers(table.key)):
        targets = tuple(new if name == old else name for name in key.target_columns)
        child.constraints[key.name] = replace(_own(child, key), target_columns=targets)
    for found, item in tuple(state.sequences.items()):
        if item.owned_by == (*table.key, old):
            state.sequences[found] = replace(item, owned_by=(*table.key, new))
    replay.move(("column", *table.key, old), ("column", *table.key, new))
    regrant(replay, address("column", *table.key, old), address("column", *table.key, new))
    for place, statistics in tuple(state.statistics.items()):
        state.statistics[place] = replace(statistics, definition=renamed(statistics.definition, old, new))


def _own(child: TableDraft, key: ForeignKey) -> ForeignKey:
    """The key as its table has it now: its own columns may have been renamed just before."""
    found = child.constraints[key.name]
    return found if isinstance(found, ForeignKey) else key


def rename_within(table: TableDraft, old: str, new: str) -> None:
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
