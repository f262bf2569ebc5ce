"""Keys and indexes that a partition has from its parent, and those that take their place.

PostgreSQL makes a copy of a parent's key or index in each partition, unless one that fits is there: it adopts that. A
table that is detached keeps the copies. So where one schema has a piece of its own and the other one has a copy, only
the name changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.constraint import ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import (
    Piece,
    Tables,
    above,
    fits,
    is_usual_name,
    keys_of,
    partitions,
    pieces_of,
    words_of,
)
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen, index_words
from dbarchitect.write.sql.constraint import drop_constraint_sql
from dbarchitect.write.sql.index import drop_index_sql
from dbarchitect.write.sql.partition import attach_sql, own_not_null_sql

KINDS = ("primary key", "unique", "exclusion", "index")
"""The kinds of pieces that partitions have from their parents."""


def piece_of(element: Element) -> Piece | None:
    """The key or index that an element is, with what it is attached to; None for what is neither."""
    if element.kind not in KINDS or not isinstance(element.owner, Table):
        return None
    return held(element.owner, element.value.name)


def held(table: Table | None, name: str | None) -> Piece | None:
    """The key or index of that name."""
    return next((piece for piece in (pieces_of(table) if table else ()) if piece.name == name), None)


def parent_of(table: Table, tables: Tables) -> Table | None:
    """The table that one is a partition of."""
    return next(above(table, tables), None)


def stays(table: Table, context: Context) -> bool:
    """Whether a table is the same partition of the same parent before and after."""
    before, after = context.before_tables.get(table.key), context.after_tables.get(table.key)
    return bool(before and after and before.partition_of and before.partition_of == after.partition_of)


def is_adopted(operation: Operation, context: Context) -> bool:
    """Whether a partition's own foreign key is what its parent has, so that nothing is to be said of it.

    Attaching a table takes its own for that of the parent when they are alike, and one that is detached keeps it.
    """
    table = operation.element.owner
    if operation.kind != "foreign key" or not isinstance(table, Table):
        return False
    before, after = context.before_tables.get(table.key), context.after_tables.get(table.key)
    if before is None or after is None:
        return False
    key = operation.element.value
    if operation.action == "drop" and before.partition_of is None:
        return any(_alike(key, other) for other in _foreign_keys(after, context.after_tables))
    if operation.action == "create" and after.partition_of is None:
        return any(_alike(key, other) for other in _foreign_keys(before, context.before_tables))
    return False


def given_up(element: Element, context: Context, *, completed: bool = False) -> list[str] | None:
    """What makes a parent's copy of a piece that goes, because a copy stands in its place; None when it must go.

    Args:
        element: the key or index.
        context: the two schemas.
        completed: what was ONLY the parent's becomes one for all where it stands.
    """
    piece, table = piece_of(element), element.owner
    upper = _copied(piece, table, context.before_tables, context.after_tables, completed=completed) if piece else None
    if piece is None or upper is None:
        return None
    if isinstance(upper, Index) and not isinstance(piece, Index):
        return out_and_in(table, context, drop_constraint_sql(table, piece.name)) if table.partition_of else None
    if is_usual_name(piece.name, table.name, words_of(piece)):
        return []
    return [renamed(table, piece, piece.name, copy_name(table, upper, context.after_tables))]


def taken_up(element: Element, context: Context) -> list[str] | None:
    """What makes a piece out of a parent's copy that stands in its place; None when it must be made."""
    piece, table = piece_of(element), element.owner
    upper = _copied(piece, table, context.after_tables, context.before_tables) if piece else None
    if piece is None or upper is None:
        return None
    name = copy_name(table, upper, context.before_tables)
    if isinstance(upper, Index) and isinstance(piece, PrimaryKey | Unique):
        return [_using(table, piece, name)] if table.partition_of else None
    return [] if name == piece.name else [renamed(table, piece, name, piece.name)]


def _copied(piece: Piece, table: Table, here: Tables, there: Tables, *, completed: bool = False) -> Piece | None:
    """The parent's key or index of which the other schema has a copy where this one has the piece.

    Args:
        piece: a key or index of the table.
        table: the table in this schema.
        here: the tables of this schema.
        there: those of the other one.
        completed: what is ONLY the parent's here, and for all there, counts.
    """
    other = there.get(table.key)
    if other is None or other.partition_of is None or held(other, piece.name):
        return None
    if piece.attached_to and table.partition_of == other.partition_of:
        was = held(parent_of(table, here), piece.attached_to)
        found = held(parent_of(other, there), piece.attached_to)
        if (
            was is None
            or found is None
            or (was.only and not completed)
            or type(was) is not type(found)
            or not fits(was, found)
        ):
            return None
    elif table.partition_of is None:
        uppers = [upper for parent in above(other, there) for upper in pieces_of(parent)]
        found = next((upper for upper in uppers if fits(piece, upper) and isinstance(piece, Index | type(upper))), None)
    else:
        return None
    if found is None or found.only or any(part.attached_to == found.name for part in pieces_of(other)):
        return None
    return found


def renamed(table: Table, piece: Piece, old: str, new: str) -> str:
    """The statement that gives a key or index another name."""
    if isinstance(piece, Index):
        return f"ALTER INDEX {qualified(table.schema, old)} RENAME TO {quote(new)}"
    return f"ALTER TABLE {qualified(*table.key)} RENAME CONSTRAINT {quote(old)} TO {quote(new)}"


def _using(table: Table, key: PrimaryKey | Unique, index: str) -> str:
    word = "PRIMARY KEY" if isinstance(key, PrimaryKey) else "UNIQUE"
    deferral = " DEFERRABLE INITIALLY DEFERRED" if key.initially_deferred else " DEFERRABLE" if key.deferrable else ""
    place = f"ALTER TABLE {qualified(*table.key)}"
    return f"{place}\n  ADD CONSTRAINT {quote(key.name)} {word} USING INDEX {quote(index)}{deferral}"


def copy_name(table: Table, upper: Piece, tables: Tables, taken: Collection[str] = ()) -> str:
    """The name that PostgreSQL gave, or will give, to a partition's copy of a parent's key or index.

    Args:
        table: the partition.
        upper: what its parent has.
        tables: the tables of the schema, whose names are taken.
        taken: names that are taken, too.
    """
    return _named(table, upper, {*taken, *(piece.name for other in tables.values() for piece in pieces_of(other))})


def _named(table: Table, upper: Piece, taken: Collection[str]) -> str:
    if isinstance(upper, Index):
        words = (*index_words((part.column, part.expression) for part in upper.parts), *upper.include)
        return chosen(table.name, words, "idx", taken)
    if isinstance(upper, PrimaryKey):
        return chosen(table.name, [], "pkey", taken)
    return chosen(table.name, words_of(upper), "key" if isinstance(upper, Unique) else "excl", taken)


def left_over(table: Table, context: Context) -> Iterator[str]:
    """The statements that drop what a table which is detached keeps from its parent and must not have.

    Args:
        table: as it was, a partition.
        context: in the direction of the detaching.
    """
    after = context.after_tables.get(table.key)
    if after is None or after.partition_of:
        return
    before, taken = context.before_tables, set[str]()
    wanted = [_copied(piece, after, context.after_tables, before) for piece in pieces_of(after)]
    taken |= {piece.name for other in before.values() for piece in pieces_of(other)}
    own = {piece.attached_to for piece in pieces_of(table)}
    for parent in above(table, before):
        for upper in pieces_of(parent):
            if upper.name in own or upper.only:
                continue
            name = _named(table, upper, taken)
            taken.add(name)
            if upper in wanted:
                continue
            made = replace(upper, name=name)
            yield drop_index_sql(table, made) if isinstance(made, Index) else drop_constraint_sql(table, name)
    for key in _foreign_keys(table, before):
        if not any(_alike(key, other) for other in after.foreign_keys):
            yield drop_constraint_sql(table, key.name)


def _foreign_keys(table: Table, tables: Tables) -> Iterator[ForeignKey]:
    for parent in above(table, tables):
        yield from parent.foreign_keys


def _alike(one: ForeignKey, other: ForeignKey) -> bool:
    return replace(one, name="", comment=None) == replace(other, name="", comment=None)


def out_and_in(table: Table, context: Context, *between: str) -> list[str]:
    """A partition is detached for some statements, because PostgreSQL refuses them while it is one.

    Args:
        table: the partition, which stays one.
        context: the two schemas.
        between: the statements.
    """
    after = context.after_tables[table.key]
    return [detach_sql(table), *between, *back_in(after)]


def detach_sql(table: Table) -> str:
    """ALTER TABLE … DETACH PARTITION."""
    assert table.partition_of is not None
    parent = qualified(table.partition_of.schema, table.partition_of.table)
    return f"ALTER TABLE {parent} DETACH PARTITION {qualified(*table.key)}"


def back_in(table: Table) -> list[str]:
    """ATTACH PARTITION, and the NOT NULLs that it takes for the parent's."""
    return [attach_sql(table), *(own_not_null_sql(table, column) for column in table.own_not_nulls)]


def keys_on(table: Table, name: str, tables: Tables) -> Iterator[Table]:
    """The partitions, at any depth, of which a key stands on a part of an index."""
    for other in partitions(table, tables.values()):
        if any(key.attached_to == name for key in keys_of(other)):
            yield other
        for index in other.indexes:
            if index.attached_to == name:
                yield from keys_on(other, index.name, tables)
