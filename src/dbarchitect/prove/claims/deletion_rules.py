"""Never-deleted and append-only tables keep their rows, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.prove.context import Context, first_line
from dbarchitect.prove.verdict import failed, proved, unproved

if TYPE_CHECKING:
    import psycopg

KIND = "deletion_rules"
RANK = 11
STATEMENT = "Rows that must stay as they are cannot be deleted or changed."


def check(context: Context) -> Iterator[Claim]:
    """Try UPDATE, DELETE and TRUNCATE unhindered by policies; only the table's own triggers are awake."""
    guarded = [table for table in context.schema.tables if table.partition_of is None]
    promises = [(table, found) for table in guarded if (found := _promise(context, table))]
    if not promises:
        return
    with context.playground() as connection:
        for table, (acts, promise) in promises:
            alter = f"alter table {qualified(*table.key)}"
            connection.execute(f"{alter} enable trigger user".encode())
            yield _refuses(connection, table, acts, promise)
            connection.execute(f"{alter} disable trigger user".encode())


def _promise(context: Context, table: Table) -> tuple[tuple[str, ...], str] | None:
    intent = context.lookup.intent(table)
    if intent.append_only:
        return ("update", "delete", "truncate"), "takes rows and never changes or loses them"
    return (("delete", "truncate"), "never loses a row") if intent.never_deleted else None


def _refuses(connection: psycopg.Connection[Any], table: Table, acts: tuple[str, ...], promise: str) -> Claim:
    import psycopg

    name = qualified(*table.key)
    column = quote(next(c.name for c in reversed(table.columns) if c.generated is None and c.identity is None))
    attempts = {
        "update": f"update {name} set {column} = {column}",
        "delete": f"delete from {name}",
        "truncate": f"truncate {name} cascade",
    }
    statement = f"{table.name} {promise}."
    row = connection.execute(f"select count(*) from {name}".encode()).fetchone()
    if not row or not row[0]:
        return unproved(KIND, table.address, statement, f"the seed has no row in {table.name}")
    answers = {}
    for act in acts:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(attempts[act].encode())
        except psycopg.Error as error:
            answers[act] = first_line(error)
            if error.diag.source_function != "exec_stmt_raise":  # a foreign key spoke, which a childless row escapes
                reason = f"no trigger of {table.name} refuses {act}, only this: {answers[act]}"
                return failed(KIND, table.address, statement, reason, refused=answers)
        else:
            reason = f"PostgreSQL let it pass: {attempts[act]}"
            return failed(KIND, table.address, statement, reason, refused=answers)
    return proved(KIND, table.address, statement, refused=answers)
