"""One throw-away database: how to connect to it, and how it goes away."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.engines.postgres_server import Server


class Database:
    """A scratch database of a `Server`; use it as a context manager, or call `drop`.

    Nobody but the server's owner may enter it until `connect` or `url` was asked for a role.
    """

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._welcome: set[str] = set()
        self.name = name

    def __repr__(self) -> str:
        return f"<Database {self.name} of {self._server!r}>"

    @property
    def server(self) -> Server:
        """The server that it lives on."""
        return self._server

    def connect(self, role: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """A new connection in autocommit mode; the caller closes it.

        A statement of somebody else is run with `execute(sql, prepare=True)`: the extended protocol takes one
        statement at a time, so that nothing can be stacked behind it.

        Args:
            role: `Server.guest` or a role made by `Server.role`; the owner of the server when None.

        Raises:
            EngineError: the server cannot be reached.
        """
        self._let_in(role)
        return self._server.connect(self.name, role)

    def url(self, role: str | None = None) -> str:
        """A URL for psycopg, node-postgres and Bun. It may hold a password: never print it.

        Args:
            role: as for `connect`.
        """
        self._let_in(role)
        return self._server.url(self.name, role)

    def drop(self) -> None:
        """Remove the database, with whoever is connected; a second call does nothing."""
        self._server.drop_database(self.name)

    def _let_in(self, role: str | None) -> None:
        if role is not None and role not in self._welcome:
            self._server.let_in(self.name, role)
            self._welcome.add(role)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()
