"""Partitions, and what they have of their own beside their parents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import Piece, Tables, effective_columns, is_part, keys_of, parts_of, pieces_of
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.schema import View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.expression import guarded
from dbarchitect.write.sql.constraint import add_constraint_sql, add_key_sql, check_clause, is_late, waits
from dbarchitect.write.sql.index import index_sql
from dbarchitect.write.sql.place import at
from dbarchitect.write.sql.statement import Statement


def is_attached(table: Table, tables: Tables) -> bool:
    """Whether the partition must be made as a table first, and attached then.

    That is so where its columns are not those of its parent, and where it has a key or an index that takes the place of
    what its parent would make.
    """
    if not table.partition_of:
        return False
    inherited = effective_columns(tables, (table.partition_of.schema, table.partition_of.table))
    if table.columns and [_shape(column) for column in table.columns] != [_shape(column) for column in inherited]:
        return True
    return has_parts(table, tables)


def has_parts(table: Table, tables: Tables) -> bool:
    """Whether a partition has a key or index of its own that attaching it makes a part of its parent's."""
    return any(is_part(table, piece, tables) for piece in pieces_of(table))


def _shape(column: Column) -> tuple[str, SqlType, str | None, bool]:
    return column.name, column.type, column.collation, column.generated is not None


def attach_sql(table: Table) -> str:
    """ALTER TABLE … ATTACH PARTITION.

    Raises:
        InputError: the table is no partition.
    """
    if not table.partition_of:
        raise InputError("the table is no partition", place=table.address)
    parent = qualified(table.partition_of.schema, table.partition_of.table)
    return (
        f"ALTER TABLE {parent}\n  ATTACH PARTITION {qualified(table.schema, table.name)} "
        f"{guarded(table.partition_of.bound)}"
    )


def inherited_checks(table: Table, tables: Tables) -> list[str]:
    """Clauses of the checks that a partition to be attached takes over from its parents."""
    clauses: list[str] = []
    own = {check.name for check in table.checks}
    above = table.partition_of
    while above and (parent := tables.get((above.schema, above.table))):
        clauses += [
            check_clause(check)
            for check in parent.checks
            if check.name not in own and not check.no_inherit and not waits(check)
        ]
        above = parent.partition_of
    return clauses


def attach_index_sql(table: Table, piece: Piece) -> str:
    """ALTER INDEX … ATTACH PARTITION.

    Args:
        table: the partition.
        piece: its key or index, which is attached to one of the parent's.

    Raises:
        InputError: the table is no partition.
    """
    if not table.partition_of or not piece.attached_to:
        raise InputError("the index is attached to nothing", place=table.address)
    parent = qualified(table.partition_of.schema, piece.attached_to)
    return f"ALTER INDEX {parent} ATTACH PARTITION {qualified(table.schema, piece.name)}"


def own_not_null_sql(table: Table, column: str) -> str:
    """The statement that makes a NOT NULL, which a partition has from its parent, its own as well."""
    return f"ALTER TABLE {qualified(*table.key)} ALTER COLUMN {quote(column)} SET NOT NULL"


def validate_sql(table: Table, name: str) -> str:
    """ALTER TABLE … VALIDATE CONSTRAINT."""
    return f"ALTER TABLE {qualified(*table.key)} VALIDATE CONSTRAINT {quote(name)}"


def index_statements(relations: Sequence[Table | View], tables: Tables) -> Iterator[Statement]:
    """CREATE INDEX for each index that need not wait for partitions to be attached.

    What is a part of a parent's index comes just before it, so that PostgreSQL finds that one and makes no other.

    Args:
        relations: tables and materialized views, parents before partitions.
        tables: the tables by (schema, name).
    """
    for relation in relations:
        for index in relation.indexes:
            if isinstance(relation, View) or not (is_part(relation, index, tables) or _waits(relation, index, tables)):
                yield from _with_parts(relation, index, tables)


def _waits(table: Table, index: Index, tables: Tables) -> bool:
    return is_late(table, index, tables) or index.attached_to is not None


def _with_parts(relation: Table | View, index: Index, tables: Tables) -> Iterator[Statement]:
    if isinstance(relation, Table) and relation.partitioning:
        for table, piece in parts_of(relation, index.name, tables.values()):
            if isinstance(piece, Index):
                yield from _with_parts(table, piece, tables)
    yield _index(relation, index)


def _index(relation: Table | View, index: Index) -> Statement:
    place = address("index", relation.schema, index.name)
    with at(place):
        sql = index_sql(relation, index)
    return Statement(sql, place, "index")


def finishing(tables: Sequence[Table], by_key: Tables) -> Iterator[Statement]:
    """What comes when all tables and the indexes of `index_statements` are there: the rest of what partitions have.

    Args:
        tables: parents before partitions.
        by_key: the same by (schema, name).
    """
    for table in tables:
        if has_parts(table, by_key):
            yield Statement(attach_sql(table), table.address, "partition")
    yield from _late(tables, by_key, rivals=True)
    for table in tables:
        yield from (
            _index(table, index)
            for index in table.indexes
            if index.attached_to and not index.only and not is_part(table, index, by_key)
        )
    yield from _late(tables, by_key, rivals=False)
    for table in tables:
        for piece in pieces_of(table):
            if piece.attached_to and not is_part(table, piece, by_key):
                yield Statement(attach_index_sql(table, piece), table.index_address(piece.name), "partition")
        if is_attached(table, by_key):
            for column in table.own_not_nulls:
                yield Statement(own_not_null_sql(table, column), table.address, "partition")
    yield from _checks(tables)


def _late(tables: Iterable[Table], by_key: Tables, *, rivals: bool) -> Iterator[Statement]:
    for table in tables:
        for key in keys_of(table):
            if is_late(table, key, by_key) and key.only != rivals:
                place = table.constraint_address(key.name)
                yield Statement(guarded(add_key_sql(table, key)), place, "constraint")
        for index in table.indexes:
            if is_late(table, index, by_key) and index.only != rivals:
                yield _index(table, index)


def _checks(tables: Iterable[Table]) -> Iterator[Statement]:
    """Checks that are NOT VALID come after the partitions, which would have valid ones else."""
    for table in tables:
        for check in table.checks:
            if table.partitioning and waits(check):
                sql = add_constraint_sql(table, check_clause(check))
                yield Statement(sql, table.constraint_address(check.name), "constraint")
    for table in tables:
        for name in table.validated_checks:
            yield Statement(validate_sql(table, name), table.address, "partition")
