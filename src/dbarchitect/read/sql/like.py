"""CREATE TABLE … (LIKE other INCLUDING …)."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.read.sql.naming import joined, relation_name
from dbarchitect.read.sql.replay import Replay
from dbarchitect.sql.parser import Node

_COMMENTS, _CONSTRAINTS, _DEFAULTS, _GENERATED, _IDENTITY, _INDEXES, _STATISTICS = 1, 4, 8, 16, 32, 64, 128
"""Bits of TableLikeOption in PostgreSQL's parsenodes.h."""


def copy_like(replay: Replay, table: TableDraft, node: Node) -> None:
    """Give the table what LIKE takes from another one."""
    source = replay.known_table(node["relation"])
    assert source is not None
    options = int(node.get("options", 0))
    for name, column in source.columns.items():
        table.columns[name] = replace(
            column,
            default=column.default if options & _DEFAULTS else None,
            identity=column.identity if options & _IDENTITY else None,
            generated=column.generated if options & _GENERATED else None,
            comment=column.comment if options & _COMMENTS else None,
        )
        table.local.add(name)
        replay.mark("column", table.schema, table.name, name, start=replay.statement.at(node["relation"]["location"]))
    if options & _CONSTRAINTS:
        for check in source.constraints.values():
            if isinstance(check, Check):
                _copy(replay, table, check, options)
    if options & _INDEXES:
        _indexes(replay, source, table, options)


def _indexes(replay: Replay, source: TableDraft, table: TableDraft, options: int) -> None:
    for item in source.constraints.values():
        if isinstance(item, PrimaryKey):
            name = relation_name(replay.state, table.schema, table.name, None, "pkey", key=True)
            _copy(replay, table, replace(item, name=name), options)
        elif isinstance(item, Unique):
            words = joined((*item.columns, *item.include))
            name = relation_name(replay.state, table.schema, table.name, words, "key", key=True)
            _copy(replay, table, replace(item, name=name), options)
    for index in source.indexes.values():
        words = joined([part.column or "expr" for part in index.parts] + list(index.include))
        name = relation_name(replay.state, table.schema, table.name, words, "idx", key=False)
        replay.state.add_index(table, replace(index, name=name, only=False, attached_to=None))
        replay.mark("index", table.schema, name)


def keep_inherited(replay: Replay, parent: TableDraft, child: TableDraft) -> None:
    """A partition that is taken off keeps the checks and foreign keys that its parent gave it."""
    for item in parent.constraints.values():
        if isinstance(item, Check | ForeignKey) and item.name not in child.constraints:
            replay.state.add_constraint(child, replace(item, comment=None))
            replay.mark("constraint", child.schema, child.name, item.name)


def _copy(replay: Replay, table: TableDraft, item: Check | PrimaryKey | Unique, options: int) -> None:
    item = replace(item, comment=item.comment if options & _COMMENTS else None)
    if not isinstance(item, Check):
        item = replace(item, only=False, attached_to=None)
    replay.state.add_constraint(table, item)
    replay.mark("constraint", table.schema, table.name, item.name)
