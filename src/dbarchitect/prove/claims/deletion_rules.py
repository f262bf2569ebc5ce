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
STATEMENT = "Rows that must stay cannot be deleted, and rows that must not change cannot be changed."


def check(context: Context) -> Iterator[Claim]:
    """Try UPDATE, DELETE and TRUNCATE as a superuser, who bypasses policies but not triggers."""
    with context.new_database(context.seeded) as database, database.connect() as connection:
        for table in context.schema.tables:
            intent = context.lookup.intent(table)
            if intent.append_only:
                yield _refuses(connection, table, ("update", "delete", "truncate"), "takes rows and never changes them")
            elif intent.never_deleted:
                yield _refuses(connection, table, ("delete", "truncate"), "never loses a row")


def _refuses(connection: psycopg.Connection[Any], table: Table, acts: tuple[str, ...], promise: str) -> Claim:
    import psycopg

    name = qualified(table.schema, table.name)
    column = quote(table.columns[-1].name)
    attempts = {
        "update": f"update {name} set {column} = {column}",
        "delete": f"delete from {name}",
        "truncate": f"truncate {name} cascade",
    }
    statement = f"{table.name} {promise}."
    row = connection.execute(f"select count(*) from {name}".encode()).fetchone()
    if not row or not row[0]:
        return unproved(KIND, table.address, statement, "the seed has no row in it")
    answers = {}
    for act in acts:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(attempts[act].encode())
        except psycopg.Error as error:
            answers[act] = first_line(error)
        else:
            reason = f"PostgreSQL let it pass: {attempts[act]}"
            return failed(KIND, table.address, statement, reason, refused=answers)
    return proved(KIND, table.address, statement, refused=answers)
