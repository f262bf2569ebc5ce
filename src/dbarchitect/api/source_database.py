"""A live database as a source: its catalog, and its statistics when asked for; no row of the user's is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbarchitect import config
from dbarchitect.api.sources import Found
from dbarchitect.errors import InputError

if TYPE_CHECKING:
    import psycopg

SECONDS = 30


def read(source: str, *, statistics: bool) -> Found:
    """The schema of a database, in one read-only snapshot; its address is never part of a message.

    Args:
        source: `db:ALIAS` or a postgres address.
        statistics: read sizes and use as well.

    Raises:
        InputError: there is no such alias, or the server does not let us in.
        EngineError: the server is older than PostgreSQL 13.
    """
    if source.startswith("db:"):
        return _read(config.database_url(source.removeprefix("db:")), source, statistics=statistics)
    return _read(source, "the database", statistics=statistics)


def connect(name: str, url: str, **options: str) -> psycopg.Connection[Any]:
    """A connection in autocommit mode.

    Args:
        name: what messages call the database.
        url: its address, which no message has.
        options: more for libpq.

    Raises:
        InputError: the server does not let us in.
    """
    import psycopg

    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=SECONDS, **options)  # type: ignore[arg-type]
    except psycopg.Error as error:
        state = f" ({error.sqlstate})" if error.sqlstate else ""
        raise InputError(
            f"{name} cannot be reached{state}",
            hint="Look at host, port, role and password of its address, and whether the server lets you in.",
        ) from None


def _read(url: str, name: str, *, statistics: bool) -> Found:
    import psycopg

    from dbarchitect.read import database
    from dbarchitect.read import statistics as figures

    options = f"-c statement_timeout={SECONDS}s -c lock_timeout={SECONDS}s -c default_transaction_read_only=on"
    connection = connect(name, url, options=options)
    try:
        with connection:
            result = database.read(connection)
            known = figures.read(connection) if statistics else None
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        said = error.diag.message_primary or "the connection broke"
        raise InputError(
            f"the catalog of {name} cannot be read: {said}", hint="Try again, or read a dump of its schema."
        ) from None
    return Found(name, "database", result, statistics=known, postgres=version)
