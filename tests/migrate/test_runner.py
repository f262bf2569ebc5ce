"""Folders run on a real PostgreSQL: bookkeeping, order, and runs that are killed or kept waiting."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from migrate import folders
from migrate.folders import ALONE, QUICK, waiting, write

import dbarchitect
from dbarchitect.errors import RefusedError
from dbarchitect.migrate.runner.book import Book
from dbarchitect.migrate.runner.folder import read_folder
from dbarchitect.migrate.runner.run import StatementError, run
from dbarchitect.migrate.runner.standing import stand

KINDS = ("0.45", "1", "sql")
SOURCE = Path(dbarchitect.__file__).parent.parent


@pytest.fixture
def connection(database):
    with database.connect() as made:
        yield made


def apply(connection, folder, **options):
    return run(connection, read_folder(folder), **{"patience": QUICK, "wait": 5, **options})


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_is_applied_once(kind, connection, tmp_path):
    folder = write(tmp_path / "m", kind)
    ran = apply(connection, folder)
    assert (len(ran.applied), ran.statements) == (3, 14)
    assert folders.counted(connection) == folders.LEFT
    assert apply(connection, folder).applied == ()
    assert folders.counted(connection) == folders.LEFT
    schema = "dbarchitect" if kind == "sql" else "drizzle"
    tables = connection.execute("select count(*) from pg_tables where schemaname = %s", [schema]).fetchone()
    assert tables == (1,), "the table of what is begun goes when nothing is"
    assert connection.execute("show statement_timeout").fetchone() == ("0",), "a file's settings end with it"


@pytest.mark.parametrize(("kind", "stride"), [("0.45", 1), ("sql", 4)])
def test_a_runner_that_is_killed_anywhere_is_finished_by_the_next(kind, stride, server, tmp_path):
    folder = write(tmp_path / "m", kind)
    read = read_folder(folder)
    databases = [server.database() for _ in range(44 // stride)]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(SOURCE), str(Path(folders.__file__).parent.parent))),
    }
    done = subprocess.run(
        [sys.executable, folders.__file__, folder, str(stride)], input="\n".join(item.url() for item in databases),
        capture_output=True, text=True, env=environment, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    killed = int(done.stdout)
    assert 36 // stride < killed < len(databases)
    for number, database in enumerate(databases[:killed]):
        with database.connect() as connection:
            run(connection, read, patience=QUICK, wait=10)
            assert folders.counted(connection) == folders.LEFT, f"killed at step {number}"
            invalid = connection.execute("select count(*) from pg_index where not indisvalid").fetchone()
            assert invalid == (0,), f"killed at step {number}"
            assert stand(read, Book(connection, read.form)).pending == ()
    for database in databases:
        database.drop()


def test_an_index_that_a_dead_runner_left_is_dropped_and_built(database, connection, tmp_path):
    folder = write(tmp_path / "m", "0.45", {"initial": folders.STORY["initial"][:2]})
    apply(connection, folder)
    statements = (ALONE + "create unique index concurrently customers_email_idx on customers (email)",)
    write(folder, "0.45", {"initial": folders.STORY["initial"][:2], "indexes": statements})
    broken = []

    def dying():
        with database.connect() as other:
            try:
                apply(other, folder, patience=folders.Patience(lock_timeout=20))
            except StatementError as error:
                broken.append(error)

    with database.connect() as blocker:
        blocker.execute("begin")
        blocker.execute("update customers set name = 'held' where id = 1")
        thread = threading.Thread(target=dying)
        thread.start()
        pid = waiting(connection, "^create unique index concurrently")
        connection.execute("select pg_terminate_backend(%s)", [pid])
        thread.join(10)
        blocker.execute("rollback")
    assert broken[0].sqlstate is None or broken[0].sqlstate == "57P01"
    assert connection.execute("select indisvalid from pg_index where not indisvalid").fetchone() == (False,)
    apply(connection, folder)
    assert connection.execute("select count(*) from pg_index where not indisvalid").fetchone() == (0,)
    assert connection.execute("select count(*) from pg_indexes where indexname = 'customers_email_idx'").fetchone() == (
        1,
    )


def test_a_build_that_outlives_its_runner_is_waited_for_and_kept(database, connection, tmp_path):
    folder = write(tmp_path / "m", "1", {"index": (ALONE + "create index concurrently t_a_idx on t (a)",)})
    connection.execute("create table t (a int)")
    ended = []

    def first(other):
        try:
            apply(other, folder, patience=folders.Patience(lock_timeout=20))
        except StatementError as error:
            ended.append(error.sqlstate)

    with database.connect() as blocker, database.connect() as other:
        blocker.execute("begin")
        blocker.execute("insert into t values (1)")
        thread = threading.Thread(target=first, args=[other])
        thread.start()
        waiting(connection, "^create index concurrently")
        with socket.socket(fileno=os.dup(other.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        with pytest.raises(RefusedError, match="another runner is at work"):
            apply(connection, folder, wait=0.1)
        oid = connection.execute("select 't_a_idx'::regclass::oid").fetchone()
        blocker.execute("rollback")
    assert ended == [None]
    assert len(apply(connection, folder).applied) == 1
    assert connection.execute("select 't_a_idx'::regclass::oid").fetchone() == oid, "it was built twice"


def test_a_unique_index_over_duplicates_is_built_once_they_are_gone(connection, tmp_path):
    connection.execute("create table t (a int)")
    connection.execute("insert into t values (1), (1)")
    folder = write(tmp_path / "m", "1", {"unique": (ALONE + "create unique index concurrently t_a_idx on t (a)",)})
    with pytest.raises(StatementError) as failed:
        apply(connection, folder)
    assert failed.value.sqlstate == "23505"
    assert failed.value.place.endswith("_unique/migration.sql:2")
    assert "(1)" not in str(failed.value), "no value of a row is told"
    connection.execute("delete from t where ctid = '(0,1)'")
    apply(connection, folder)
    assert connection.execute("select indisvalid from pg_index where indexrelid = 't_a_idx'::regclass").fetchone() == (
        True,
    )


def test_an_index_of_that_name_which_we_did_not_build_is_not_taken_for_ours(connection, tmp_path):
    connection.execute("create table t (a int, b int)")
    connection.execute("create index t_a_idx on t (b)")
    folder = write(tmp_path / "m", "1", {"index": (ALONE + "create index concurrently t_a_idx on t (a)",)})
    for _ in range(2):
        with pytest.raises(StatementError) as failed:
            apply(connection, folder)
        assert failed.value.sqlstate == "42P07"


def test_a_statement_that_failed_may_be_mended_but_not_what_is_done(connection, tmp_path):
    story = {"values": (ALONE + "create table t (a int)", "insert into t values (1)", "insert into tt values (2)")}
    folder = write(tmp_path / "m", "0.45", story)
    with pytest.raises(StatementError, match="stay applied"):
        apply(connection, folder)
    write(folder, "0.45", {"values": (story["values"][0], "insert into t values (7)", "insert into t values (2)")})
    with pytest.raises(RefusedError, match="no longer begins with them"):
        apply(connection, folder)
    write(folder, "0.45", {"values": (*story["values"][:2], "insert into t values (2)")})
    apply(connection, folder)
    assert connection.execute("select array_agg(a order by a) from t").fetchone() == ([1, 2],)


def test_a_file_that_fails_leaves_nothing_and_the_files_before_it_stay(connection, tmp_path):
    story = {"one": ("create table a (x int)",), "two": ("create table b (x int)", "\n\ninsert into c values (1)")}
    folder = write(tmp_path / "m", "sql", story)
    with pytest.raises(StatementError, match="Nothing of this file was applied") as failed:
        apply(connection, folder)
    assert failed.value.place.endswith("2_two.sql:4")
    assert connection.execute("select to_regclass('a') is not null, to_regclass('b') is null").fetchone() == (
        True,
        True,
    )


def test_two_runners_take_turns(database, connection, tmp_path):
    folder = write(tmp_path / "m", "1")
    found = []

    def other():
        with database.connect() as second:
            found.append(apply(second, folder, wait=20))

    threads = [threading.Thread(target=other) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(len(ran.applied) for ran in found) == [0, 0, 3]
    assert folders.counted(connection) == folders.LEFT


def test_a_second_runner_says_who_is_first(database, connection, tmp_path):
    folder = write(tmp_path / "m", "sql")
    with database.connect() as first:
        first.execute("set application_name = 'the other one'")
        first.execute("select pg_advisory_lock(7236041)")
        with pytest.raises(RefusedError, match="the other one"):
            apply(connection, folder, wait=0.1)
    assert connection.execute("select to_regclass('customers')").fetchone() == (None,)


def test_a_lock_that_is_let_go_is_waited_for(database, connection, tmp_path):
    connection.execute("create table t (a int)")
    folder = write(tmp_path / "m", "0.45", {"change": ("create table u (a int)", "alter table t add column b int")})
    moments = []
    with database.connect() as blocker:
        blocker.execute("begin")
        blocker.execute("select from t")

        def watch(moment, migration, number):
            moments.append(moment)
            if moment == "waiting":
                blocker.execute("rollback")

        apply(connection, folder, watch=watch)
    assert moments.count("waiting") == 1
    assert connection.execute("select count(*) from information_schema.columns where table_name = 't'").fetchone() == (
        2,
    )


def test_a_lock_that_is_never_let_go_ends_the_run_and_names_who_holds_it(database, connection, tmp_path):
    connection.execute("create table t (a int)")
    folder = write(tmp_path / "m", "0.45", {"change": ("alter table t add column b int",)})
    with database.connect() as blocker:
        blocker.execute("set application_name = 'a long report'")
        blocker.execute("begin")
        blocker.execute("select from t")
        patience = folders.Patience(lock_timeout=0.05, tries=3, first=0.02)
        with pytest.raises(StatementError) as failed:
            apply(connection, folder, patience=patience)
    assert failed.value.sqlstate == "55P03"
    assert "a long report" in str(failed.value)


def test_pauses_are_spread_and_the_same_each_time():
    patience = folders.Patience(first=1, longest=8, tries=6)
    assert list(patience.pauses()) == list(patience.pauses())
    assert [low <= pause <= 2 * low for low, pause in zip((0.5, 1, 2, 4, 4), patience.pauses(), strict=True)] == [
        True
    ] * 5
