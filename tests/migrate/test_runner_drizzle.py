"""Drizzle's own migrators and ours, on one database: each finds nothing to do after the other."""

import pytest
from migrate.folders import ALONE, QUICK, write

from dbarchitect.engines import toolchain
from dbarchitect.migrate.runner.book import Book
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import run

THEIRS = """
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { Client } from 'pg'

const client = new Client({ connectionString: process.env.DATABASE_URL })
await client.connect()
await migrate(drizzle({ client }), { migrationsFolder: process.argv[2] ?? '' })
await client.end()
"""
SMALL = {
    "one": ("create table a (x int primary key)", "-- Ünïcode '--' \ninsert into a values (1)"),
    "two": ("create table b (x int)", "insert into b select x from a"),
}
LATER = {"three": ("insert into b values (3)",)}
ALONE_TOO = {"index": (ALONE + "create index concurrently b_idx on b (x)", "insert into b values (4)")}
ROWS = "select * from drizzle.__drizzle_migrations order by id"
COLUMNS = """
    select column_name, data_type, column_default, is_nullable from information_schema.columns
     where table_schema = 'drizzle' order by ordinal_position"""


@pytest.fixture(params=["0.45", "1"])
def theirs(request, tmp_path):
    """Drizzle's migrator of a line, as a function of a database and a folder."""
    (tmp_path / "theirs.ts").write_text(THEIRS)
    project = toolchain.Project(tmp_path, request.param)

    def migrate(database, folder):
        finished = project.script("theirs.ts", str(folder), env={"DATABASE_URL": database.url()})
        assert finished.ok, finished.output

    with project.link():
        yield request.param, migrate


def bare(row):
    """A row without the moment at which it was written."""
    return row[:4]


def test_each_carries_on_where_the_other_stopped(theirs, server, tmp_path):
    line, migrate = theirs
    folder = write(tmp_path / "m", line, SMALL)
    with server.database() as one, server.database() as two, one.connect() as mine, two.connect() as other:
        assert len(run(mine, read_folder(folder), patience=QUICK).applied) == 2
        migrate(one, folder)
        assert mine.execute("select count(*) from b").fetchone() == (1,), "Drizzle ran it again"
        migrate(two, folder)
        assert run(other, read_folder(folder), patience=QUICK).applied == ()

        write(folder, line, {**SMALL, **LATER})
        migrate(one, folder)
        assert len(run(other, read_folder(folder), patience=QUICK).applied) == 1
        write(folder, line, {**SMALL, **LATER, **ALONE_TOO})
        run(mine, read_folder(folder), patience=QUICK)
        run(other, read_folder(folder), patience=QUICK)
        for database, connection in ((one, mine), (two, other)):
            migrate(database, folder)
            assert connection.execute("select array_agg(x order by x) from b").fetchone() == ([1, 3, 4],)
        assert [bare(row) for row in mine.execute(ROWS)] == [bare(row) for row in other.execute(ROWS)]
        assert mine.execute(COLUMNS).fetchall() == other.execute(COLUMNS).fetchall()
        if line == "1":
            assert mine.execute(
                "select count(*) from drizzle.__drizzle_migrations where applied_at is null"
            ).fetchone() == (0,)


def test_a_bookkeeping_of_their_choosing(theirs, database, tmp_path):
    line, _ = theirs
    folder = read_folder(write(tmp_path / "m", line, SMALL))
    with database.connect() as connection:
        book = Book(connection, folder.form, "ops", "applied")
        run(connection, folder, book=book, patience=QUICK)
        assert connection.execute("select count(*) from ops.applied").fetchone() == (2,)
        assert connection.execute("select count(*) from pg_namespace where nspname = 'drizzle'").fetchone() == (0,)
