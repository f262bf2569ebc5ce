"""What the claims of one project share: its folder under the toolchain, and databases that are made once."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dbarchitect.design.result import Draft
from dbarchitect.errors import InputError
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.names import qualified
from dbarchitect.model.schema import Schema
from dbarchitect.read.migrations.folder import Folder
from dbarchitect.read.migrations.reader import BROKEN, read_folder
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.engines.fingerprint import Fingerprint
    from dbarchitect.engines.postgres import Database, Server
    from dbarchitect.engines.toolchain import KitResult, Project

T = TypeVar("T")

SEED_ROWS = 40
"""Rows that the seed makes for each table: enough for several tenants, pages and statuses."""


class Unprovable(Exception):  # noqa: N818 - a state, not a fault
    """A claim cannot be decided for want of something else; the text says of what."""


@dataclass
class Context:
    """One project under proof; everything costly is made at most once, whichever claim asks first.

    Args:
        folder: a scratch copy of the project, with packages that resolve.
        project: the toolchain over that folder.
        draft: the design that the project was made from.
        settings: its settings.
        server: the PostgreSQL that serves the proof.
    """

    folder: Path
    project: Project
    draft: Draft
    settings: Settings
    server: Server
    _made: dict[str, Any] = field(default_factory=dict)
    _databases: dict[str, Database] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def schema(self) -> Schema:
        """The declared schema."""
        return self.draft.schema

    @property
    def lookup(self) -> Lookup:
        """Answers about the declared schema."""
        return self.once("lookup", lambda: Lookup(self.schema))

    @property
    def history(self) -> Folder:
        """The migrations of the folder with their downs.

        Raises:
            InputError: there are none, or one of them is not there.
        """
        return self.once("history", lambda: _history(self.folder / "drizzle"))

    @property
    def owner(self) -> str:
        """The role that owns the databases, as a project's owner does: no superuser, so FORCE RLS binds it."""
        return self.once("owner", lambda: self.server.role("owner"))

    @property
    def application(self) -> str:
        """A role as the application has it: it owns nothing and bypasses nothing."""
        return self.once("application", lambda: self.server.role("app_user"))

    @property
    def kit(self) -> KitResult:
        """What drizzle-kit makes of the project's schema files."""
        return self.once("kit", lambda: self.project.kit_snapshot())

    @property
    def empty(self) -> Database:
        """An empty database that belongs to the owner."""
        return self.once("empty", self.new_database)

    @property
    def migrated(self) -> Database:
        """A database with every migration of the folder applied by the owner, statement by statement."""
        return self.once("migrated", self._migrate)

    @property
    def mirror(self) -> Database:
        """A copy of the migrated database to look at: the original is a template, which nobody may be connected to."""
        return self.once("mirror", lambda: self.new_database(self.migrated))

    @property
    def actual(self) -> Schema:
        """The schema as the migrated database's catalog tells it."""
        return self.once("actual", self._read)

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of the migrated database."""
        return self.once("fingerprint", self._fingerprint)

    @property
    def seeded(self) -> Database:
        """The migrated database filled by the project's own seed."""
        return self.once("seeded", self._seed)

    def new_database(self, template: Database | None = None) -> Database:
        """A database of the owner's, empty or a copy of `template`."""
        database = self.server.database(template=template, owner=self.owner)
        self._databases[database.name] = database
        return database

    @contextlib.contextmanager
    def playground(self) -> Iterator[psycopg.Connection[Any]]:
        """A copy of the seeded database to do damage in, seen whole: no policy and no trigger of the user's acts."""
        with self.new_database(self.seeded) as database, self.whole(database) as connection:
            for table in self.schema.tables:
                connection.execute(f"alter table {qualified(*table.key)} disable trigger user".encode())
            yield connection

    def whole(self, database: Database) -> psycopg.Connection[Any]:
        """A connection that sees every row of a copy: of a superuser, or of an owner whom policies do not bind."""
        connection = database.connect()
        if not self.server.superuser:
            for table in self.schema.tables:
                connection.execute(f"alter table {qualified(*table.key)} no force row level security".encode())
        return connection

    def scrub(self, text: str) -> str:
        """The text without what differs from run to run: names of scratch folders, databases and roles."""
        for name, plain in self._private():
            text = text.replace(name, plain)
        return text

    def _private(self) -> list[tuple[str, str]]:
        found = [(str(self.folder.resolve()), "."), (str(self.folder), ".")]
        for key, plain in (("owner", "owner"), ("application", "app_user")):
            worked, name = self._made.get(key, (False, None))
            found += [(name, plain)] if worked else []
        found += [(f'"{name}"', '"scratch"') for name in list(self._databases)]
        return [(name, plain) for name, plain in found if name != plain]

    def close(self) -> None:
        """Drop every database that was made; the server does it, too, when it stops."""
        for database in self._databases.values():
            database.drop()

    def once(self, name: str, make: Callable[[], T]) -> T:
        """The result of `make`, computed once; a failure is raised again for everybody who asks."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._made:
                try:
                    self._made[name] = (True, make())
                except Exception as error:
                    self._made[name] = (False, error)
            worked, result = self._made[name]
        if not worked:
            raise result
        value: T = result
        return value

    def grant(self, connection: psycopg.Connection[Any]) -> None:
        """What the project's README tells the owner to grant to the application's role."""
        from psycopg import sql

        role = sql.Identifier(self.application)
        namespaces = sorted({table.schema for table in self.schema.tables})
        for namespace in namespaces:
            place = sql.Identifier(namespace)
            connection.execute(sql.SQL("grant usage on schema {} to {}").format(place, role))
            connection.execute(
                sql.SQL("grant select, insert, update, delete on all tables in schema {} to {}").format(place, role)
            )
            connection.execute(sql.SQL("grant usage on all sequences in schema {} to {}").format(place, role))

    def _migrate(self) -> Database:
        import psycopg

        database = self.new_database()
        with database.connect(self.owner) as connection:
            for migration in self.history.migrations:
                for statement in migration.parts:
                    try:
                        connection.execute(statement.encode())
                    except psycopg.Error as error:
                        raise Unprovable(f"migration {migration.name} does not apply: {first_line(error)}") from error
        return database

    def _read(self) -> Schema:
        from dbarchitect.read.database import read

        with self.mirror.connect() as connection:
            return read(connection).schema

    def _fingerprint(self) -> Fingerprint:
        from dbarchitect.engines.fingerprint import fingerprint

        with self.mirror.connect() as connection:
            return fingerprint(connection)

    def _seed(self) -> Database:
        database = self.new_database(self.migrated)
        with database.connect(self.owner) as connection:
            self.grant(connection)
        self.run_seed(database)
        with database.connect() as connection:
            connection.execute("analyze")
        return database

    def run_seed(self, database: Database) -> None:
        """Fill a database by the project's own seed.

        Raises:
            Unprovable: the seed fails.
        """
        url = database.url(self.owner)
        finished = self.project.script("src/db/seed.ts", "--rows", str(SEED_ROWS), env={"DATABASE_URL": url})
        if not finished.ok:
            raise Unprovable(f"the seed fails: {_complaint(finished.output)}")


def first_line(error: Exception) -> str:
    """The first line of a PostgreSQL error, with its SQLSTATE when there is one."""
    state = getattr(error, "sqlstate", None)
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{state} {text}" if state else text


def _history(path: Path) -> Folder:
    folder = read_folder(path)
    for fault in folder.faults:
        if fault.kind in BROKEN | {"missing", "twice"}:
            raise InputError(fault.message, place=str(path / fault.file))
    if not folder.migrations:
        raise InputError("the project has no migrations", place=str(path))
    return folder


def _complaint(output: str) -> str:
    """What a script that failed says: its error and what caused it, without the source that Bun shows around."""
    lines = [line.strip() for line in output.splitlines()]
    telling = re.compile(r"(\w*error\w*|cause|detail|message|constraint|code)\b", re.IGNORECASE)
    said = [line for line in lines if telling.match(line)]
    return " | ".join(dict.fromkeys(said[:6])) or last_lines(output)


def last_lines(text: str, count: int = 6) -> str:
    """The last lines that say something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return " | ".join(line.strip() for line in lines[-count:])
