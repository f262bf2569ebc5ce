"""Statements that insert rows which PostgreSQL may refuse."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dbarchitect.model.names import quote
from dbarchitect.model.table import Table
from dbarchitect.sql.quote import literal

if TYPE_CHECKING:
    import psycopg


def insert(name: str, table: Table, rows: Sequence[Mapping[str, str | None]]) -> str:
    """The statement that inserts rows of the same columns, as texts; those that clash with others are left out.

    Args:
        name: the table, as SQL names it.
        table: the table.
        rows: values by column; the columns of the first row count. A table without columns gets one row.
    """
    given = [column for column in table.columns if column.name in rows[0]]
    if not given:
        return f"insert into {name} default values"
    columns = ", ".join(quote(column.name) for column in given)
    overriding = " overriding system value" if any(column.identity for column in given) else ""
    texts = [
        ", ".join("null" if (text := row[column.name]) is None else literal(text) for column in given) for row in rows
    ]
    return f"insert into {name} ({columns}){overriding} values ({'), ('.join(texts)}) on conflict do nothing"


def put(connection: psycopg.Connection[Any], rows: Sequence[Sequence[str]]) -> None:
    """Insert one row after the other; for each, statements that are tried until one is taken, or none is."""
    body = "\n".join(_guarded(list(dict.fromkeys(attempts))) for attempts in rows)
    tag = next(tag for tag in (f"$b{number or ''}$" for number in itertools.count()) if tag not in body)
    connection.execute(f"do {tag}begin\n{body}\nend{tag}".encode())


def _guarded(attempts: Sequence[str]) -> str:
    """PL/pgSQL that tries one statement after the other until one is taken."""
    text = "null;"
    for attempt in reversed(attempts):
        text = f"begin {attempt}; exception when others then {text} end;"
    return text


def refused(connection: psycopg.Connection[Any], sql: str) -> str | None:
    """Run a statement that may fail; what PostgreSQL says against it."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute(sql.encode())
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return None
