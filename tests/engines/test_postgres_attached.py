"""A server of the user's choosing: another server of ours plays it, with roles that have passwords and limits."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from dbarchitect.engines import postgres
from dbarchitect.errors import EngineError

ATTACH = """
import sys, time
from dbarchitect.engines import postgres
server = postgres.attach(sys.argv[1])
server.database(); server.guest
print("ready", flush=True)
time.sleep(60)
"""


class Theirs:
    """The user's server, with a database of the user's."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self.database = server.database()
        with self.database.connect() as connection:
            connection.execute("create table precious as select 1 as id")
            connection.execute("create role builder login createdb createrole password 'geheim:/@'")
            connection.execute("create role visitor login")
        server.let_in(self.database.name, "builder")
        server.let_in(self.database.name, "visitor")
        self.url = self.database.url()

    def url_of(self, role: str) -> str:
        return self.url.replace("postgres@", f"{role}@")

    def contents(self) -> tuple[object, ...]:
        with self.database.connect() as connection:
            return (
                connection.execute("select datname from pg_database order by 1").fetchall(),
                connection.execute("select rolname from pg_roles order by 1").fetchall(),
                connection.execute("select * from precious").fetchall(),
            )


@pytest.fixture(scope="module")
def theirs() -> Iterator[Theirs]:
    with postgres.start() as server:
        yield Theirs(server)


@pytest.mark.parametrize("role", ["postgres", "builder"])
def test_nothing_is_left_behind(theirs: Theirs, role: str) -> None:
    before = theirs.contents()
    with postgres.attach(theirs.url_of(role)) as server:
        assert server.version == theirs.server.version
        assert server.available_extensions == theirs.server.available_extensions
        app_user = server.role("app_user")
        assert app_user.startswith("dbarchitect_")
        kept = server.database()
        with kept.connect() as connection:
            connection.execute("create table t (id int); insert into t values (3)")
            connection.execute(f"grant select on t to {app_user}")
        with server.database(template=kept) as database:
            assert database.name.startswith("dbarchitect_")
            with database.connect(app_user) as connection:
                assert connection.execute("select id, current_user from t").fetchone() == (3, app_user)
            with psycopg.connect(database.url(server.guest)) as connection, pytest.raises(psycopg.Error):
                connection.execute("select * from t")
        with server.database(owner=server.guest) as database, database.connect(server.guest) as connection:
            connection.execute("create schema s; create table s.t (id int)")
        assert theirs.contents() != before
    assert theirs.contents() == before
    with pytest.raises(EngineError, match="stopped"):
        server.database()


def test_kill_9_is_swept_by_the_next_attach_which_spares_the_living(theirs: Theirs) -> None:
    before = theirs.contents()
    children = [
        subprocess.Popen([sys.executable, "-c", ATTACH, theirs.url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    both = theirs.contents()
    children[0].send_signal(signal.SIGKILL)
    children[0].communicate()
    wait_until_gone(theirs, 1)
    postgres.attach(theirs.url).stop()
    one = theirs.contents()
    assert before != one != both
    children[1].send_signal(signal.SIGKILL)
    children[1].communicate()
    wait_until_gone(theirs, 0)
    postgres.attach(theirs.url).stop()
    assert theirs.contents() == before


def wait_until_gone(theirs: Theirs, left: int) -> None:
    query = "select count(*) from pg_stat_activity where application_name ~ '^dbarchitect_[0-9a-f]{12}'"
    with theirs.database.connect() as connection:
        for _ in range(500):
            if connection.execute(query).fetchone() == (left,):
                return
            connection.execute("select pg_sleep(0.01)")
    raise AssertionError("the connections of killed processes stayed")


def test_databases_of_others_are_not_swept_whatever_their_names(theirs: Theirs) -> None:
    with theirs.database.connect() as connection:
        names = ["dbarchitect", "dbarchitect_prod", "dbarchitect_0123456789abc_1", "my_dbarchitect_0123456789ab_1"]
        for name in names:
            connection.execute(f"create database {name}")
        before = theirs.contents()
        postgres.attach(theirs.url).stop()
        assert theirs.contents() == before
        connection.execute("create database dbarchitect_0123456789ab_1")
        postgres.attach(theirs.url_of("builder")).stop()  # somebody else's, and no superuser
        assert theirs.contents() != before
        postgres.attach(theirs.url).stop()
        assert theirs.contents() == before
        for name in names:
            connection.execute(f"drop database {name}")


def test_a_process_that_ends_without_stop_leaves_nothing(theirs: Theirs) -> None:
    before = theirs.contents()
    code = ATTACH.replace("time.sleep(60)", "")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, theirs.url], capture_output=True, text=True, timeout=60
    )
    assert (run.stdout, run.stderr) == ("ready\n", "")
    assert theirs.contents() == before


def test_a_role_without_rights_is_told_what_to_ask_for(theirs: Theirs) -> None:
    with pytest.raises(EngineError, match='ALTER ROLE "visitor" CREATEDB'):
        postgres.attach(theirs.url_of("visitor"))
    with theirs.database.connect() as connection:
        connection.execute("create role maker login createdb")
    theirs.server.let_in(theirs.database.name, "maker")
    with postgres.attach(theirs.url_of("maker")) as server, server.database() as database:
        with database.connect() as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        with pytest.raises(EngineError, match='ALTER ROLE "maker" CREATEROLE'):
            server.role("x")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:Secret%21word@localhost:1/x",
        "postgresql://me:Secret%21word@no-such-host.invalid/x",
        "postgresql://me:Secret%21word@localhost:port/x",
        "host=localhost port=1 user=me password=Secret!word unknown=1",
        "Secret!word",
    ],
)
def test_the_password_is_never_said(url: str) -> None:
    with pytest.raises(EngineError) as caught:
        postgres.attach(url)
    assert "Secret" not in str(caught.value)
    assert caught.value.hint
    assert caught.value.__suppress_context__


def test_the_password_is_in_the_url_and_nowhere_else(theirs: Theirs) -> None:
    url = theirs.url_of("builder:geheim%3A%2F%40")
    with postgres.attach(url) as server, server.database() as database:
        assert "geheim%3A%2F%40@" in database.url()
        with psycopg.connect(database.url()) as connection:
            assert connection.info.dbname == database.name
        for text in (repr(server), repr(database), str(vars(database))):
            assert "geheim" not in text


def test_a_borrowed_server_that_went_away_does_not_spoil_the_exit() -> None:
    with postgres.start() as server:
        url = server.database().url()
        code = (
            "import os, signal, sys\nfrom dbarchitect.engines import postgres\n"
            "server = postgres.attach(sys.argv[1])\nserver.database()\nos.kill(int(sys.argv[2]), signal.SIGKILL)"
        )
        pid = str(server.process_id)  # type: ignore[attr-defined]
        run = subprocess.run([sys.executable, "-c", code, url, pid], capture_output=True, text=True, timeout=60)
        assert (run.returncode, run.stderr) == (0, "")
