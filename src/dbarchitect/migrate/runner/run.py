"""Runs the pending files: one transaction each, or statement by statement with a note of each one that is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from dbarchitect import progress
from dbarchitect.errors import DbarchitectError
from dbarchitect.migrate.runner import leftovers, lock
from dbarchitect.migrate.runner.book import Book
from dbarchitect.migrate.runner.patience import RETRIED, Patience
from dbarchitect.migrate.runner.standing import Standing, stand
from dbarchitect.migrate.runner.statements import Statement, statements
from dbarchitect.read.migrations.folder import Folder, Migration
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    Connection = psycopg.Connection[Any]

Moment = Literal["before", "ran", "done", "recorded", "waiting"]
Watch = Callable[[Moment, Migration, int], None]
"""Told of every step: before a statement, after PostgreSQL ran it, when that is noted for good, when the whole file is,
and when a lock is waited for; the number is that of the statement, from 0."""

_OPEN = """
    select pid, coalesce(nullif(application_name, ''), 'a program without a name'), state,
           pg_catalog.date_trunc('second', pg_catalog.now() - xact_start)::text
      from pg_catalog.pg_stat_activity
     where datname = pg_catalog.current_database() and pid <> pg_catalog.pg_backend_pid()
       and xact_start < pg_catalog.now() - %s * interval '1 millisecond' order by xact_start, pid limit 3"""


class StatementError(DbarchitectError):
    """PostgreSQL refused a statement of a migration.

    Args:
        message: what it says, with its SQLSTATE.
        sqlstate: the code, None when the connection broke.
    """

    def __init__(self, message: str, *, sqlstate: str | None, hint: str, place: str) -> None:
        super().__init__(message, hint=hint, place=place)
        self.sqlstate = sqlstate


@dataclass(frozen=True, slots=True)
class Ran:
    """What was applied.

    Args:
        applied: names of the migrations, in order.
        statements: how many statements that were.
    """

    applied: tuple[str, ...]
    statements: int


def _ignore(moment: Moment, migration: Migration, number: int) -> None:
    """Nobody watches."""


def run(
    connection: Connection,
    folder: Folder,
    *,
    book: Book | None = None,
    wait: float = 60.0,
    patience: Patience | None = None,
    contract: bool = False,
    ready: Callable[[Standing], None] | None = None,
    watch: Watch = _ignore,
) -> Ran:
    """Apply what is pending. A run that is killed anywhere is finished by the next one.

    Args:
        connection: in autocommit mode, straight to the server.
        folder: the folder.
        book: the bookkeeping, when it is not kept at the usual place.
        wait: seconds to wait for another runner.
        patience: how to wait for locks.
        contract: programs no longer need what the next file takes away.
        ready: called under the lock with what is to be done, before anything is; it may refuse by raising.
        watch: told of every step.

    Raises:
        RefusedError: the database and the folder do not fit, or another runner is at work; nothing was applied.
        StatementError: PostgreSQL refused a statement; the files before it are applied, and so are the statements
            before it when its file has no transaction.
    """
    runner = _Runner(connection, folder, book or Book(connection, folder.form), patience or Patience(), watch)
    with lock.held(connection, wait):
        standing = stand(folder, runner.book, contract=contract)
        if ready is not None:
            ready(standing)
        if not standing.pending:
            return Ran((), 0)
        return runner.all(standing)


class _Runner:
    def __init__(self, connection: Connection, folder: Folder, book: Book, patience: Patience, watch: Watch) -> None:
        self.connection = connection
        self.folder = folder
        self.book = book
        self.patience = patience
        self.watch = watch
        self.count = 0

    def all(self, standing: Standing) -> Ran:
        """Every pending file, in order."""
        with self._failing(standing.pending[0], None):
            self.book.prepare()
        for migration in standing.pending:
            progress.report(f"applying {migration.name}")
            with self._failing(migration, None):
                self._fresh()
                lock.require(self.connection)
            begun = standing.begun if standing.begun and standing.begun.file == migration.name else None
            if migration.alone:
                self._one_by_one(migration, begun.done if begun else 0, begun.started if begun else 0)
            else:
                self._patiently(migration, None, lambda migration=migration: self._together(migration))  # type: ignore[misc]
            self.watch("recorded", migration, len(statements(migration)))
        with self._failing(standing.pending[-1], None):
            self._fresh()
        return Ran(tuple(item.name for item in standing.pending), self.count)

    def _fresh(self) -> None:
        """The session as it was when it began, so that a file finds the same whether or not others ran before it."""
        for statement in ("reset session authorization", "reset role", "reset all"):
            self.connection.execute(statement.encode())

    def _together(self, migration: Migration) -> None:
        """A file in one transaction with its bookkeeping."""
        with self.connection.transaction():
            self._limit(self.patience.milliseconds, local=True)
            for number, statement in enumerate(statements(migration)):
                self.watch("before", migration, number)
                with self._failing(migration, statement):
                    self.connection.execute(statement.text.encode())
                self.watch("ran", migration, number)
            self._run("reset session authorization")
            self._run("reset role")
            self.book.record(migration)
            self.watch("done", migration, len(statements(migration)))
        self.count += len(statements(migration))

    def _one_by_one(self, migration: Migration, done: int, started: int) -> None:
        """A file without a transaction, from the statement on that is not known to be done."""
        with self._failing(migration, None):
            self.book.begin(migration)
        own = any(item.way == "session" and "lock_timeout" in item.text.lower() for item in statements(migration))
        if not own:
            self._limit(self.patience.milliseconds)
        for number, statement in enumerate(statements(migration)):
            if number < done:
                if statement.way == "session":  # it ended with the connection that made it
                    self._patiently(migration, statement, lambda text=statement.text: self._run(text))  # type: ignore[misc]
                continue
            self.watch("before", migration, number)
            if statement.way == "alone":
                self._alone(migration, number, interrupted=number < started, own=own)
            else:
                self._patiently(migration, statement, lambda number=number: self._noted(migration, number))  # type: ignore[misc]
            self.watch("done", migration, number)
            self.count += 1
        self._patiently(migration, None, lambda: self._finish(migration))

    def _noted(self, migration: Migration, number: int) -> None:
        """A statement and the note that it is done, both or neither."""
        statement = statements(migration)[number]
        if statement.way == "session":
            self._run(statement.text)
            self.watch("ran", migration, number)
            self._note(migration, number + 1, number + 1)
            return
        with self.connection.transaction():
            self._run(statement.text)
            self.watch("ran", migration, number)
            self._note(migration, number + 1, number + 1)

    def _alone(self, migration: Migration, number: int, *, interrupted: bool, own: bool) -> None:
        """A statement that PostgreSQL runs in no transaction; what a try leaves behind is cleared before the next."""
        statement = statements(migration)[number]
        with self._failing(migration, statement):
            self._note(migration, number, number + 1)

        def attempt() -> None:
            if statement.target is not None:
                if leftovers.settle(self.connection, statement.target, interrupted=interrupted):
                    return
                if not own:
                    self._limit(self.patience.whole)
            self._run(statement.text)

        try:
            self._patiently(migration, statement, attempt)
        except StatementError:
            with suppress(psycopg.Error):  # how it ended is known, unless the connection broke
                self._note(migration, number, number)
            raise
        self.watch("ran", migration, number)
        with self._failing(migration, statement):
            self._note(migration, number + 1, number + 1)
            if statement.target is not None and not own:
                self._limit(self.patience.milliseconds)

    def _finish(self, migration: Migration) -> None:
        self._run("reset session authorization")
        self._run("reset role")
        self.book.finish(migration)

    def _note(self, migration: Migration, done: int, started: int) -> None:
        self.book.note(migration, done, started)

    def _run(self, text: str) -> None:
        self.connection.execute(text.encode())

    def _limit(self, milliseconds: int, *, local: bool = False) -> None:
        self.connection.execute("select pg_catalog.set_config('lock_timeout', %s, %s)", [f"{milliseconds}ms", local])

    def _patiently(self, migration: Migration, statement: Statement | None, action: Callable[[], None]) -> None:
        """Do it, and again after a pause when only somebody else's lock was in the way."""
        for pause in (*self.patience.pauses(), None):
            try:
                with self._failing(migration, statement):
                    return action()
            except StatementError as error:
                if pause is None and error.sqlstate == "55P03":
                    error.hint = "\n".join((error.hint or "", *self._in_the_way()))
                if pause is None or error.sqlstate not in RETRIED:
                    raise
                progress.report(f"{migration.name} waits for a lock, next try in {pause:.1f} s")
                self.watch("waiting", migration, 0)
                time.sleep(pause)

    @contextmanager
    def _failing(self, migration: Migration, statement: Statement | None) -> Iterator[None]:
        """What PostgreSQL says, at its place; no row of anybody's is in it, which rules out its DETAIL."""
        try:
            yield
        except psycopg.Error as error:
            place = migration.place if statement is None else f"{migration.place}:{statement.line}"
            if error.sqlstate is None or self.connection.broken:
                hint = "The connection is gone. Run it again: it goes on where it stopped."
                raise StatementError(
                    "the connection to the database broke", sqlstate=None, hint=hint, place=place
                ) from None
            said = error.diag.message_primary or str(error).splitlines()[0]
            about = f": {statement.title}" if statement else ""
            raise StatementError(
                f"{said} ({error.sqlstate}){about}",
                sqlstate=error.sqlstate,
                hint=self._hint(error, migration),
                place=place,
            ) from None

    def _hint(self, error: psycopg.Error, migration: Migration) -> str:
        kept = "the statements before it stay applied" if migration.alone else "nothing of this file was applied"
        lines = [f"{kept[0].upper()}{kept[1:]}; run it again when the cause is gone."]
        if error.diag.message_hint:
            lines.append(error.diag.message_hint)
        return "\n".join(lines)

    def _in_the_way(self) -> list[str]:
        """Who has had a transaction open for longer than we waited."""
        try:
            rows = self.connection.execute(_OPEN, [self.patience.milliseconds]).fetchall()
        except psycopg.Error:
            return []
        return [f"Process {pid} ({name}) has a transaction open for {age}, {state}." for pid, name, state, age in rows]
