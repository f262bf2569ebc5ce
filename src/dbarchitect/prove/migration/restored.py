"""Somebody's own rows to prove migrations on: a dump of pg_dump, plain or an archive, put into a scratch database.

A dump with tables brings its schema along; how far its history goes is read from Drizzle's bookkeeping, else all but
the last migrations count as applied. A dump of data alone is loaded after a replay. Everything runs as the server's
guest; rows of COPY are the only thing that a superuser loads, without triggers and foreign keys.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg

from dbarchitect.data.adversarial import Filled
from dbarchitect.engines import postgres_binaries
from dbarchitect.errors import EngineError, InputError
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.names import qualified
from dbarchitect.prove.migration.running import Refused, execute, prepare, run_either
from dbarchitect.prove.migration.stage import Stage
from dbarchitect.records import dataclass
from dbarchitect.sql.statements import split

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database, Server
    from dbarchitect.model.schema import Schema

_COPY: Final = re.compile(r"^COPY (?P<table>\S.*?)(?: \((?P<columns>.*)\))? FROM stdin;$", re.IGNORECASE)
_META: Final = re.compile(r"^\\(?!\.)")
_LEFT_OUT: Final = re.compile(
    r"(alter\s.*\sowner\s+to\s|comment\s+on\s+extension\s|alter\s+default\s+privileges\s|create\s+schema\s+public\b"
    r"|create\s+(?:event\s+trigger|publication|subscription)\s|(?:create|alter)\s+database\s)",
    re.IGNORECASE | re.DOTALL,
)
_INSERT: Final = re.compile(r"insert\s", re.IGNORECASE)
_SECONDS: Final = 600
THERE: Final = ("42P06", "42710")
"""What PostgreSQL says to a schema or an extension that is there already."""
_BOOKS: Final = 'select count(*) from "drizzle"."__drizzle_migrations"'


@dataclass(frozen=True, slots=True)
class _Part:
    """Statements, or the rows of one COPY."""

    sql: str = ""
    copy: str = ""
    rows: list[str] = field(default_factory=list)


@dataclass
class Given:
    """A dump in place.

    Args:
        stage: the schema that its rows have, without them.
        pending: the migrations that it has not seen.
        rows: the rows, at the point of the history that the proof has come to.
    """

    stage: Stage
    pending: tuple[Migration, ...]
    rows: Rows


class Rows:
    """The rows of a dump, carried along from migration to migration.

    Args:
        database: holds schema and rows.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def copy(self) -> Database:
        """A database with the rows, to do damage in; the caller drops it."""
        server = self.database.server
        return server.database(template=self.database, owner=server.guest)

    def count(self, schema: Schema) -> Filled:
        """How many rows each table has; those without any are named."""
        found = Filled()
        with closing(self.database.connect()) as connection:
            for table in schema.tables:
                if table.partition_of is None:
                    row = connection.execute(f"select count(*) from {qualified(*table.key)}".encode()).fetchone()
                    found.rows[table.key] = row[0] if row else 0
                    if not found.rows[table.key]:
                        found.empty[table.key] = "the dump has no row of it"
        return found

    def advance(self, migration: Migration) -> None:
        """Take the rows through a migration for good.

        Raises:
            Refused: they stand in its way.
        """
        run_either(self.database, migration)


@contextmanager
def restored(server: Server, dump: Path, history: Sequence[Migration], count: int) -> Iterator[Given]:
    """Put a dump into a scratch database.

    Args:
        server: our own server.
        dump: a file of pg_dump: plain SQL, custom or tar.
        history: all migrations.
        count: how many of the last are to be proved.

    Raises:
        InputError: the dump cannot be read or restored, or has seen all migrations.
        EngineError: it is an archive, and there is no pg_restore.
    """
    parts = list(_parts(_text(dump)))
    whole = any(re.search(r"^\s*create\s+(?:unlogged\s+)?table\b", p.sql, re.I | re.M) for p in parts)
    with server.database(owner=server.guest) as rows, server.database(owner=server.guest) as plain:
        if whole:
            _load(rows, parts, dump, with_rows=True)
            _load(plain, parts, dump, with_rows=False)
            applied = _applied(rows)
            if applied is None:
                applied = max(len(history) - count, 0)
            elif applied >= len(history):
                raise InputError("the dump has seen every migration of the folder", place=str(dump))
        else:
            applied = max(len(history) - count, 0)
            for migration in history[:applied]:
                for database in (rows, plain):
                    _replay(database, migration)
            _load(rows, parts, dump, with_rows=True)
        yield Given(Stage(plain), tuple(history[applied:]), Rows(rows))


def _replay(database: Database, migration: Migration) -> None:
    try:
        run_either(database, migration)
    except Refused as refused:
        raise InputError(f"{migration.name} does not run: {refused.message}") from None


def _applied(database: Database) -> int | None:
    """How many migrations Drizzle's bookkeeping knows; None without it."""
    with closing(database.connect()) as connection:
        try:
            row = connection.execute(_BOOKS).fetchone()
        except psycopg.Error:
            return None
    return int(row[0]) if row else None


def _text(dump: Path) -> str:
    """The dump as SQL."""
    try:
        with dump.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise InputError(f"the dump cannot be read: {error.strerror}", place=str(dump)) from None
    if head.startswith(b"PGDMP") or head[257:262] == b"ustar":
        return _unpacked(dump)
    try:
        return dump.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the dump is no UTF-8", place=str(dump)) from None


def _unpacked(dump: Path) -> str:
    program = Path(postgres_binaries.find().program("pg_restore"))
    if not program.is_file():
        raise EngineError(
            "the dump is an archive, and this PostgreSQL has no pg_restore",
            hint=f"Make SQL of it: pg_restore --no-owner --no-acl -f dump.sql {dump.name}",
        )
    command = [str(program), "--no-owner", "--no-acl", "-f", "-", str(dump)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=_SECONDS)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(f"pg_restore cannot read the dump: {said[-1] if said else 'no reason given'}", place=str(dump))
    return done.stdout.decode()


def _parts(text: str) -> Iterator[_Part]:
    """Statements and COPY blocks in their order, without commands of psql."""
    lines: list[str] = []
    rows: list[str] | None = None
    copy = ""
    for line in text.split("\n"):
        if rows is not None:
            if line == "\\.":
                yield _Part(copy=copy, rows=rows)
                rows = None
            else:
                rows.append(line)
        elif _COPY.match(line):
            yield _Part(sql="\n".join(lines))
            lines, rows, copy = [], [], line.removesuffix(";")
        elif not _META.match(line):
            lines.append(line)
    yield _Part(sql="\n".join(lines))


def _load(database: Database, parts: Sequence[_Part], dump: Path, *, with_rows: bool) -> None:
    with closing(database.connect()) as loader, closing(database.connect(database.server.guest)) as owner:
        loader.execute("set session_replication_role = replica")
        for part in parts:
            if part.copy and with_rows:
                _copy(loader, part, dump)
            for piece in split(part.sql):
                if not _LEFT_OUT.match(piece.text) and (with_rows or not _INSERT.match(piece.text)):
                    _statement(database, owner, piece.text, dump)


def _copy(loader: Connection, part: _Part, dump: Path) -> None:
    try:
        with loader.cursor() as cursor, cursor.copy(part.copy.encode()) as copy:
            for row in part.rows:
                copy.write(row + "\n")
    except psycopg.Error as error:
        said = str(error).strip().splitlines()[0]
        raise InputError(f"the dump cannot be restored: {said}", place=str(dump), hint=part.copy) from None


def _statement(database: Database, owner: Connection, statement: str, dump: Path) -> None:
    prepare(database, [statement])
    try:
        execute(database, owner, statement)
    except Refused as refused:
        if refused.sqlstate not in THERE:
            message = f"the dump cannot be restored: {refused.message}"
            raise InputError(message, place=str(dump), hint=statement[:200]) from None
