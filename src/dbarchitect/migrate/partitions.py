"""Keys and indexes that a partition has from its parent: attaching adopts those of its own, detaching leaves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.table import Table
from dbarchitect.sql.default_names import chosen, index_words

Tables = Mapping[tuple[str, str], Table]
Held = tuple[str, Any]
"""(kind of piece, value)."""
_FIELDS = {"unique": "uniques", "exclusion": "exclusions", "foreign key": "foreign_keys", "index": "indexes"}


def is_adopted(operation: Operation, context: Context) -> bool:
    """Whether a partition's own key or index is what its parent has, so that nothing is to be said of it.

    Attaching a table takes its own for that of the parent when they are alike. And a table that is detached keeps what
    it had from its parent.
    """
    table = operation.element.owner
    if operation.kind not in ("primary key", *_FIELDS) or not isinstance(table, Table):
        return False
    here = (operation.kind, operation.element.value)
    before, after = context.before_tables.get(table.key), context.after_tables.get(table.key)
    if before is None or after is None:
        return False
    if operation.action == "drop" and before.partition_of is None:
        return any(_alike(here, held) for held in inherited(after, context.after_tables))
    if operation.action == "create" and after.partition_of is None:
        return any(_alike(here, held) for held in inherited(before, context.before_tables))
    return False


def left_over(table: Table, context: Context) -> Iterator[Held]:
    """What a table that is detached keeps from its parent and must not have, by the name that PostgreSQL gave it.

    Args:
        table: as it was, a partition.
        context: in the direction of the detaching.
    """
    after = context.after_tables.get(table.key)
    if after is None or after.partition_of:
        return
    wanted = list(held_by(after))
    taken = {name for other in context.before.tables for _, value in held_by(other) for name in (value.name,)}
    for kind, value in inherited(table, context.before_tables):
        if any(_alike((kind, value), held) for held in wanted):
            continue
        name = value.name if kind == "foreign key" else _named(table, kind, value, taken)
        taken.add(name)
        yield kind, replace(value, name=name)


def inherited(table: Table, tables: Tables) -> Iterator[Held]:
    """The keys and indexes that a partition has from those above it."""
    above = table.partition_of
    while above and (parent := tables.get((above.schema, above.table))):
        yield from held_by(parent)
        above = parent.partition_of


def held_by(table: Table) -> Iterator[Held]:
    """A table's own keys and indexes."""
    if table.primary_key:
        yield "primary key", table.primary_key
    for kind, field in _FIELDS.items():
        yield from ((kind, value) for value in getattr(table, field) if not getattr(value, "only", False))


def _alike(one: Held, other: Held) -> bool:
    if one[0] != other[0]:
        return False
    return bool(_bare(one) == _bare(other))


def _bare(held: Held) -> Any:
    value = replace(held[1], name="", comment=None)
    return replace(value, options=()) if held[0] == "index" else value


def _named(table: Table, kind: str, value: Any, taken: set[str]) -> str:
    if kind == "primary key":
        return chosen(table.name, [], "pkey", taken)
    if kind == "unique":
        return chosen(table.name, value.columns, "key", taken)
    if kind == "exclusion":
        return chosen(table.name, [item.column or "expr" for item in value.elements], "excl", taken)
    return chosen(table.name, index_words((part.column, part.expression) for part in value.parts), "idx", taken)
