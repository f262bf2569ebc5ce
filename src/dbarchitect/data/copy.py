"""Copies of rows as SQL: the same row again, with a new identity and whatever else shall differ."""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table


def copy_row(table: Table, ctid: str, changes: Mapping[str, str], *, fresh_keys: bool = True) -> str:
    """INSERT … SELECT of one row of the table.

    Args:
        table: the table.
        ctid: where the row lies.
        changes: SQL expressions by column.
        fresh_keys: give a surrogate primary key a new value; False copies it.
    """
    changed = dict(changes)
    if fresh_keys and table.primary_key and len(table.primary_key.columns) == 1:
        key = table.column(table.primary_key.columns[0])
        if key.type.category == "uuid":
            changed.setdefault(key.name, "gen_random_uuid()")
    names, values = [], []
    for column in table.columns:
        identity = column.identity is not None and fresh_keys and column.name not in changed
        if column.generated is not None or identity:
            continue
        names.append(quote(column.name))
        values.append(changed.get(column.name, f"r.{quote(column.name)}"))
    source = qualified(table.schema, table.name)
    overriding = " overriding system value" if any(c.identity for c in table.columns if not fresh_keys) else ""
    return (
        f"insert into {source} ({', '.join(names)}){overriding} "
        f"select {', '.join(values)} from {source} r where r.ctid = '{ctid}'"
    )
