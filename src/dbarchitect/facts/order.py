"""The order in which tables can be filled: parents before children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbarchitect.model.table import Table

Key = tuple[str, str]


def insert_order(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables sorted so that every reference that must be filled points backwards.

    Required references that are checked at once count first; a reference that may be deferred can wait for its row.
    Where the others form a cycle, its tables come before all that need them; a nullable reference that points forward
    must be filled in a second step.

    Args:
        tables: the tables of one schema.
    """
    by_key = {table.key: table for table in tables}
    optional = {table.key: _parents(table, required=False) & by_key.keys() for table in tables}
    required = {table.key: _parents(table, required=True) & by_key.keys() for table in tables}
    placed: dict[Key, Table] = {}
    waiting = sorted(by_key)
    while waiting:
        ready = [key for key in waiting if (required[key] | optional[key]) <= placed.keys()]
        ready = ready or [key for key in waiting if required[key] <= placed.keys()][:1]
        ready = ready or [_cyclic(waiting, required)]
        for key in ready:
            placed[key] = by_key[key]
        done = set(ready)
        waiting = [key for key in waiting if key not in done]
    return tuple(placed.values())


def _cyclic(waiting: Sequence[Key], required: Mapping[Key, set[Key]]) -> Key:
    """A table of a cycle that waits for nothing but the cycle itself."""
    needs = {key: _reach(key, required) & set(waiting) for key in waiting}
    return min(
        waiting, key=lambda key: (key not in needs[key], len(needs[key]), len(required[key] & set(waiting)), key)
    )


def _reach(start: Key, required: Mapping[Key, set[Key]]) -> set[Key]:
    found: set[Key] = set()
    ahead = [start]
    while ahead:
        new = required[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def _parents(table: Table, *, required: bool) -> set[Key]:
    parents = set()
    for key in table.foreign_keys:
        nullable = any(table.has(name) and table.column(name).nullable for name in key.columns)
        must = not nullable and not key.deferrable
        target = (key.target_schema, key.target_table)
        if must == required and target != table.key:
            parents.add(target)
    return parents
