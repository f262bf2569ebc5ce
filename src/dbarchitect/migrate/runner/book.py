"""What the database knows of the folder: Drizzle's own table, and one of ours for files without a transaction.

Drizzle's table is written exactly as its migrators write it, so that they find nothing to do after us, nor we after
them (drizzle-orm 0.45: pg-core/dialect.js, migrate; 1.0: pg-core/async/session.js, migrate).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from psycopg import sql

from dbarchitect.errors import RefusedError
from dbarchitect.migrate.runner.statements import statements
from dbarchitect.read.migrations.folder import Form, Migration
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

_TABLES: dict[Form, str] = {
    "0.45": "id serial primary key, hash text not null, created_at bigint",
    "1": "id serial primary key, hash text not null, created_at bigint, name text,"
    " applied_at timestamptz default now()",
    "sql": "id serial primary key, name text not null, hash text not null, applied_at timestamptz default now()",
}
_PROGRESS = "file text primary key, hash text not null, done integer not null, started integer not null"


@dataclass(frozen=True, slots=True)
class Row:
    """A migration that the database has.

    Args:
        hash: of the file when it was applied.
        when: its date in milliseconds; None for plain SQL.
        name: what the table calls it; None on 0.45.
    """

    hash: str
    when: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file without a transaction came.

    Args:
        file: name of the migration.
        hash: of its statements that are done, see `digest`.
        done: how many that are.
        started: how many were begun; one more than `done` when the runner was stopped in the middle of one.
    """

    file: str
    hash: str
    done: int
    started: int


def digest(migration: Migration, done: int) -> str:
    """SHA-256 over the first statements of a file, so that the rest may still be mended."""
    return hashlib.sha256("\0".join(item.source for item in statements(migration)[:done]).encode()).hexdigest()


class Book:
    """The bookkeeping in one database.

    Args:
        connection: to it, in autocommit mode.
        kind: of the folder.
        schema: where the tables lie; None for the usual place.
        table: the name of the table of migrations; None for the usual one.
    """

    def __init__(
        self, connection: psycopg.Connection[Any], kind: Form, schema: str | None = None, table: str | None = None
    ) -> None:
        self.connection = connection
        self.kind = kind
        plain = kind == "sql"
        self.schema = schema or ("dbarchitect" if plain else "drizzle")
        self.table = table or ("migrations" if plain else "__drizzle_migrations")
        self._rows = sql.Identifier(self.schema, self.table)
        self._progress = sql.Identifier(self.schema, "progress" if plain else "__dbarchitect_progress")

    def rows(self) -> tuple[Row, ...]:
        """The migrations that were applied, oldest first.

        Raises:
            RefusedError: the table is not the one that this kind of folder has.
        """
        columns = self._columns()
        if not columns:
            return ()
        wanted = {"hash", "name"} if self.kind == "sql" else {"hash", "created_at"}
        if not wanted <= columns:
            raise RefusedError(
                f"the table {self.schema}.{self.table} is no bookkeeping of migrations",
                hint="Say where the migrations are kept with --table SCHEMA.NAME.",
            )
        if self.kind == "1" and "name" not in columns:
            raise RefusedError(
                f"the table {self.schema}.{self.table} is still as Drizzle 0.45 writes it",
                hint="Run Drizzle 1's own migrator once: it brings its table up to date.",
            )
        when = "null::bigint" if self.kind == "sql" else "created_at"
        name = "null::text" if self.kind == "0.45" else "name"
        query = sql.SQL("select hash, {when}, {name} from {table} order by id").format(
            when=sql.SQL(when), name=sql.SQL(name), table=self._rows
        )
        return tuple(Row(*row) for row in self.connection.execute(query))

    def progress(self) -> tuple[Progress, ...]:
        """Files that were begun and not finished."""
        name = self._progress.as_string(self.connection)
        there = self.connection.execute("select to_regclass(%s) is not null", [name]).fetchone()
        if there is None or not there[0]:
            return ()
        query = sql.SQL("select file, hash, done, started from {} order by file").format(self._progress)
        return tuple(Progress(*row) for row in self.connection.execute(query))

    def prepare(self) -> None:
        """Make the schema and the table when they are not there."""
        if self._columns():
            return
        with self.connection.transaction():
            self._make_schema()
            columns = sql.SQL(_TABLES[self.kind])
            self.connection.execute(sql.SQL("create table if not exists {} ({})").format(self._rows, columns))

    def record(self, migration: Migration) -> None:
        """Write down that a file is applied; within the transaction that applied it, or after its last statement."""
        values: dict[str, object] = {"hash": migration.hash}
        if self.kind != "sql":
            values["created_at"] = migration.when
        if self.kind != "0.45":
            values["name"] = migration.name
        self.connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                self._rows,
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() for _ in values),
            ),
            list(values.values()),
        )

    def begin(self, migration: Migration) -> None:
        """Write down that a file without a transaction begins, unless it has begun before."""
        with self.connection.transaction():
            self._make_schema()
            self.connection.execute(
                sql.SQL("create table if not exists {} ({})").format(self._progress, sql.SQL(_PROGRESS))
            )
            self.connection.execute(
                sql.SQL("insert into {} values (%s, %s, 0, 0) on conflict do nothing").format(self._progress),
                [migration.name, digest(migration, 0)],
            )

    def note(self, migration: Migration, done: int, started: int) -> None:
        """Write down how far a file is."""
        self.connection.execute(
            sql.SQL("update {} set hash = %s, done = %s, started = %s where file = %s").format(self._progress),
            [digest(migration, done), done, started, migration.name],
        )

    def finish(self, migration: Migration) -> None:
        """Write down that a file without a transaction is applied, and take our table away when nothing is in it."""
        with self.connection.transaction():
            self.record(migration)
            self.connection.execute(sql.SQL("delete from {} where file = %s").format(self._progress), [migration.name])
            left = self.connection.execute(sql.SQL("select count(*) from {}").format(self._progress)).fetchone()
            if left == (0,):
                self.connection.execute(sql.SQL("drop table {}").format(self._progress))

    def _make_schema(self) -> None:
        """CREATE SCHEMA asks for rights even when the schema is there."""
        there = self.connection.execute("select from pg_catalog.pg_namespace where nspname = %s", [self.schema])
        if there.fetchone() is None:
            self.connection.execute(sql.SQL("create schema {}").format(sql.Identifier(self.schema)))

    def _columns(self) -> set[str]:
        rows = self.connection.execute(
            "select a.attname from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid"
            " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname = %s and c.relname = %s and a.attnum > 0 and not a.attisdropped",
            [self.schema, self.table],
        )
        return {str(name) for (name,) in rows}
