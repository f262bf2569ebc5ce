"""Run a statement that commits within itself, step by step, so that no lock of it goes unseen.

CREATE INDEX CONCURRENTLY and its like take locks and let them go again in several transactions; a sampler misses the
short ones. Each step of such a statement ends with a write to a catalog. So two connections take turns at holding a
SHARE lock on those catalogs: the statement stops at its next write, what it holds and what it waits for is read from
pg_locks, the other connection queues up behind it, the first lets go, and the statement runs to its next write.
Nothing is left to chance: the one who queues is served before the statement can write again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

import psycopg

from dbarchitect.engines.postgres_database import Database
from dbarchitect.engines.trace_picture import Connection
from dbarchitect.errors import EngineError

CATALOGS: Final = {True: ("pg_index", "pg_inherits"), False: ("pg_class",)}
"""What is written in each step, by whether the statement says CONCURRENTLY: that changes the state of an index or of a
partition from step to step; VACUUM writes what it has found to pg_class.
"""
SECONDS: Final = 30.0
PAUSE: Final = 0.0003
_WAITS: Final = """
    select c.relname from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
     where l.pid = %s and not l.granted and l.locktype = 'relation'"""


class _Gate:
    """One catalog, closed by one of two connections in turn.

    Each of them holds or awaits one lock only, so that a deadlock is impossible.
    """

    def __init__(self, database: Database, catalog: str, watcher: Connection) -> None:
        self._statement = f"lock table pg_catalog.{catalog} in share mode"
        self._watcher = watcher
        self._holder, self._next = database.connect(), database.connect()
        self._close(self._holder)

    def _close(self, connection: Connection) -> None:
        connection.execute("begin")
        connection.execute(self._statement.encode())

    def let_pass(self) -> threading.Thread:
        """Let whoever waits here go on, and close the gate behind it; the thread ends when it is closed."""
        thread = threading.Thread(target=self._close, args=(self._next,), daemon=True)
        thread.start()
        self._until_queued()
        self._holder.execute("rollback")
        self._holder, self._next = self._next, self._holder
        return thread

    def _until_queued(self) -> None:
        pid = self._next.info.backend_pid
        deadline = time.monotonic() + SECONDS
        while not self._watcher.execute(_WAITS.encode(), (pid,)).fetchone():
            if time.monotonic() > deadline:
                raise EngineError("a lock on a catalog was neither granted nor queued")
            time.sleep(PAUSE)

    def leave(self) -> None:
        """Open the gate for good."""
        for connection in (self._holder, self._next):
            connection.close()


def step_through(
    database: Database, connection: Connection, statement: str, look: Callable[[], None]
) -> psycopg.Error | None:
    """Run a statement from one catalog write to the next.

    Args:
        database: where it runs; the server's owner must be a superuser.
        connection: who runs it, in autocommit mode.
        statement: one statement.
        look: called each time that the statement stands still.

    Returns:
        What PostgreSQL says against it, None when it ran through.

    Raises:
        EngineError: it does not end.
    """
    outcome: list[psycopg.Error | None] = []

    def run() -> None:
        try:
            connection.execute(statement.encode())
            outcome.append(None)
        except psycopg.Error as error:
            outcome.append(error)

    with closing(database.connect()) as watcher:
        catalogs = CATALOGS["concurrently" in statement.lower()]
        gates = {catalog: _Gate(database, catalog, watcher) for catalog in catalogs}
        runner = threading.Thread(target=run, daemon=True)
        closing_gates: list[threading.Thread] = []
        try:
            runner.start()
            _walk(watcher, connection.info.backend_pid, gates, closing_gates, runner, look)
        finally:
            if runner.is_alive():
                connection.cancel()
            for thread in closing_gates:
                thread.join(SECONDS)
            for gate in gates.values():
                gate.leave()
            runner.join(SECONDS)
    return outcome[0] if outcome else None


def _walk(
    watcher: Connection,
    pid: int,
    gates: dict[str, _Gate],
    closing_gates: list[threading.Thread],
    runner: threading.Thread,
    look: Callable[[], None],
) -> None:
    deadline = time.monotonic() + SECONDS
    while runner.is_alive():
        if time.monotonic() > deadline:
            raise EngineError("a traced statement does not end", hint="It may wait for a lock that nobody gives back.")
        row = watcher.execute(_WAITS.encode(), (pid,)).fetchone()
        if row is None or row[0] not in gates:
            time.sleep(PAUSE)
            continue
        look()
        for thread in closing_gates:
            if thread.is_alive() and thread.name == row[0]:
                thread.join(SECONDS)
        thread = gates[row[0]].let_pass()
        thread.name = str(row[0])
        closing_gates.append(thread)
        _until_moved(watcher, pid, str(row[0]), thread, runner)


def _until_moved(watcher: Connection, pid: int, catalog: str, gate: threading.Thread, runner: threading.Thread) -> None:
    """Wait until the statement has left the gate: it ended, waits elsewhere, or the gate is closed again."""
    deadline = time.monotonic() + SECONDS
    while runner.is_alive() and gate.is_alive() and time.monotonic() < deadline:
        row = watcher.execute(_WAITS.encode(), (pid,)).fetchone()
        if row and row[0] != catalog:
            return
        time.sleep(PAUSE)
