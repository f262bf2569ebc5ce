"""CREATE TABLE."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.errors import InputError
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.table import Partitioning, PartitionOf, Table
from dbarchitect.read.sql.attachments import is_unproved, own_not_nulls, take_all, unsaid, validated_checks
from dbarchitect.read.sql.columns import Pending, place_column, read_column
from dbarchitect.read.sql.constraints import add_all
from dbarchitect.read.sql.drafts import State, TableDraft
from dbarchitect.read.sql.like import copy_like
from dbarchitect.read.sql.losses import drop_sequence
from dbarchitect.read.sql.options import pairs
from dbarchitect.read.sql.replay import TEMPORARY, Replay, StatementError, shown
from dbarchitect.read.sql.source import pieces, scan
from dbarchitect.sql.parser import Node

_STRATEGIES = {
    "PARTITION_STRATEGY_RANGE": "range", "PARTITION_STRATEGY_LIST": "list", "PARTITION_STRATEGY_HASH": "hash",
}  # fmt: skip


def create_table(replay: Replay, node: Node) -> None:
    """CREATE TABLE, also PARTITION OF and INHERITS."""
    relation = node["relation"]
    key = replay.new_key(relation)
    if replay.state.has_relation(key):
        if node.get("if_not_exists") or replay.lenient:
            return
        raise StatementError(f"{shown(relation)} is there already")
    table = TableDraft(*key, unlogged=relation.get("relpersistence") == "u")
    table.options = dict(pairs(node.get("options", ())))
    try:
        pending = _elements(replay, table, node)
    except InputError:
        _undo(replay, table)
        raise
    _partitioning(replay, table, node)
    replay.state.tables[key] = table
    for parent in table.parents:
        replay.state.adopt(key, parent)
    if table.partition_of is not None:
        take_all(replay, replay.state.tables[table.parents[0]], table)
        table.validated |= _unproved_checks(replay.state, table)
    if key[0] == TEMPORARY:
        replay.state.temporary.add(key)
    replay.mark("table", *key)
    add_all(replay, table, pending, created=True)
    if node.get("ofTypename"):
        replay.lost(f"type of the typed table {shown(relation)}")


def _undo(replay: Replay, table: TableDraft) -> None:
    """Nothing stays of a table that cannot be made."""
    for name in table.columns:
        replay.forget("column", *table.key, name)
    for key in [key for key, item in replay.state.sequences.items() if (item.owned_by or ())[:2] == table.key]:
        drop_sequence(replay, key)
    for key in [key for key, (owner, _) in replay.state.identities.items() if owner == table.key]:
        del replay.state.identities[key]


def _elements(replay: Replay, table: TableDraft, node: Node) -> list[Pending]:
    """The columns go into the table; the constraints wait."""
    partition = "partbound" in node
    pending: list[Pending] = []
    for item in node.get("inhRelations", ()):
        parent = replay.known_table(item["RangeVar"])
        assert parent is not None
        for name, column in parent.columns.items():
            table.columns.setdefault(name, _inherited(column, partition))
        if partition:
            table.partition_of = PartitionOf(*parent.key, _bound(replay, node))
        else:
            table.inherits = (*table.inherits, parent.key)
    for item in node.get("tableElts", ()):
        if "ColumnDef" in item:
            pending += _column(replay, table, item["ColumnDef"], partition)
        elif "Constraint" in item:
            constraint = item["Constraint"]
            start = replay.statement.at(constraint.get("location", 0))
            if constraint["contype"] == "CONSTR_NOTNULL":
                _not_null(table, constraint)
            else:
                pending.append(Pending(constraint, start))
        elif "TableLikeClause" in item:
            copy_like(replay, table, item["TableLikeClause"])
    return pending


def _unproved_checks(state: State, table: TableDraft) -> set[str]:
    """The checks of its parents that are NOT VALID there, and valid in a partition that begins without rows."""
    found: set[str] = set()
    while table.parents and (parent := state.tables.get(table.parents[0])):
        found |= {item.name for item in parent.of(Check) if is_unproved(state, parent, item.name)}
        table = parent
    return found


def _inherited(column: Column, partition: bool) -> Column:
    return replace(column, comment=None, identity=column.identity if partition else None)


def _not_null(table: TableDraft, constraint: Node) -> None:
    for item in constraint.get("keys", ()):
        column = item["String"]["sval"]
        table.require(column)
        if table.partition_of is not None:
            table.required.add(column)
        if constraint.get("conname"):
            table.not_nulls[constraint["conname"]] = column


def _column(replay: Replay, table: TableDraft, definition: Node, partition: bool) -> list[Pending]:
    name = definition.get("colname", "")
    inherited = table.columns.get(name)
    if partition:
        return _partition_column(replay, table, definition)
    if inherited is not None and name in table.local:
        raise StatementError(f"the column {name!r} is written twice")
    read = read_column(replay, table, definition)
    if inherited is not None:
        column = read.column
        read.column = replace(
            column,
            nullable=column.nullable and inherited.nullable,
            default=column.default if column.default is not None else inherited.default,
        )
    place_column(replay, table, read)
    return read.pending


def _partition_column(replay: Replay, table: TableDraft, definition: Node) -> list[Pending]:
    """A column of a partition says only what it does otherwise than its parent's."""
    name = definition.get("colname", "")
    inherited = table.columns.get(name)
    if inherited is None:
        raise StatementError(f"the partitioned table has no column {name!r}")
    read = read_column(replay, table, {**definition, "typeName": {"names": [{"String": {"sval": "text"}}]}})
    column = read.column
    read.column = replace(
        inherited,
        nullable=inherited.nullable and column.nullable,
        default=column.default if column.default is not None or _says_default(definition) else inherited.default,
        generated=column.generated or inherited.generated,
    )
    place_column(replay, table, read)
    if not column.nullable:
        table.required.add(name)
    return read.pending


def _says_default(definition: Node) -> bool:
    return any(item["Constraint"]["contype"] == "CONSTR_DEFAULT" for item in definition.get("constraints", ()))


def _bound(replay: Replay, node: Node) -> str:
    return bound_text(replay, node["partbound"])


def bound_text(replay: Replay, bound: Node) -> str:
    """FOR VALUES … or DEFAULT, as written; the node's location is that of what stands behind FOR VALUES."""
    if bound.get("is_default"):
        return "DEFAULT"
    written = replay.statement
    start = written.at(bound.get("location", 0))
    lexemes = [lexeme for lexeme in scan(written.file.text, start, written.end) if lexeme.depth >= 0]
    closings = [lexeme for lexeme in lexemes if lexeme.depth == 0 and lexeme.text == ")"]
    wanted = 2 if bound.get("strategy") == "r" else 1
    end = closings[wanted - 1].end if len(closings) >= wanted else written.end
    return f"FOR VALUES {written.file.text[start:end].strip()}"


def _partitioning(replay: Replay, table: TableDraft, node: Node) -> None:
    if "partspec" not in node:
        return
    specification = node["partspec"]
    written = replay.statement
    opened, closed = written.bracketed(written.at(specification.get("location", 0)))
    places = pieces(list(scan(written.file.text, opened, closed)), opened, closed)
    keys = tuple(written.file.text[start:end] for start, end in places)
    table.partitioning = Partitioning(_STRATEGIES.get(specification.get("strategy", ""), "range"), keys)


def frozen_columns(state: State, table: TableDraft) -> tuple[Column, ...]:
    """The columns that a table says itself; a partition all of them or, when nothing differs, none.

    As `read.catalog_tables` has it.
    """
    parents = [state.tables[key] for key in table.parents if key in state.tables]
    if not parents:
        return tuple(table.columns.values())
    plain = [replace(column, comment=None) for column in table.columns.values()]
    inherited = [replace(column, comment=None) for parent in parents for column in parent.columns.values()]
    if table.partition_of is not None:
        commented = any(column.comment for column in table.columns.values())
        return () if plain == inherited and not commented else tuple(table.columns.values())
    known = {column.name: column for column in inherited}
    return tuple(
        column
        for column, bare in zip(table.columns.values(), plain, strict=True)
        if column.name in table.local or column.comment or known.get(column.name) != bare
    )


def frozen(state: State) -> tuple[Table, ...]:
    """Every table but the temporary ones."""
    return tuple(
        table.frozen(
            frozen_columns(state, table),
            unsaid(state, table) if table.partition_of else set(),
            own_not_nulls(state, table) if table.required else (),
            validated_checks(state, table) if table.validated else (),
        )
        for key, table in state.tables.items()
        if key[0] != TEMPORARY
    )  # fmt: skip
