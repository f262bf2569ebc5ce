"""The NOT NULLs that a partition says itself, beside its parent's or alone.

One that is only the parent's goes with the parent's. PostgreSQL makes it the partition's own, too, when asked, and has
no way back but to detach the partition and to attach it again. That alone is no reason to do so: it is done where keys
are made anew or types change, which needs the table for itself anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.partitions import held, out_and_in, parent_of, stays
from dbarchitect.model.index import Index
from dbarchitect.model.inheritance import above, effective_columns, keys_of, pieces_of
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.write.sql.partition import is_attached, own_not_null_sql

KIND, RANK = "own not null", 19


def create(element: Element, context: Context) -> list[str]:
    """SET NOT NULL, where the column has it from the parent already."""
    return _added(element.owner, element.value, (), context)


def drop(element: Element, context: Context) -> list[str]:
    """Out and in again."""
    return _taken(element.owner, element.value, context)


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Some come, some go."""
    gone = _taken(after.owner, [name for name in before.value if name not in after.value], context)
    return gone or _added(after.owner, after.value, before.value, context)


def is_idle(before: Element, after: Element | None, context: Context) -> bool:
    """Whether nothing but NOT NULLs that are the partition's own, too, would go, and nothing needs the table anyway."""
    table: Table = before.owner
    gone = set(before.value) - set(after.value if after else ())
    if not stays(table, context) or (after and set(after.value) - set(before.value)):
        return False
    nullable = {column.name for column in effective_columns(context.after_tables, table.key) if column.nullable}
    return not gone & nullable and not any(_is_touched(table, name, context) for name in sorted(gone))


def _added(table: Table, columns: Iterable[str], known: Iterable[str], context: Context) -> list[str]:
    before = context.before_tables.get(table.key)
    if before is None and not is_attached(table, context.after_tables):
        return []  # CREATE TABLE says it
    if before is None or before.partition_of is None:
        return [own_not_null_sql(table, name) for name in columns if name in table.own_not_nulls]
    had = {column.name for column in effective_columns(context.before_tables, table.key) if not column.nullable}
    return [own_not_null_sql(table, name) for name in columns if name in had and name not in known]


def _taken(table: Table, columns: Iterable[str], context: Context) -> list[str]:
    before, after = context.before_tables.get(table.key), context.after_tables.get(table.key)
    if before is None or after is None or not stays(table, context):
        return []
    required = {column.name for column in effective_columns(context.after_tables, table.key) if not column.nullable}
    gone = [name for name in columns if name in required]
    alone = [name for name in gone if name not in before.own_not_nulls and not _is_keyed(before, name)]
    place = f"ALTER TABLE {qualified(*table.key)} ALTER COLUMN"
    freed = [f"{place} {quote(name)} DROP NOT NULL" for name in alone]  # and the parent's comes for all
    if not set(gone) & set(before.own_not_nulls):
        return freed
    if _steps_aside(before, context):
        return freed  # and comes back without it
    parent = parent_of(before, context.before_tables)
    uppers = {piece.name for piece in (pieces_of(parent) if parent else ()) if piece.only}
    if uppers - {piece.attached_to for piece in pieces_of(before)}:
        return freed  # attaching would give the partition a copy of what is ONLY its parent's
    return [*freed, *out_and_in(table, context)]


def _is_keyed(table: Table, name: str) -> bool:
    return table.primary_key is not None and name in table.primary_key.columns


def _steps_aside(table: Table, context: Context) -> bool:
    """Whether the partition is detached anyway, because a key of it hangs on an index that is dropped."""
    parent = parent_of(table, context.before_tables)
    later = context.after_tables.get(parent.key) if parent else None
    uppers = [held(parent, key.attached_to) for key in keys_of(table)]
    return any(isinstance(upper, Index) and upper not in (later.indexes if later else ()) for upper in uppers)


def _is_touched(table: Table, name: str, context: Context) -> bool:
    """Whether the plan makes a primary key with the column anew, or changes a type in it or the column's."""
    for place in (table, *above(table, context.after_tables)):
        was, will = context.before_tables.get(place.key), context.after_tables.get(place.key)
        if was is None or will is None:
            return True
        keys = [key for key in (was.primary_key, will.primary_key) if key and name in key.columns]
        if keys and was.primary_key != will.primary_key:
            return True
        before, after = (
            {column.name: column.type for column in effective_columns(tables, place.key)}
            for tables in (context.before_tables, context.after_tables)
        )
        looked_at = {name}.union(*(key.columns for key in keys))
        if any(before.get(column) != after.get(column) for column in looked_at):
            return True
    return False
