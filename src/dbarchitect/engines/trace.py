"""What a statement locks, rewrites and scans, and who really waits for it: observed on a real server, never derived.

A statement that may run in a transaction is traced inside one: pg_locks of its backend, the files of all relations and
the counters of its reads before and after, and while the transaction is open another connection really tries to read
and to write each table that it touched. A statement that commits within itself (CONCURRENTLY, VACUUM) is walked from
one catalog write to the next (`engines.trace_stepping`), with the same attempts at every stop.

What was traced on small tables holds for large ones: locks, rewrites, index rebuilds and scans do not depend on size
(reference/migrations.md, section 4); only the time does, so time is no part of a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import field
from types import TracebackType
from typing import Final, Self

import psycopg

from dbarchitect.engines.postgres_database import Database
from dbarchitect.engines.trace_picture import (
    INSIDE,
    OUTSIDE,
    READ,
    TABLES,
    Connection,
    Picture,
    locks,
    picture,
)
from dbarchitect.engines.trace_stepping import step_through
from dbarchitect.model.names import qualified
from dbarchitect.model.plan import MODES, Lock, LockMode
from dbarchitect.records import dataclass

PATIENCE: Final = "3ms"
"""How long the reader and the writer wait: who is not in their way grants at once, who is never does."""
ALONE: Final = "25001"
"""What PostgreSQL says to a statement that cannot run in a transaction."""
_OF_ROWS: Final = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(insert|update|delete|merge|select|with|do(?!\b.*\b(?:alter|create)\b)|call|copy)\b",
    re.I | re.S,
)
_ALONE: Final = ("max_parallel_maintenance_workers = 0", "max_parallel_workers_per_gather = 0")
_FOR_TABLES: Final = (*_ALONE, "enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off")
"""Settings under which a check of all rows reads the table, so that it is counted as a scan."""
_FOR_ROWS: Final = (*_ALONE, "enable_seqscan = off")
"""Settings under which rows are found through an index, where there is one, however few they are."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What happened to one relation that was there before.

    Args:
        lock: the strongest lock on it, with rewrites (an index: it is built anew) and scans.
        reads_wait: a real SELECT waited; None where none was tried (indexes, sequences).
        writes_wait: a real DELETE waited; None where none was tried.
        oid: what stays the same under another name; 0 where it is not known.
    """

    lock: Lock
    reads_wait: bool | None = None
    writes_wait: bool | None = None
    oid: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Trace:
    """What one statement did.

    Args:
        statement: its text.
        transaction: it ran inside a transaction; False when it cannot.
        seen: the relations that it touched, by address.
        sqlstate: of the error that ended it, None when it ran through.
        message: the first line of that error.
    """

    statement: str
    transaction: bool
    seen: tuple[Seen, ...] = ()
    sqlstate: str | None = None
    message: str | None = None

    @property
    def locks(self) -> tuple[Lock, ...]:
        """The locks alone."""
        return tuple(seen.lock for seen in self.seen)


@dataclass
class _Notes:
    """What was seen so far, by OID."""

    modes: dict[int, LockMode] = field(default_factory=dict)
    reads: dict[int, bool] = field(default_factory=dict)
    writes: dict[int, bool] = field(default_factory=dict)

    def lock(self, oid: int, mode: LockMode) -> None:
        known = self.modes.get(oid)
        if known is None or MODES.index(mode) > MODES.index(known):
            self.modes[oid] = mode


class Tracer:
    """Traces statements one after the other in one scratch database. Use it as a context manager.

    Args:
        database: a database of a server whose owner is a superuser; the statements really run in it.
        role: who runs them; the server's owner when None.
    """

    def __init__(self, database: Database, role: str | None = None) -> None:
        self._database = database
        self._worker = database.connect(role)
        self._watcher = database.connect()
        self._stranger = database.connect()
        self._stranger.execute(f"set lock_timeout = '{PATIENCE}'".encode())

    @property
    def connection(self) -> Connection:
        """The connection that runs the statements, for statements that need no trace (SET, data)."""
        return self._worker

    def relations(self) -> frozenset[int]:
        """The OIDs of all relations that are there now."""
        return frozenset(picture(self._watcher, OUTSIDE))

    def trace(self, statement: str, *, keep: bool = True, known: frozenset[int] | None = None) -> Trace:
        """Run one statement and say what it did.

        Args:
            statement: one statement.
            keep: commit; False rolls back, where the statement can run in a transaction.
            known: the relations to speak of, by OID; None for all that were there before the statement.
        """
        found = self._inside(statement, keep, known)
        return self._alone(statement, known) if found.sqlstate == ALONE else found

    def _inside(self, statement: str, keep: bool, known: frozenset[int] | None) -> Trace:
        worker, pid = self._worker, self._worker.info.backend_pid
        notes = _Notes()
        worker.execute("begin")
        try:
            settings = _FOR_ROWS if _OF_ROWS.match(statement) else _FOR_TABLES
            before = _only(picture(worker, INSIDE), known)
            try:
                worker.execute("; ".join(f"set local {setting}" for setting in settings).encode())
                worker.execute(statement.encode(), prepare=False)
            except psycopg.Error as error:
                return _refused(statement, error, True)
            after = picture(worker, INSIDE)
            for oid, mode, _ in locks(self._watcher, pid):
                notes.lock(oid, mode)
            self._attempt(notes, before)
            if keep:
                try:
                    worker.execute("commit")
                except psycopg.Error as error:  # a deferred constraint
                    return _refused(statement, error, True)
            return Trace(statement, True, _seen(notes, before, after))
        finally:
            with suppress(psycopg.Error):
                worker.execute("rollback")

    def _alone(self, statement: str, known: frozenset[int] | None) -> Trace:
        worker, pid = self._worker, self._worker.info.backend_pid
        notes = _Notes()
        for setting in _FOR_TABLES:
            worker.execute(f"set {setting}".encode())
        before = _only(self._flushed(), known)

        def look() -> None:
            for oid, mode, _ in locks(self._watcher, pid):
                notes.lock(oid, mode)
            self._attempt(notes, before)

        error = step_through(self._database, worker, statement, look)
        for setting in _FOR_TABLES:
            worker.execute(f"reset {setting.split()[0]}".encode())
        after = self._flushed()
        seen = _seen(notes, before, after)
        return _refused(statement, error, False, seen) if error else Trace(statement, False, seen)

    def _flushed(self) -> Picture:
        """The relations with all that the worker has read reported."""
        self._worker.execute("select pg_catalog.pg_stat_force_next_flush()")
        return picture(self._watcher, OUTSIDE)

    def _attempt(self, notes: _Notes, before: Picture) -> None:
        """Really read and write each table that is locked, or an index of which is."""
        touched = {oid for oid in notes.modes if oid in before and before[oid].kind in READ}
        touched |= {before[oid].owner for oid in notes.modes if oid in before and before[oid].owner in before}
        for oid in sorted(touched):
            relation = before[oid]
            name = qualified(relation.schema, relation.name)
            if not notes.reads.get(oid):
                notes.reads[oid] = self._waits(f"select from {name} limit 0")
            if relation.kind in TABLES and not notes.writes.get(oid):
                notes.writes[oid] = self._waits(f"delete from {name} where false")

    def _waits(self, sql: str) -> bool:
        try:
            with self._stranger.transaction(force_rollback=True):
                self._stranger.execute(sql.encode(), prepare=False)
        except psycopg.errors.LockNotAvailable:
            return True
        except psycopg.Error:  # gone between two steps: nobody waits for what is not there
            return False
        return False

    def close(self) -> None:
        """Close the connections."""
        for connection in (self._worker, self._watcher, self._stranger):
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def trace(database: Database, statement: str, *, role: str | None = None, keep: bool = False) -> Trace:
    """Trace one statement in a scratch database.

    Args:
        database: as for `Tracer`.
        statement: one statement.
        role: who runs it.
        keep: keep what it did, where it can be taken back.
    """
    with closing(Tracer(database, role)) as tracer:
        return tracer.trace(statement, keep=keep)


def strongest(traces: Iterable[Trace]) -> tuple[Seen, ...]:
    """What several statements did together: for each relation the strongest lock and whatever happened to it.

    A relation that was renamed meanwhile is called what it was called at first.
    """
    found: dict[str, Seen] = {}
    first: dict[int, str] = {}
    for seen in (seen for one in traces for seen in one.seen):
        address = first.setdefault(seen.oid, seen.lock.address) if seen.oid else seen.lock.address
        known = found.get(address)
        found[address] = _joined(known, seen) if known else seen
    return tuple(found[address] for address in sorted(found))


def _joined(one: Seen, other: Seen) -> Seen:
    mode = max(one.lock.mode, other.lock.mode, key=MODES.index)
    lock = Lock(one.lock.address, mode, one.lock.rewrites or other.lock.rewrites, one.lock.scans or other.lock.scans)
    return Seen(lock, _either(one.reads_wait, other.reads_wait), _either(one.writes_wait, other.writes_wait), one.oid)


def _either(one: bool | None, other: bool | None) -> bool | None:
    return other if one is None else one or bool(other)


def _refused(statement: str, error: psycopg.Error, transaction: bool, seen: tuple[Seen, ...] = ()) -> Trace:
    lines = str(error).strip().splitlines()
    return Trace(statement, transaction, seen, error.sqlstate or "", lines[0] if lines else type(error).__name__)


def _only(found: Picture, known: frozenset[int] | None) -> Picture:
    return found if known is None else {oid: relation for oid, relation in found.items() if oid in known}


def _seen(notes: _Notes, before: Picture, after: Picture) -> tuple[Seen, ...]:
    found = []
    named = {(one.schema, one.name, one.kind): one for one in after.values()}
    for oid, mode in notes.modes.items():
        if oid not in before:
            continue
        old = before[oid]
        new = after.get(oid) or named.get((old.schema, old.name, old.kind))  # an index that was built under a new OID
        rewritten = new is not None and old.file is not None and old.file != new.file
        read = new is not None and old.kind in "rm" and new.scans > old.scans
        scanned = read and new is not None and (new.rows > old.rows or bool(old.empty))
        lock = Lock(old.address, mode, rewritten, scanned)
        found.append(Seen(lock, notes.reads.get(oid), notes.writes.get(oid), oid))
    return tuple(sorted(found, key=lambda seen: seen.lock.address))
