"""Our own server: it starts, serves, fences off guests, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from dbarchitect.engines import postgres, postgres_folder
from dbarchitect.engines.postgres_own import OwnServer
from dbarchitect.errors import EngineError


def runs(pid: int) -> bool:
    """A zombie has ended: in a container without an init process nobody collects it."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def own(server: postgres.Server) -> OwnServer:
    assert isinstance(server, OwnServer)
    return server


def test_start_and_stop_leave_no_process_and_no_folder() -> None:
    base = postgres_folder.choose_base()[0]
    server = own(postgres.start())
    pid, name = server.process_id, server._folder.path.name
    assert runs(pid)
    assert list(base.glob(f"{name}*")), "others may start and stop theirs meanwhile: look at ours only"
    server.stop()
    server.stop()
    assert not runs(pid)
    assert list(base.glob(f"{name}*")) == []
    with pytest.raises(EngineError, match="stopped"):
        server.database()


def test_version_and_extensions(server: postgres.Server) -> None:
    assert server.version.split(".")[0] == str(server.major)
    assert server.major >= 15
    assert {"plpgsql", "pg_trgm", "btree_gist", "citext", "hstore"} <= server.available_extensions
    assert "vector" in server.available_extensions or "wheel" not in own(server).origin


def test_settings_of_a_throw_away_server(database: postgres.Database) -> None:
    with database.connect() as connection:
        shown = {name: connection.execute(f"show {name}").fetchone() for name in ("fsync", "timezone")}
        assert shown == {"fsync": ("off",), "timezone": ("UTC",)}
        if connection.info.server_version >= 170000:
            query = "select datlocprovider, datlocale from pg_database where datname = current_database()"
            assert connection.execute(query).fetchone() == ("b", "C.UTF-8")


def test_databases_are_cloned_from_templates(server: postgres.Server) -> None:
    with server.database() as first:
        with first.connect() as connection:
            connection.execute("create table t as select 7 as id")
        with server.database(template=first) as second, second.connect() as connection:
            assert connection.execute("select id from t").fetchall() == [(7,)]
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(second.url())


def test_a_template_in_use_is_refused_with_a_reason(
    server: postgres.Server, database: postgres.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbarchitect.engines.postgres_server.QUIET_SECONDS", 0.1)
    with database.connect(), pytest.raises(EngineError, match="1 connections to it are open"):
        server.database(template=database)


def test_a_database_is_dropped_under_its_connections(server: postgres.Server) -> None:
    database = server.database()
    connection = database.connect()
    database.drop()
    database.drop()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    connection.close()


def test_url_reaches_the_database_as_the_role(database: postgres.Database, server: postgres.Server) -> None:
    for role, expected in ((None, "postgres"), (server.guest, server.guest)):
        with psycopg.connect(database.url(role)) as connection:
            found = connection.execute("select current_user, current_database()").fetchone()
        assert found == (expected, database.name)


def test_roles_are_new_each_time_and_powerless(server: postgres.Server, database: postgres.Database) -> None:
    first, second = server.role("app_user"), server.role("app_user")
    assert first == "app_user"
    assert second == "app_user_2"
    with database.connect(first) as connection:
        powers = connection.execute(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin, rolreplication"
            "  from pg_roles where rolname = current_user"
        ).fetchone()
    assert powers == (False, False, False, False, True, False)


@pytest.mark.parametrize(
    "attack",
    [
        "copy (select 1) to '/tmp/dbarchitect-guest-was-here'",
        "copy (select 1) to program 'touch /tmp/dbarchitect-guest-was-here'",
        "create temp table x (a text); copy x from '/etc/passwd'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "select lo_export(lo_create(0), '/tmp/dbarchitect-guest-was-here')",
        "select pg_ls_dir('.')",
        "select rolpassword from pg_authid",
        "create extension dblink",
        "create extension postgres_fdw",
        "create function f() returns int language c as 'libc', 'system'",
        "create database mine",
        "create role mine superuser",
        "alter role current_user superuser",
        "set role postgres",
        "set session authorization postgres",
        "select set_config('temp_file_limit', '-1', false)",
        "alter system set archive_command = 'true'",
        "load 'auto_explain'",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres' limit 1",
    ],
)
def test_a_guest_cannot_leave_its_database(server: postgres.Server, attack: str) -> None:
    with server.database(owner=server.guest) as database, database.connect(server.guest) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(attack)
        assert isinstance(caught.value, psycopg.errors.InsufficientPrivilege), caught.value
    assert not Path("/tmp/dbarchitect-guest-was-here").exists()


def test_a_guest_cannot_enter_other_databases(server: postgres.Server, database: postgres.Database) -> None:
    with server.database() as other:
        with other.connect() as connection:
            connection.execute("create table secret as select 'x' as word; grant select on secret to public")
        url = database.url(server.guest)
        for name in (other.name, "postgres", "template1"):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(url.replace(f"/{database.name}?", f"/{name}?"))


def test_statements_cannot_be_stacked_behind_a_prepared_one(
    server: postgres.Server, database: postgres.Database
) -> None:
    with database.connect(server.guest) as connection, pytest.raises(psycopg.errors.SyntaxError):
        connection.execute("commit; create temp table x (a int)", prepare=True)


def test_a_guest_owns_its_database_and_is_timed(server: postgres.Server) -> None:
    with server.database(owner=server.guest) as database, database.connect(server.guest) as connection:
        connection.execute("create schema s; create table t (id int); create extension citext")
        assert connection.execute("show statement_timeout").fetchone() == ("30s",)
        assert connection.execute("show temp_file_limit").fetchone() == ("1GB",)


def test_a_killed_postmaster_comes_back_with_its_databases() -> None:
    with postgres.start() as server:
        kept = server.database()
        with kept.connect() as connection:
            connection.execute("create table t (id int); insert into t values (1)")
            connection.execute("checkpoint")
        pid = own(server).process_id
        os.kill(pid, signal.SIGKILL)
        with server.database() as database, database.connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert own(server).process_id != pid
        with kept.connect() as connection:
            assert connection.execute("select id from t").fetchall() == [(1,)]


def test_a_killed_backend_is_survived() -> None:
    with postgres.start() as server:
        with server.database() as database, database.connect() as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)  # the server restarts all backends
        with server.database() as database, database.connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_many_servers_and_many_threads(server: postgres.Server) -> None:
    seen: list[object] = []

    def use(one: postgres.Server) -> None:
        with one.database() as database, database.connect() as connection:
            seen.append(connection.execute("select 1").fetchone())

    with postgres.start() as second:
        threads = [threading.Thread(target=use, args=(one,)) for one in (server, second, server, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert own(second).process_id != own(server).process_id
    assert seen == [(1,)] * 4


def test_a_server_outlives_the_thread_that_asked_for_it() -> None:
    made: list[postgres.Server] = []
    thread = threading.Thread(target=lambda: made.append(postgres.start()))
    thread.start()
    thread.join()
    with made[0] as server, server.database() as database, database.connect() as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_shared_is_one_server_and_starts_again_after_stop() -> None:
    first = postgres.shared()
    assert postgres.shared() is first
    first.stop()
    second = postgres.shared()
    assert second is not first
    second.stop()


def test_extra_settings() -> None:
    with (
        postgres.start(settings={"shared_preload_libraries": "pg_stat_statements"}) as server,
        server.database() as database,
        database.connect() as connection,
    ):
        connection.execute("create extension pg_stat_statements")
        assert connection.execute("select count(*) >= 0 from pg_stat_statements").fetchone() == (True,)


def test_a_setting_that_prevents_the_start_is_an_error_with_the_servers_words() -> None:
    base = postgres_folder.choose_base()[0]
    before = set(base.iterdir())
    with pytest.raises(EngineError, match="no_such_setting"):
        postgres.start(settings={"no_such_setting": "1"})
    assert set(base.iterdir()) <= before | {base / ".lock"}


def test_a_deadline_ends_what_lifts_its_timeout_and_ignores_cancelling(server: postgres.Server) -> None:
    endless = """do $$ begin loop begin perform pg_sleep(10);
                 exception when query_canceled then null; end; end loop; end $$"""
    with server.database(owner=server.guest) as database, database.connect(server.guest) as connection:
        connection.execute("set statement_timeout = 0")
        started = time.monotonic()
        with pytest.raises(EngineError, match=r"ended after 0\.3 s"), server.deadline(connection, 0.3):
            connection.execute(endless)
        assert time.monotonic() - started < 5
    with server.database() as database, database.connect() as connection:
        with server.deadline(connection, 30):
            connection.execute("select 1")
        with pytest.raises(psycopg.errors.DivisionByZero), server.deadline(connection, 30):
            connection.execute("select 1 / 0")


def test_a_role_that_postgresql_refuses_is_an_error_of_ours(server: postgres.Server) -> None:
    with pytest.raises(EngineError, match="role pg_mine could not be made"):
        server.role("pg_mine")


def test_a_fork_has_servers_of_its_own_and_leaves_its_parents_alone() -> None:
    code = """
import os, sys
from dbarchitect.engines import postgres
ours = postgres.shared()
pid = os.fork()
if pid == 0:
    assert postgres.shared() is not ours
    with postgres.shared().database(): pass
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
with ours.database() as database, database.connect() as connection:
    print(connection.execute("select 'alive'").fetchone()[0])
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert (run.stdout, run.stderr) == ("alive\n", "")
