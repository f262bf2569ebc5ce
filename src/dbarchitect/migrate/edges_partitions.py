"""What the pieces of partitions need, and what needs them."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import held, parent_of, piece_of
from dbarchitect.model.address import address
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import Piece, Tables, above, fits, is_rival, partitions, parts_of, pieces_of
from dbarchitect.model.table import Table


def of_piece(element: Element, tables: Tables) -> Iterator[str]:
    """A key or index comes after its parts; after the partitions, when it is ONLY its table's.

    And one of a partition that fits its parent's and is no part of it comes after that, for it would be adopted else.
    """
    piece, table = piece_of(element), element.owner
    if piece is None:
        return
    if table.partitioning:
        yield from (place_of(other, part) for other, part in parts_of(table, piece.name, tables.values()))
        for other in partitions(table, tables.values()) if piece.only else ():
            yield _partition(other)
            yield address("own-not-nulls", *other.key)
    if is_rival(table, piece, tables):
        yield _partition(table)
        for parent in above(table, tables):
            yield from (place_of(parent, upper) for upper in pieces_of(parent) if fits(piece, upper) and not upper.only)


def of_partition(element: Element, tables: Tables) -> Iterator[str]:
    """A table is attached when its parts are there, and what they are parts of."""
    table: Table = element.owner
    parent = parent_of(table, tables)
    for piece in pieces_of(table):
        upper = held(parent, piece.attached_to)
        if parent is not None and upper is not None and not upper.only:
            yield place_of(table, piece)
            yield place_of(parent, upper)


def of_attachment(element: Element, tables: Tables) -> Iterator[str]:
    """The part, the whole, and that the table is a partition."""
    table: Table = element.owner
    parent = parent_of(table, tables)
    piece, upper = held(table, element.value[0]), held(parent, element.value[1])
    yield _partition(table)
    if piece is not None:
        yield place_of(table, piece)
    if parent is not None and upper is not None:
        yield place_of(parent, upper)


def of_own_not_null(element: Element) -> Iterator[str]:
    """The columns, the primary key, and that the table is a partition: attaching it would take the NOT NULL away."""
    table: Table = element.owner
    yield _partition(table)
    yield from (table.column_address(name) for name in element.value)
    if table.primary_key:
        yield table.constraint_address(table.primary_key.name)


def of_inherited_check(element: Element, tables: Tables) -> Iterator[str]:
    """The parent's check, and that the table is a partition."""
    table: Table = element.owner
    yield _partition(table)
    for parent in above(table, tables):
        yield from (parent.constraint_address(check.name) for check in parent.checks if check.name == element.value)


def attachments(table: Table, name: str, tables: Tables) -> Iterator[str]:
    """The addresses of the attachments to an index or key of a table."""
    for other, part in parts_of(table, name, tables.values()) if table.partitioning else ():
        yield address("attachment", other.schema, part.name)


def place_of(table: Table, piece: Piece) -> str:
    """The address of a key or index."""
    return table.index_address(piece.name) if isinstance(piece, Index) else table.constraint_address(piece.name)


def _partition(table: Table) -> str:
    return address("partition", *table.key)
