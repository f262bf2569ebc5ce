"""The database at one point of a history, without rows: what the next migration meets."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbarchitect.engines.fingerprint import Fingerprint, fingerprint
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.plan import Transaction
from dbarchitect.model.schema import Schema
from dbarchitect.prove.migration.running import run_either

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database, Server


@dataclass
class Stage:
    """One point of a history.

    Args:
        database: holds its schema, belongs to the guest, and nobody is connected to it.
    """

    database: Database
    _schema: Schema | None = None
    _fingerprint: Fingerprint | None = None

    @classmethod
    def empty(cls, server: Server) -> Stage:
        """The beginning of every history."""
        return cls(server.database(owner=server.guest))

    def copy(self) -> Database:
        """A database to do damage in; the caller drops it."""
        server = self.database.server
        return server.database(template=self.database, owner=server.guest)

    @property
    def schema(self) -> Schema:
        """Its schema as the catalog tells it."""
        if self._schema is None:
            with closing(self.database.connect()) as connection:
                self.read(connection)
        assert self._schema is not None
        return self._schema

    def read(self, connection: Connection) -> Schema:
        """Its schema, asked through a connection to it or to a copy of it, unless it is known."""
        if self._schema is None:
            from dbarchitect.read.database import read

            self._schema = read(connection).schema
        return self._schema

    def fingerprint(self, connection: Connection) -> Fingerprint:
        """Its fingerprint, asked through a connection to a copy of it, unless it is known."""
        if self._fingerprint is None:
            self._fingerprint = fingerprint(connection, again=True)
        return self._fingerprint

    def after(self, migration: Migration) -> tuple[Stage, Transaction]:
        """The next stage, and how the migration's statements ran.

        Raises:
            Refused: it does not even run without rows; this stage is as it was.
        """
        following = self.copy()
        try:
            return Stage(following), run_either(following, migration)
        except BaseException:
            following.drop()
            raise

    def advance(self, migration: Migration) -> None:
        """Become the next stage, without a copy of this one.

        Raises:
            Refused: it does not run; then this stage is good for nothing more.
        """
        self._schema = self._fingerprint = None
        run_either(self.database, migration)

    def drop(self) -> None:
        """Let the database go."""
        self.database.drop()
