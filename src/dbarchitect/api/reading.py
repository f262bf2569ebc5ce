"""`read`: a schema from a source."""

from __future__ import annotations

from dbarchitect import config
from dbarchitect.errors import InputError
from dbarchitect.read.result import ReadResult

SECONDS = 30


def run(source: str, *, static: bool) -> ReadResult:
    """See `dbarchitect.api.read`."""
    del static  # a catalog runs nothing of the user's own
    if source.startswith(("postgres://", "postgresql://")):
        return _database(source, "the database")
    if source.startswith("db:"):
        return _database(config.database_url(source.removeprefix("db:")), source)
    raise InputError(f"{source!r} is no source that can be read yet", hint="Give db:ALIAS or a postgres:// address.")


def _database(url: str, name: str) -> ReadResult:
    """The catalog of a live database, read in one read-only snapshot; the address is never part of an error."""
    import psycopg

    from dbarchitect.read.database import read

    options = f"-c statement_timeout={SECONDS}s -c default_transaction_read_only=on"
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=SECONDS, options=options)
    except psycopg.Error as error:
        state = f" ({error.sqlstate})" if error.sqlstate else ""
        raise InputError(
            f"{name} cannot be reached{state}",
            hint="Look at host, port, role and password of its address, and whether the server lets you in.",
        ) from None
    with connection:
        return read(connection)
