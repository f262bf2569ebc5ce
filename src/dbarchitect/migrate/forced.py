"""Pieces of partitions that must be dropped and made again because others are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.edges_partitions import place_of
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import held, parent_of, piece_of, stays
from dbarchitect.model.address import address
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import above, fits, is_rival, pieces_of
from dbarchitect.model.table import Table

Elements = Mapping[str, Element]


def forced(before: Elements, after: Elements, again: Set[str], context: Context) -> set[str]:
    """The pieces, on both sides and not in `again` yet, that cannot stay.

    Args:
        before: the pieces before.
        after: the pieces after.
        again: those that are dropped and made again.
        context: the two schemas.
    """

    def is_made(place: str) -> bool:
        return place in after and (place not in before or place in again)

    def goes(place: str) -> bool:
        return place in before and (place not in after or place in again)

    found: set[str] = set()
    for place, element in before.items():
        piece = piece_of(element)
        if piece is None or place in again or place not in after:
            continue
        table: Table = element.owner
        if held(context.after_tables.get(table.key), piece.name) is None:
            continue
        if any(goes(upper) for upper in _takes_along(element, context)) or any(
            is_made(other) for other in _would_adopt(after[place], context)
        ):
            found.add(place)
    return found


def _takes_along(element: Element, context: Context) -> Iterator[str]:
    """What takes the piece along when it is dropped: what it is a part of."""
    piece, table = piece_of(element), element.owner
    parent = parent_of(table, context.before_tables)
    upper = held(parent, piece.attached_to if piece else None)
    if parent is None or upper is None or not stays(table, context):
        return
    if not isinstance(upper, Index) or isinstance(piece, Index):
        yield place_of(parent, upper)


def _would_adopt(element: Element, context: Context) -> Iterator[str]:
    """What would adopt a piece that is to be no part of it, if it came while the piece is there."""
    piece, table = piece_of(element), element.owner
    if piece is None or not is_rival(table, piece, context.after_tables):
        return
    yield address("partition", *table.key)
    for parent in above(table, context.after_tables):
        yield from (place_of(parent, upper) for upper in pieces_of(parent) if fits(piece, upper) and not upper.only)
        if parent.partition_of:
            yield address("partition", *parent.key)
