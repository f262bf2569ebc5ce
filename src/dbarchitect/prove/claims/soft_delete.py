"""Each business key survives soft delete: the same thing can be made again, and a link can be revived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.data.copy import copy_row, makes_own_keys
from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "soft_delete"
RANK = 10
STATEMENT = "What was soft-deleted can be made again."


def check(context: Context) -> Iterator[Claim]:
    """Soft-delete a row, insert its copy with a new id; soft-delete a link, link again (DESIGN, sections 5 and 7).

    Primary keys and what contains them are exempt: a copy has another one.
    """
    with context.playground() as connection:
        for table in context.schema.tables:
            deleted_at = context.lookup.managed(table, "deleted_at")
            if not context.lookup.intent(table).soft_delete or deleted_at is None or table.partition_of:
                continue
            if not makes_own_keys(table):
                yield _revive(connection, table, deleted_at)
            elif keys := _business_keys(table):
                yield _make_again(connection, table, deleted_at, keys)


def _business_keys(table: Table) -> list[str]:
    """What must be unique beside the primary key and keys that contain it."""
    identity = set(table.primary_key.columns) if table.primary_key else set()
    names = [unique.name for unique in table.uniques if not identity <= set(unique.columns)]
    names += [index.name for index in table.indexes if index.unique and not identity <= set(index.columns)]
    return sorted([*names, *(exclusion.name for exclusion in table.exclusions)])


def _make_again(connection: psycopg.Connection[Any], table: Table, deleted_at: str, keys: list[str]) -> Claim:
    import psycopg

    statement = f"After a soft delete, {table.name} takes a new row with the same business keys."
    row = _live_row(connection, table, deleted_at)
    if row is None:
        return unproved(KIND, table.address, statement, f"the seed has no live row in {table.name}")
    remove = _mark(table, deleted_at, row)
    insert = copy_row(table, _chosen(table, row), {deleted_at: "null"})
    evidence = {"keys": keys, "sql": [remove, insert]}
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(remove.encode())
            connection.execute(insert.encode())
            if late := _late(table, keys):
                connection.execute(f"set constraints {late} immediate".encode())
    except psycopg.Error as error:
        reason = first_line(error)
        if error.sqlstate in ("23505", "23P01"):
            reason = f"{error.diag.constraint_name} does not spare soft-deleted rows ({reason})"
        return failed(KIND, table.address, statement, reason, **evidence)
    return proved(KIND, table.address, statement, **evidence)


def _late(table: Table, keys: list[str]) -> str:
    """Those of the keys that wait for the end of the transaction. A reference may: a copied tenant has no parts yet."""
    names = [unique.name for unique in table.uniques if unique.deferrable]
    names += [exclusion.name for exclusion in table.exclusions if exclusion.deferrable]
    return ", ".join(f"{quote(table.schema)}.{quote(name)}" for name in names if name in keys)


def _revive(connection: psycopg.Connection[Any], table: Table, deleted_at: str) -> Claim:
    import psycopg

    statement = f"A soft-deleted row of {table.name} lives again when it is added again."
    if table.primary_key is None:
        return failed(KIND, table.address, statement, f"{table.name} has no primary key to recognise the row by")
    row = _live_row(connection, table, deleted_at)
    if row is None:
        return unproved(KIND, table.address, statement, f"the seed has no live row in {table.name}")
    keys = ", ".join(quote(column) for column in table.primary_key.columns)
    remove = _mark(table, deleted_at, row)
    insert = copy_row(table, _chosen(table, row), {deleted_at: "null"}, fresh_keys=False)
    mark = quote(deleted_at)
    sql = f"{insert} on conflict ({keys}) do update set {mark} = null returning {mark}"
    evidence = {"sql": [remove, sql]}
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(remove.encode())
            revived = connection.execute(sql.encode()).fetchone()
    except psycopg.Error as error:
        return failed(KIND, table.address, statement, first_line(error), **evidence)
    if revived is None or revived[0] is not None:
        return failed(KIND, table.address, statement, "the row stayed deleted", **evidence)
    return proved(KIND, table.address, statement, **evidence)


def _live_row(connection: psycopg.Connection[Any], table: Table, deleted_at: str) -> tuple[str, ...] | None:
    """The primary key of the first row that is not deleted, as texts."""
    columns = _identity(table)
    shown = ", ".join(f"{quote(column)}::text" for column in columns)
    order = ", ".join(quote(column) for column in columns)
    query = f"select {shown} from {qualified(*table.key)} where {quote(deleted_at)} is null order by {order} limit 1"
    return connection.execute(query.encode()).fetchone()


def _identity(table: Table) -> tuple[str, ...]:
    return table.primary_key.columns if table.primary_key else (table.columns[0].name,)


def _chosen(table: Table, row: tuple[str, ...], alias: str = "r.") -> str:
    from dbarchitect.data.violation import literal

    pairs = zip(_identity(table), row, strict=True)
    return " and ".join(f"{alias}{quote(column)} = {literal(value)}" for column, value in pairs)


def _mark(table: Table, deleted_at: str, row: tuple[str, ...]) -> str:
    return f"update {qualified(*table.key)} set {quote(deleted_at)} = now() where {_chosen(table, row, '')}"
