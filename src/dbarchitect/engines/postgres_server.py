"""What every server of ours can do, whether we started it or were given its address."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from dbarchitect.engines.postgres_database import Database
from dbarchitect.engines.postgres_session import ATTEMPTS, Connection, Session, first_line, single
from dbarchitect.errors import EngineError

GUEST_SECONDS = 30
QUIET_SECONDS = 3.0  # how long a template's last connection may take to leave


class Server(Session):
    """A PostgreSQL server on which we make and drop scratch databases and roles.

    Safe to use from several threads. Use it as a context manager, or call `stop`.
    """

    superuser: bool = True

    def __init__(self) -> None:
        super().__init__()
        self._roles: list[str] = []
        self._databases: set[str] = set()
        self._serial = 0
        self._guest: str | None = None

    @abstractmethod
    def connect(self, database: str, role: str | None = None) -> Connection:
        """A new autocommit connection to a database by name; prefer `Database.connect`."""

    @abstractmethod
    def url(self, database: str, role: str | None = None) -> str:
        """The URL of a database by name; prefer `Database.url`."""

    @abstractmethod
    def stop(self) -> None:
        """Remove everything that we made; a second call does nothing."""

    @abstractmethod
    def _database_name(self, serial: int) -> str: ...

    @abstractmethod
    def _role_name(self, prefix: str, serial: int) -> str: ...

    @abstractmethod
    def _role_options(self, name: str) -> sql.Composable:
        """More options of CREATE ROLE, such as a password."""

    def _template(self) -> str:
        """The template of a new database when none is asked for."""
        return "template1"

    def _strategy(self) -> str | None:
        """How the server copies a database; its own choice when None."""
        return None

    @cached_property
    def version(self) -> str:
        """Version of the server, such as `18.6`."""
        with self.admin() as connection:
            return str(single(connection, "show server_version")).split()[0]

    @cached_property
    def major(self) -> int:
        """Major version of the server, such as 18."""
        with self.admin() as connection:
            return connection.info.server_version // 10000

    @cached_property
    def available_extensions(self) -> frozenset[str]:
        """Names that CREATE EXTENSION knows on this server."""
        with self.admin() as connection:
            rows = connection.execute("select name from pg_catalog.pg_available_extensions").fetchall()
        return frozenset(str(name) for (name,) in rows)

    @property
    def guest(self) -> str:
        """A LOGIN NOSUPERUSER NOBYPASSRLS role for whatever is not ours.

        PostgreSQL's permissions are the fence. Its statement_timeout ends honest mistakes; a statement may lift it,
        so run what may be hostile inside `deadline`.
        """
        with self._lock:
            if self._guest is None:
                self._guest = self._create_role("guest", 0)
            return self._guest

    def role(self, prefix: str) -> str:
        """Make a further LOGIN NOSUPERUSER role, dropped with the server.

        Args:
            prefix: wish for its name. Our own server gives exactly that name the first time.

        Returns:
            The name.
        """
        with self._lock:
            return self._create_role(prefix, 1)

    def _create_role(self, prefix: str, serial: int) -> str:
        with self.admin() as connection:
            while True:
                name = self._role_name(prefix, serial)
                statement = sql.SQL(
                    "create role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls {}"
                )
                try:
                    connection.execute(statement.format(sql.Identifier(name), self._role_options(name)))
                except psycopg.errors.DuplicateObject:
                    serial += 1
                    continue
                except psycopg.Error as error:
                    raise EngineError(f"role {name} could not be made: {first_line(error)}") from None
                self._roles.append(name)
                self._settle_role(connection, name)
                return name

    def _settle_role(self, connection: Connection, name: str) -> None:
        role = sql.Identifier(name)
        limits = {
            "statement_timeout": f"{GUEST_SECONDS}s",
            "lock_timeout": f"{GUEST_SECONDS // 3}s",
            "idle_in_transaction_session_timeout": f"{GUEST_SECONDS * 2}s",
        }
        if self.superuser:
            limits["temp_file_limit"] = "1GB"  # only a superuser can lift this one
        else:
            connection.execute(sql.SQL("grant {} to current_user").format(role))
        for setting, value in limits.items():
            change = sql.SQL("alter role {} set {} = {}")
            connection.execute(change.format(role, sql.Identifier(setting), sql.Literal(value)))

    def database(self, *, template: Database | None = None, owner: str | None = None) -> Database:
        """Make a scratch database.

        Args:
            template: copy this database; all connections to it must be closed.
            owner: role that owns the new database, for statements that are not ours (`Server.guest`).

        Raises:
            EngineError: somebody is still connected to the template, or the server refuses.
        """
        with self._lock:
            if template:
                self._wait_until_left(template.name)
            for attempt in range(ATTEMPTS):
                self._serial += 1
                name = self._database_name(self._serial)
                self._databases.add(name)
                source = template.name if template else self._template()
                parts = [sql.SQL("create database {} template {}").format(*map(sql.Identifier, (name, source)))]
                if strategy := self._strategy():
                    parts.append(sql.SQL("strategy {}").format(sql.Identifier(strategy)))
                if owner:
                    parts.append(sql.SQL("owner {}").format(sql.Identifier(owner)))
                try:
                    with self.admin() as connection:
                        connection.execute(sql.SQL(" ").join(parts))
                    break
                except psycopg.Error as error:
                    if not connection.broken or attempt == ATTEMPTS - 1:
                        raise EngineError(f"a scratch database could not be made: {first_line(error)}") from None
            self.run(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
            return Database(self, name)

    def _wait_until_left(self, name: str) -> None:
        """A closed connection takes some milliseconds to go; CREATE DATABASE itself would look every 100 ms."""
        deadline = time.monotonic() + QUIET_SECONDS
        query = "select count(*) from pg_catalog.pg_stat_activity where datname = %s"
        with self.admin() as connection:
            while (count := single(connection, query, name)) and time.monotonic() < deadline:
                time.sleep(0.002)
        if count:
            raise EngineError(
                f"database {name} cannot be copied: {count} connections to it are open",
                hint="Close every connection to a template before copying it.",
            )

    def drop_database(self, name: str) -> None:
        """Drop one of our scratch databases by name; prefer `Database.drop`."""
        if self._stopped or name not in self._databases:
            return
        self.run(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        self._databases.discard(name)

    def let_in(self, name: str, role: str) -> None:
        """Allow a role to connect to one of our scratch databases; `Database.connect` does it."""
        statement = sql.SQL("grant connect, temporary on database {} to {}")
        self.run(statement.format(sql.Identifier(name), sql.Identifier(role)))

    @contextmanager
    def deadline(self, connection: Connection, seconds: float) -> Iterator[None]:
        """End a connection that is not done in time, whatever its statements do about timeouts and cancelling.

        Args:
            connection: a connection to one of our databases; it is lost when the time is up.
            seconds: time for the whole block.

        Raises:
            EngineError: the time was up.
        """
        pid = connection.info.backend_pid
        late = threading.Event()

        def end() -> None:
            late.set()
            with suppress(EngineError, psycopg.Error):
                self.run(sql.SQL("select pg_catalog.pg_terminate_backend({})").format(sql.Literal(pid)))

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except psycopg.Error:
            if late.is_set():
                raise EngineError(f"statements were ended after {seconds:g} s") from None
            raise
        finally:
            timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
