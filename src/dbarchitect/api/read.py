"""`read`: a schema from a source."""

from __future__ import annotations

from dbarchitect import config
from dbarchitect.errors import InputError
from dbarchitect.read.result import ReadResult


def run(source: str, *, static: bool) -> ReadResult:
    """See `dbarchitect.api.read`."""
    from dbarchitect.read import database

    if source.startswith(("postgres://", "postgresql://")):
        return database.read_url(source)
    if source.startswith("db:"):
        return database.read_url(config.database_url(source.removeprefix("db:")))
    raise InputError(f"{source!r} is no source that can be read yet", hint="Give db:ALIAS or a postgres:// address.")
