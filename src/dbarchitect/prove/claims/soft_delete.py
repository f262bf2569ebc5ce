"""Each business key survives soft delete: the same thing can be made again, and a link can be revived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.data.copy import copy_row
from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "soft_delete"
STATEMENT = "What was soft-deleted can be made again."


def check(context: Context) -> Iterator[Claim]:
    """Soft-delete a row, insert its copy with a new id; soft-delete a link, link again (DESIGN, sections 5 and 7)."""
    with context.new_database(context.seeded) as database, database.connect() as connection:
        for table in context.schema.tables:
            deleted_at = context.lookup.managed(table, "deleted_at")
            if not context.lookup.intent(table).soft_delete or deleted_at is None:
                continue
            if context.lookup.intent(table).kind == "junction":
                yield _revive(connection, table, deleted_at)
            elif _has_business_key(table):
                yield _make_again(connection, table, deleted_at)


def _has_business_key(table: Table) -> bool:
    """Whether something beside the primary key and keys that contain it must be unique."""
    identity = set(table.primary_key.columns) if table.primary_key else set()
    constraints = any(not identity <= set(unique.columns) for unique in table.uniques)
    return constraints or any(index.unique for index in table.indexes)


def _make_again(connection: psycopg.Connection[Any], table: Table, deleted_at: str) -> Claim:
    import psycopg

    statement = f"After a soft delete, {table.name} takes a new row with the same business keys."
    name = qualified(table.schema, table.name)
    remove = f"update {name} set {quote(deleted_at)} = now() where ctid = "
    with connection.transaction(force_rollback=True):
        connection.execute(f"alter table {name} disable trigger user".encode())
        chosen = _live_row(connection, name, deleted_at)
        if chosen is None:
            return unproved(KIND, table.address, statement, "the seed has no live row")
        row = connection.execute(f"{remove}'{chosen}' returning ctid::text".encode()).fetchone()
        assert row is not None
        insert = copy_row(table, row[0], {deleted_at: "null"})
        try:
            connection.execute(insert.encode())
        except psycopg.errors.UniqueViolation as error:
            reason = f"{error.diag.constraint_name} does not spare soft-deleted rows ({first_line(error)})"
            return failed(KIND, table.address, statement, reason, sql=insert)
        except psycopg.errors.ExclusionViolation as error:
            reason = f"{error.diag.constraint_name} does not spare soft-deleted rows ({first_line(error)})"
            return failed(KIND, table.address, statement, reason, sql=insert)
        return proved(KIND, table.address, statement, sql=insert)


def _revive(connection: psycopg.Connection[Any], table: Table, deleted_at: str) -> Claim:
    import psycopg

    statement = f"A soft-deleted link of {table.name} lives again when it is linked again."
    name = qualified(table.schema, table.name)
    if table.primary_key is None:
        return failed(KIND, table.address, statement, f"{table.name} has no primary key to recognise the link by")
    with connection.transaction(force_rollback=True):
        connection.execute(f"alter table {name} disable trigger user".encode())
        chosen = _live_row(connection, name, deleted_at)
        if chosen is None:
            return unproved(KIND, table.address, statement, "the seed has no live row")
        remove = f"update {name} set {quote(deleted_at)} = now() where ctid = '{chosen}' returning ctid::text"
        row = connection.execute(remove.encode()).fetchone()
        assert row is not None
        keys = ", ".join(quote(column) for column in table.primary_key.columns)
        insert = copy_row(table, row[0], {deleted_at: "null"}, fresh_keys=False)
        sql = f"{insert} on conflict ({keys}) do update set {quote(deleted_at)} = null returning {quote(deleted_at)}"
        try:
            revived = connection.execute(sql.encode()).fetchone()
        except psycopg.Error as error:
            return failed(KIND, table.address, statement, first_line(error), sql=sql)
        if revived is None or revived[0] is not None:
            return failed(KIND, table.address, statement, "the row stayed deleted", sql=sql)
        return proved(KIND, table.address, statement, sql=sql)


def _live_row(connection: psycopg.Connection[Any], name: str, deleted_at: str) -> str | None:
    query = f"select ctid::text from {name} where {quote(deleted_at)} is null order by ctid limit 1"
    row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else None
