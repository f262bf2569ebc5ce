"""Copies of rows as SQL: the same row again, with a new identity and whatever else shall differ."""

from __future__ import annotations

from collections.abc import Mapping

from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table


def makes_own_keys(table: Table) -> bool:
    """Whether a row can get a key that no other has, without knowing what the key means: a uuid, or one that the
    database counts up.
    """
    key = table.primary_key
    if key is None or len(key.columns) != 1 or any(set(f.columns) == set(key.columns) for f in table.foreign_keys):
        return False
    column = table.column(key.columns[0])
    return column.type.category == "uuid" or column.identity is not None or column.default is not None


def copy_row(table: Table, row: str, changes: Mapping[str, str], *, fresh_keys: bool = True) -> str:
    """INSERT … SELECT of one row of the table.

    Args:
        table: the table.
        row: the condition that chooses the row, called `r`.
        changes: SQL expressions by column.
        fresh_keys: give a surrogate primary key a new value; False copies it.
    """
    changed = dict(changes)
    left_out = set()
    if fresh_keys and makes_own_keys(table) and table.primary_key:
        key = table.column(table.primary_key.columns[0])
        if key.identity is not None or key.default is not None:
            left_out.add(key.name)
        else:
            changed.setdefault(key.name, "gen_random_uuid()")
    given = [column for column in table.columns if column.generated is None and column.name not in left_out]
    names = ", ".join(quote(column.name) for column in given)
    values = ", ".join(changed.get(column.name, f"r.{quote(column.name)}") for column in given)
    source = qualified(table.schema, table.name)
    overriding = " overriding system value" if any(column.identity for column in given) else ""
    return f"insert into {source} ({names}){overriding} select {values} from {source} r where {row}"
