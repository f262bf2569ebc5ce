"""One runner at a time: a session lock that emitted projects' migrate.ts takes, too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from dbarchitect import progress
from dbarchitect.errors import EngineError, RefusedError

if TYPE_CHECKING:
    import psycopg

LOCK = 7_236_041
"""The same number as in the emitted src/db/migrate.ts."""
PAUSE = 0.1

_OURS = """
    locktype = 'advisory' and classid = 0 and objid = %s and objsubid = 1 and granted
    and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())"""
_HOLDER = f"""
    select a.pid, coalesce(nullif(a.application_name, ''), 'a program without a name'), a.usename,
           pg_catalog.date_trunc('second', pg_catalog.now() - a.backend_start)::text
      from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a using (pid) where {_OURS}"""
_MINE = f"select from pg_catalog.pg_locks where pid = pg_catalog.pg_backend_pid() and {_OURS}"


@contextmanager
def held(connection: psycopg.Connection[Any], wait: float) -> Iterator[None]:
    """Hold the lock in the block.

    It is asked for again and again: a session that sleeps in pg_advisory_lock has a snapshot, for whose end CREATE
    INDEX CONCURRENTLY of the first runner would wait, while the second one waits for the first.

    Args:
        connection: in autocommit mode.
        wait: seconds to wait for another runner.

    Raises:
        RefusedError: another runner still holds it; the message says who.
    """
    import psycopg

    end = time.monotonic() + wait
    while not _taken(connection):
        who = _holder(connection)
        if time.monotonic() >= end:
            raise RefusedError(
                f"another runner is at work on this database: {who}",
                hint="Nothing was applied. Wait for its end, or longer with --wait SECONDS.",
            )
        progress.report(f"waiting for another runner: {who}")
        time.sleep(PAUSE)
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # the end of a broken connection releases it, too
            connection.execute("select pg_catalog.pg_advisory_unlock(%s)", [LOCK])


def require(connection: psycopg.Connection[Any]) -> None:
    """See that this very session holds the lock.

    Raises:
        EngineError: it does not; something between us and the server gives each transaction another session.
    """
    if connection.execute(_MINE, [LOCK]).fetchone() is None:
        raise EngineError(
            "this connection does not keep its session, so no lock keeps a second runner away",
            hint="Give an address that reaches PostgreSQL itself, not a pool that shares its sessions.",
        )


def _taken(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("select pg_catalog.pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return row is not None and bool(row[0])


def _holder(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(_HOLDER, [LOCK]).fetchone()
    if row is None:
        return "it has just ended"
    pid, application, user, age = row
    since = f", connected for {age}" if age else ""
    return f"process {pid} ({application}, role {user}{since})"
