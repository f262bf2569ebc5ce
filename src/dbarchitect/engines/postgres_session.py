"""Our own connection to a server, opened again when the server has died under it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from dbarchitect.errors import EngineError

Connection = psycopg.Connection[tuple[Any, ...]]

ATTEMPTS = 3  # of a statement of ours, when the server dies under it


class Session(ABC):
    """The connection for our own statements, shared by the threads of this process one after the other."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._admin: Connection | None = None
        self._stopped = False

    @abstractmethod
    def _connect_admin(self) -> Connection:
        """A new connection for our own statements."""

    @property
    def stopped(self) -> bool:
        """True after `stop`."""
        return self._stopped

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        """Our own connection, opened again when it or the server has died; one thread at a time."""
        with self._lock:
            if self._stopped:
                raise EngineError("this PostgreSQL server was stopped")
            if self._admin is None or not self._answers(self._admin):
                self._close_admin()
                self._admin = self._connect_admin()
            yield self._admin

    def _answers(self, connection: Connection) -> bool:
        if connection.closed:
            return False
        try:
            connection.execute("select")
        except psycopg.Error:
            return False
        return True

    def _close_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None

    def run(self, statement: sql.Composed) -> None:
        """Execute a statement that may be repeated, again when the server died under it."""
        for attempt in range(ATTEMPTS):
            with self.admin() as connection:
                try:
                    connection.execute(statement)
                    return
                except psycopg.Error:
                    if not connection.broken or attempt == ATTEMPTS - 1:
                        raise


def single(connection: Connection, query: str, *parameters: object) -> Any:
    """The first value of the first row of a query of ours, None without rows."""
    row = connection.execute(query.encode(), parameters or None).fetchone()
    return row[0] if row else None


def first_line(error: BaseException) -> str:
    """The first line of what an error says."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
