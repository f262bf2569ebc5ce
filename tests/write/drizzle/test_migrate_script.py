"""The emitted migrate.ts: files without a transaction, bookkeeping, and what it takes over from our own runner."""

import subprocess

import pytest
from migrate import folders
from migrate.folders import ALONE, QUICK, STORY, TWO_PHASES, made, write

from dbarchitect.engines import bun, toolchain
from dbarchitect.migrate import data_file
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import run
from dbarchitect.settings import LINES
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


HOLDING = """
    create schema drizzle;
    create table drizzle.__dbarchitect_progress (
        file text primary key, hash text not null, done integer not null, started integer not null);
    create function drizzle.hold() returns trigger language plpgsql as
        'begin perform pg_advisory_xact_lock_shared(7, 10 * new.done + new.started); return new; end';
    create trigger hold before update on drizzle.__dbarchitect_progress
        for each row execute function drizzle.hold()"""
"""Notes wait while somebody holds the lock of what they say: the runner stands still at any place that is wished."""
NOTED = "^update drizzle"
MOMENTS = (
    ("begin; create table orders ()", "^create table orders"),
    ("select pg_advisory_lock(7, 12)", NOTED),
    ("select pg_advisory_lock(7, 22)", NOTED),
    ("select pg_advisory_lock(7, 33)", NOTED),
    ("select pg_advisory_lock(7, 44)", NOTED),
    ("select pg_advisory_lock(7, 55)", NOTED),
    ("select pg_advisory_lock(7, 66)", NOTED),
    ("select pg_advisory_lock(7, 77)", NOTED),
)
"""What keeps the runner at a place, and its statement there: within a transaction; before an index is built; after it
was, and before that is noted; within the transaction of a note; after each of what runs in none."""


def killed(script, database, held, pattern):
    """kill -9 for a migrate.ts, and for its session, as soon as it waits for what `held` takes."""
    with database.connect() as blocker, database.connect() as watcher:
        blocker.execute(held)
        process = subprocess.Popen(
            [bun.binary(), "run", "src/db/migrate.ts"], cwd=script[1].parent, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=bun.environment({"DATABASE_URL": database.url()}),
        )  # fmt: skip
        try:
            pid = folders.waiting(watcher, pattern)
        finally:
            process.kill()
            process.wait(10)
        watcher.execute("select pg_terminate_backend(%s, 5000)", [pid])
        blocker.execute("rollback")


def test_killed_at_any_statement_it_is_finished_by_either_runner(script, server):
    line, folder, migrate = script
    read = read_folder(write(folder, line))
    for number, (held, pattern) in enumerate(MOMENTS):
        if number % 2 == LINES.index(line):
            continue
        with server.database() as database, database.connect() as connection:
            connection.execute(HOLDING)
            killed(script, database, held, pattern)
            if number % 4 < 2:
                run(connection, read, patience=QUICK, wait=10)
            done = migrate(database)
            assert done.ok, done.output
            assert folders.counted(connection) == folders.LEFT, held
            assert run(connection, read, patience=QUICK).applied == ()
            assert connection.execute("select count(*) from pg_index where not indisvalid").fetchone() == (0,)


@pytest.mark.parametrize(
    ("statement", "held"),
    [
        ("reindex index concurrently t_a_idx", "insert into t values (3)"),
        ("reindex (concurrently) table t", "insert into t values (3)"),
        ("alter table p detach partition p_1 concurrently", "select from p"),
        ("create index concurrently t_b_idx on t (b)", "insert into t values (3)"),
    ],
    ids=["reindex", "reindex table", "detach", "create"],
)
def test_what_a_kill_leaves_half_done_is_finished(script, database, statement, held):
    """On 0.45 our own runner finishes what migrate.ts began, on 1 another migrate.ts does."""
    line, folder, migrate = script
    read = read_folder(write(folder, line, {"change": (ALONE + statement,)}))
    with database.connect() as connection:
        connection.execute(TABLES)
        killed(script, database, f"begin; {held}", f"(?n)^{statement.split()[0]}")
        assert connection.execute(HALF).fetchone() == (1,), "it was stopped half way"
        if line == "0.45":
            run(connection, read, patience=QUICK, wait=10)
        done = migrate(database)
        assert done.ok, done.output
        assert connection.execute(HALF).fetchone() == (0,)
        assert connection.execute("select count(*) from t").fetchone() == (2,)
        assert connection.execute("select count(*) from p_1").fetchone() == (1,)
        attached = connection.execute("select count(*) from pg_inherits where inhparent = 'p'::regclass").fetchone()
        assert attached == (0 if "detach" in statement else 1,)


TABLES = """
    create table t (a int, b int);
    insert into t values (1), (2);
    create index t_a_idx on t (a);
    create table p (a int) partition by range (a);
    create table p_1 partition of p for values from (0) to (10);
    insert into p values (1)"""
HALF = """
    select (select count(*) from pg_index where not indisvalid)
         + (select count(*) from pg_inherits where inhdetachpending)"""


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


def test_a_check_that_finds_rows_takes_its_file_back(script, database):
    line, folder, migrate = script
    text = "-- up\nupdate t set b = a;\n-- down\nupdate t set b = null;\n-- check\nselect 1 from t where b is null;\n"
    filled = data_file.step(data_file.read(text, "fill"))
    begun = ("create table t (a int, b int)", "insert into t values (1), (null)")
    write(folder, line, {"one": begun, "fill": filled.up})
    failed = migrate(database)
    assert not failed.ok
    assert "the check of fill finds rows that are still wrong: 1" in failed.output
    with database.connect() as connection:
        assert connection.execute("select count(*), count(b) from t").fetchone() == (2, 0)
