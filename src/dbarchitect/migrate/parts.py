"""An index or key of a partitioned table and its parts in the partitions: made, dropped, completed, made anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import (
    back_in,
    copy_name,
    detach_sql,
    given_up,
    held,
    keys_on,
    parent_of,
    piece_of,
    renamed,
    stays,
    taken_up,
)
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import Piece, fits, partitions, parts_of, pieces_of
from dbarchitect.model.table import Table
from dbarchitect.write.sql.constraint import add_key_sql, drop_constraint_sql
from dbarchitect.write.sql.index import drop_index_sql, index_sql
from dbarchitect.write.sql.partition import attach_index_sql


def created(element: Element, context: Context) -> list[str]:
    """The statements that make a key or index of a table."""
    made = taken_up(element, context)
    if made is not None:
        return made
    piece = piece_of(element)
    if piece is not None and _comes_with(element.owner, piece, context):
        return []
    return [_made(element.owner, element.value)]


def dropped(element: Element, context: Context) -> list[str]:
    """The statements that drop a key or index of a table; partitions whose keys hang on it step aside."""
    piece, table = piece_of(element), element.owner
    if piece is None:
        return [_gone(table, element.value)]
    parent, after = parent_of(table, context.before_tables), parent_of(table, context.after_tables)
    upper = held(parent, piece.attached_to)
    later = held(after, upper.name) if upper is not None and stays(table, context) else None
    completed = False
    if parent and after and upper and later and type(later) is type(upper) and not _is_key_on_index(piece, upper):
        completed = upper.only and not later.only and _completed(parent, after, later, context) is not None
        if upper.only and later.only:
            return remade(table, upper, context)
        if (upper.only or later.only) and not completed:
            return []
    gone = given_up(element, context, completed=completed)
    return _dropped(table, piece, context) if gone is None else gone


def changed(before: Element, after: Element, context: Context) -> list[str] | None:
    """ONLY the parent's becomes one for all once each partition has its part; the other way it is made anew."""
    was, will = piece_of(before), piece_of(after)
    if was is None or will is None or was.only == will.only:
        return None
    if not will.only:
        made = _completed(before.owner, after.owner, will, context)
        if made is not None:
            return made
    if was.attached_to and stays(before.owner, context):
        return []  # goes and comes with its parent's
    return _anew(before.owner, was, context)


def _completed(before: Table, after: Table, piece: Piece, context: Context) -> list[str] | None:
    """The copies that partitions lack, made and attached; None when that is not enough."""
    statements, tables = [], context.after_tables
    for partition in partitions(after, tables.values()):
        was = context.before_tables.get(partition.key)
        if any(part.attached_to == piece.name for part in pieces_of(partition)):
            continue
        if was is None or not stays(partition, context):
            return None
        held_before = [part for part in pieces_of(was) if part.attached_to == piece.name]
        if any(part.only for part in held_before):
            return None
        if held_before:
            continue  # it goes without saying from now on
        if any(fits(part, piece) for part in pieces_of(partition)):
            return None
        name = copy_name(partition, piece, tables)
        copy = replace(piece, name=name, attached_to=piece.name)
        statements += [_made(partition, copy), attach_index_sql(partition, copy)]
    return statements


def without_copies(table: Table, context: Context) -> list[str]:
    """What is ONLY the parent's is made anew when a table becomes a partition, which gets a copy of it else.

    Args:
        table: the table, as it will be.
        context: the two schemas.
    """
    parent = parent_of(table, context.after_tables)
    before = context.before_tables.get(parent.key) if parent else None
    statements: list[str] = []
    if parent is None or before is None:
        return statements
    for piece in pieces_of(parent):
        if (
            piece.only
            and piece in pieces_of(before)
            and all(part.attached_to != piece.name for part in pieces_of(table))
        ):
            statements += _anew(parent, piece, context)
    return statements


def remade(table: Table, upper: Piece, context: Context) -> list[str]:
    """The statements that make an index of the parent of a partition anew, without a part that must not be one.

    Args:
        table: the partition.
        upper: the parent's index or key, as it was.
        context: the two schemas.
    """
    parent = parent_of(table, context.before_tables)
    return _anew(parent, upper, context) if parent else []


def _anew(table: Table, piece: Piece, context: Context) -> list[str]:
    """Drops an index with its parts, makes it, and the parts that stay; a part cannot be detached by itself."""
    statements = _dropped(table, piece, context)
    after = context.after_tables[table.key]
    now = held(after, piece.name)
    assert now is not None
    if now.only:
        statements.append(_made(after, now))
    gone = list(_below(table, piece, context))
    names = {(partition.key, part.name) for partition, part in gone}
    turned = now.only and not piece.only
    wanted = list(_in_order_of_making(after, now, context))
    known = {(partition.key, part.name) for partition, part in wanted}
    for partition, part in gone:
        later = context.after_tables.get(partition.key)
        kept = held(later, part.name)
        if later is not None and kept is not None and (later.key, kept.name) not in known and type(kept) is type(part):
            wanted.append((later, kept))
    for partition, part in wanted:
        was = held(context.before_tables.get(partition.key), part.name)
        if (was is None and turned) or (partition.key, part.name) in names:
            statements.append(_made(partition, part))
    if not now.only:
        statements.append(_made(after, now))
    for partition, part in [*_keys_below(table, piece, context), *gone]:
        later = context.after_tables.get(partition.key)
        kept = held(later, part.name)
        if later is not None and kept is not None and kept.attached_to == part.attached_to and stays(later, context):
            statements.append(attach_index_sql(later, kept))
    return statements


def _in_order_of_making(table: Table, piece: Piece, context: Context) -> Iterator[tuple[Table, Piece]]:
    """The parts as they will be: before what they are parts of, unless that is ONLY its table's."""
    for partition, part in parts_of(table, piece.name, context.after_tables.values()):
        if _is_key_on_index(part, piece):
            continue
        below = list(_in_order_of_making(partition, part, context))
        yield from [(partition, part), *below] if part.only else [*below, (partition, part)]


def _comes_with(table: Table, piece: Piece, context: Context) -> bool:
    """Whether the piece is made with what it is a part of, which was for all partitions and becomes ONLY its own's."""
    before, parent = context.before_tables.get(table.key), parent_of(table, context.after_tables)
    upper = held(parent, piece.attached_to)
    if parent is None or before is None or upper is None or not stays(table, context):
        return False
    was = held(context.before_tables.get(parent.key), upper.name)
    if was is None:
        return _comes_with(parent, upper, context)
    if held(before, piece.name) or not upper.only or _is_key_on_index(piece, upper):
        return False
    return not was.only and replace(was, only=True, comment=None) == replace(upper, comment=None)


def _below(table: Table, piece: Piece, context: Context) -> Iterator[tuple[Table, Piece]]:
    """The parts that go with an index or key, at any depth, the upper ones first."""
    for partition, part in parts_of(table, piece.name, context.before_tables.values()):
        if not _is_key_on_index(part, piece):
            yield partition, part
            yield from _below(partition, part, context)


def _keys_below(table: Table, piece: Piece, context: Context) -> Iterator[tuple[Table, Piece]]:
    """The keys of partitions that stand on parts of an index, and stay when it goes."""
    for partition, part in parts_of(table, piece.name, context.before_tables.values()):
        if _is_key_on_index(part, piece):
            yield partition, part
        else:
            yield from _keys_below(partition, part, context)


def _is_key_on_index(part: Piece, upper: Piece) -> bool:
    return isinstance(upper, Index) and not isinstance(part, Index)


def _dropped(table: Table, piece: Piece, context: Context) -> list[str]:
    """DROP, between DETACH and ATTACH of the partitions of which a key hangs on it: PostgreSQL refuses it else."""
    aside = []
    if isinstance(piece, Index) and table.partitioning:
        aside = [other for other in keys_on(table, piece.name, context.before_tables) if stays(other, context)]
    out = [detach_sql(other) for other in aside]
    back = [sql for other in aside for sql in back_in(context.after_tables[other.key])]
    return [*out, _gone(table, piece), *back]


def _gone(table: Table, piece: Piece) -> str:
    return drop_index_sql(table, piece) if isinstance(piece, Index) else drop_constraint_sql(table, piece.name)


def _made(table: Table, piece: Piece) -> str:
    return index_sql(table, piece) if isinstance(piece, Index) else add_key_sql(table, piece)


def attached(table: Table, name: str, context: Context) -> list[str]:
    """The statements that make a key or index of a partition a part of its parent's.

    Args:
        table: the partition, as it will be.
        name: its key or index.
        context: the two schemas.
    """
    piece = held(table, name)
    parent = parent_of(table, context.after_tables)
    upper = held(parent, piece.attached_to) if piece else None
    if piece is None or parent is None or upper is None:
        return []
    before = context.before_tables.get(table.key)
    was = held(context.before_tables.get(parent.key), upper.name)
    was = was if type(was) is type(upper) else None
    joins = before is None or before.partition_of is None
    if (joins and (was is not None or not upper.only)) or (was is None and not upper.only):
        return []  # PostgreSQL adopts it when the later of the two comes
    if was is None or was.only or upper.only or not stays(table, context):
        return [attach_index_sql(table, piece)]
    own = held(before, name)
    if own is None or own.attached_to or type(own) is not type(piece):
        return []
    return [_gone(table, own), renamed(table, piece, copy_name(table, upper, context.before_tables), name)]


def let_go(table: Table, name: str, context: Context) -> list[str]:
    """The statements after which a key or index of a partition is no part of its parent's any more.

    Args:
        table: the partition, as it was.
        name: its key or index, which stays.
        context: the two schemas.
    """
    piece = held(table, name)
    later = context.after_tables.get(table.key)
    own = held(later, name)
    upper = held(parent_of(table, context.before_tables), piece.attached_to) if piece else None
    if piece is None or later is None or own is None or upper is None or not stays(table, context):
        return []
    now = held(parent_of(later, context.after_tables), upper.name)
    if now is None or type(now) is not type(upper) or type(own) is not type(piece):
        return []
    if upper.only and now.only:
        return remade(table, upper, context)
    if upper.only or now.only or _is_key_on_index(piece, upper):
        return []
    copy = copy_name(table, upper, context.after_tables)
    return [renamed(table, piece, name, copy), _made(later, own)]
