"""The emitted migrate.ts: files without a transaction, bookkeeping, and what it takes over from our own runner."""

import pytest
from migrate import folders
from migrate.folders import ALONE, QUICK, STORY, TWO_PHASES, made, write

from dbarchitect.engines import toolchain
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import run
from dbarchitect.write.drizzle.code import render

UNIQUE = {"unique": (ALONE + 'create unique index concurrently "t_a_idx" on public.t (a)',)}


class StoppedError(Exception):
    """Stands for a runner that is killed."""


@pytest.fixture(params=["0.45", "1"])
def script(request, tmp_path):
    """migrate.ts of a line, as a function of a database."""
    for name in ("migrate", "migrations"):
        path = tmp_path / "src" / "db" / f"{name}.ts"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(f"helpers/{name}.ts.j2", line=request.param))
    project = toolchain.Project(tmp_path, request.param)

    def migrate(database, *arguments):
        return project.script("src/db/migrate.ts", *arguments, env={"DATABASE_URL": database.url()})

    with project.link():
        yield request.param, tmp_path / "drizzle", migrate


def test_every_kind_of_file_is_applied_and_our_runner_agrees(script, database):
    line, folder, migrate = script
    write(folder, line, downs={"notes": "drop table notes;"})
    done = migrate(database)
    assert done.ok, done.output
    assert "up to date: 3 migrations" in done.output
    with database.connect() as connection:
        assert folders.counted(connection) == folders.LEFT
        assert run(connection, read_folder(folder), patience=QUICK).applied == ()
        assert connection.execute("select count(*) from pg_tables where schemaname = 'drizzle'").fetchone() == (1,)
        assert migrate(database, "down").ok
        assert connection.execute("select to_regclass('notes')").fetchone() == (None,)
        assert len(run(connection, read_folder(folder), patience=QUICK).applied) == 1
        assert folders.counted(connection) == folders.LEFT
    (folder / "down" / "0002_notes.sql" if line == "0.45" else next(folder.glob("*_notes/down.sql"))).write_text(
        "-- irreversible: nothing takes this back.\n"
    )
    refused = migrate(database, "down")
    assert not refused.ok
    assert "nothing takes it back" in refused.output


def test_it_goes_on_where_our_runner_was_stopped(script, server):
    line, folder, migrate = script
    write(folder, line)
    read = read_folder(folder)
    for stop in (("before", 3), ("ran", 3), ("done", 3), ("ran", 2), ("ran", 6)):

        def watch(moment, migration, number, stop=stop):
            if migration.alone and (moment, number) == stop:
                raise StoppedError

        with server.database() as database, database.connect() as connection:
            with pytest.raises(StoppedError):
                run(connection, read, patience=QUICK, watch=watch)
            done = migrate(database)
            assert done.ok, done.output
            assert folders.counted(connection) == folders.LEFT, stop


def test_an_invalid_index_is_dropped_and_built(script, database):
    line, folder, migrate = script
    write(folder, line, UNIQUE)
    with database.connect() as connection:
        connection.execute("create table t (a int)")
        connection.execute("insert into t values (1), (1)")
        failed = migrate(database)
        assert not failed.ok
        assert "SQLSTATE: 23505" in failed.output
        assert connection.execute("select indisvalid from pg_index where not indisvalid").fetchone() == (False,)
        connection.execute("delete from t where ctid = '(0,1)'")
        assert migrate(database).ok
        assert connection.execute("select count(*) from pg_index where not indisvalid").fetchone() == (0,)
        assert connection.execute("select to_regclass('t_a_idx') is not null").fetchone() == (True,)


def test_what_does_not_fit_is_refused(script, database):
    line, folder, migrate = script
    write(folder, line)
    assert migrate(database).ok
    write(folder, line, {**STORY, "initial": (*STORY["initial"], "select 1")})
    edited = migrate(database)
    assert not edited.ok
    assert "edited after it was applied" in edited.output


def test_two_at_once_take_turns(script, database):
    from concurrent.futures import ThreadPoolExecutor

    line, folder, migrate = script
    write(folder, line)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: migrate(database), range(2)))
    assert [done.ok for done in both] == [True, True], both
    with database.connect() as connection:
        assert folders.counted(connection) == folders.LEFT


def test_a_contract_waits_until_it_is_asked_for(script, database):
    line, folder, migrate = script
    write(folder, line, dict(list(TWO_PHASES.items())[:1]))
    assert migrate(database).ok
    write(folder, line, TWO_PHASES)
    waits = migrate(database)
    assert waits.ok, waits.output
    assert "_three waits" in waits.output
    with database.connect() as connection:
        assert made(connection) == "one two"
        assert migrate(database, "contract").ok
        assert made(connection) == "four two"
        assert "up to date" in migrate(database, "contract").output
        assert made(connection) == "four"
