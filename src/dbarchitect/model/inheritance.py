"""What a partition's keys and indexes have to do with those of the tables above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Exclusion, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import object_name
from dbarchitect.model.table import Table

Key = PrimaryKey | Unique | Exclusion
Piece = Key | Index
Tables = Mapping[tuple[str, str], Table]


def keys_of(table: Table) -> Iterator[Key]:
    """The constraints of a table that stand on an index."""
    if table.primary_key:
        yield table.primary_key
    yield from table.uniques
    yield from table.exclusions


def pieces_of(table: Table) -> Iterator[Piece]:
    """The keys of a table, then its indexes."""
    yield from keys_of(table)
    yield from table.indexes


def effective_columns(tables: Tables, key: tuple[str, str]) -> tuple[Column, ...]:
    """The columns of a table; those of its parent for a partition that has none of its own."""
    table = tables.get(key)
    if table is None:
        return ()
    if table.partition_of and not table.columns:
        return effective_columns(tables, (table.partition_of.schema, table.partition_of.table))
    return table.columns


def above(table: Table, tables: Tables) -> Iterator[Table]:
    """The tables that one is a partition of, the nearest first."""
    place = table.partition_of
    while place and (parent := tables.get((place.schema, place.table))):
        yield parent
        place = parent.partition_of


def partitions(table: Table, tables: Iterable[Table]) -> Iterator[Table]:
    """The partitions of a table, not theirs."""
    for other in tables:
        of = other.partition_of
        if of and (of.schema, of.table) == table.key:
            yield other


def parts_of(table: Table, name: str, tables: Iterable[Table]) -> Iterator[tuple[Table, Piece]]:
    """What partitions have of their own that is attached to an index or key of the table."""
    for partition in partitions(table, tables):
        yield from ((partition, piece) for piece in pieces_of(partition) if piece.attached_to == name)


def is_rival(table: Table, piece: Piece, tables: Tables) -> bool:
    """Whether a piece that is attached to nothing would be, if it were there when the tables above it get theirs."""
    if piece.attached_to:
        return False
    others = (other for parent in above(table, tables) for other in pieces_of(parent))
    return any(fits(piece, other) for other in others if not other.only)


def is_part(table: Table, piece: Piece, tables: Tables) -> bool:
    """Whether the piece is attached to one of the parent's that is there for all partitions."""
    parent = next(above(table, tables), None)
    held = (other for other in (pieces_of(parent) if parent else ()) if other.name == piece.attached_to)
    return any(not other.only for other in held)


def words_of(piece: Piece) -> list[str]:
    """What stands for the columns of a key or index in the name that PostgreSQL gives it."""
    if isinstance(piece, Index):
        columns = [part.column or "expr" for part in piece.parts]
    elif isinstance(piece, Exclusion):
        columns = [element.column or "expr" for element in piece.elements]
    else:
        columns = list(piece.columns)
    return [*columns, *piece.include]


def is_usual_name(name: str, table: str, words: Sequence[str]) -> bool:
    """Whether a name is what PostgreSQL gives to a partition's copy of its parent's key or index.

    Args:
        name: the name of the key or index.
        table: the name of the partition.
        words: see `words_of`.

    Source: ChooseIndexName in PostgreSQL's src/backend/commands/indexcmds.c.
    """
    usual = [object_name(table, "_".join(words), suffix) for suffix in ("idx", "key", "excl")]
    usual.append(object_name(table, None, "pkey"))
    return any(re.fullmatch(re.escape(known) + r"\d*", name) for known in usual)


def fits(piece: Piece, other: Piece) -> bool:
    """Whether a partition's key or index can be attached to one of its parent: the names and the order aside.

    A key takes a key of its kind only; an index takes the index behind a key, too.

    Source: CompareIndexInfo in PostgreSQL's src/backend/catalog/index.c.
    """
    if not isinstance(other, Index):
        return type(piece) is type(other) and _shape(piece) == _shape(other)
    if isinstance(piece, Exclusion) or (isinstance(piece, PrimaryKey | Unique) and piece.without_overlaps):
        return False
    return _index(piece) == _index(other)


def _shape(piece: Piece) -> Piece:
    bare = replace(piece, name="", comment=None, only=False, attached_to=None)
    return bare if isinstance(bare, Index) else replace(bare, deferrable=False, initially_deferred=False)


def _index(piece: PrimaryKey | Unique | Index) -> Index:
    """The index behind a piece without what does not count."""
    if isinstance(piece, Index):
        parts = tuple(replace(part, descending=False, nulls_first=None) for part in piece.parts)
        return replace(
            piece, name="", parts=parts, options=(), comment=None, only=False, attached_to=None
        )  # fmt: skip
    nulls = isinstance(piece, Unique) and piece.nulls_not_distinct
    found = tuple(IndexPart(column) for column in piece.columns)
    return Index("", found, unique=True, include=piece.include, nulls_not_distinct=nulls)
