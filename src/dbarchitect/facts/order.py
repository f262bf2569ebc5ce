"""The order in which tables can be filled: parents before children."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.model.table import Table


def insert_order(tables: Sequence[Table]) -> tuple[Table, ...]:
    """Tables sorted so that every reference that must be filled points backwards.

    Required references count first. Where they form a cycle, the tables of the cycle follow in name order and need
    deferred constraints; a nullable reference that points forward must be filled in a second step.

    Args:
        tables: the tables of one schema.
    """
    by_key = {table.key: table for table in tables}
    optional = {table.key: _parents(table, required=False) & by_key.keys() for table in tables}
    required = {table.key: _parents(table, required=True) & by_key.keys() for table in tables}
    placed: dict[tuple[str, str], Table] = {}
    waiting = sorted(by_key)
    while waiting:
        ready = [key for key in waiting if (required[key] | optional[key]) <= placed.keys()]
        ready = ready or [key for key in waiting if required[key] <= placed.keys()][:1]
        ready = ready or [min(waiting, key=lambda key: (len(required[key] - placed.keys()), key))]
        for key in ready:
            placed[key] = by_key[key]
        done = set(ready)
        waiting = [key for key in waiting if key not in done]
    return tuple(placed.values())


def _parents(table: Table, *, required: bool) -> set[tuple[str, str]]:
    parents = set()
    for key in table.foreign_keys:
        must = not any(table.has(name) and table.column(name).nullable for name in key.columns)
        target = (key.target_schema, key.target_table)
        if must == required and target != table.key:
            parents.add(target)
    return parents
