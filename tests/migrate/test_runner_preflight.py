"""What goes on in a database before a run: open transactions, and vacuums that do not give way."""

import time

import pytest
from migrate.folders import write

from dbarchitect import api
from dbarchitect.migrate.runner.preflight import preflight
from dbarchitect.model.plan import Lock
from dbarchitect.surface.cli import main

LOCKS = {
    ("0001", 0): (Lock("table:public.posts", "ACCESS EXCLUSIVE"),),
    ("0001", 1): (Lock("table:public.users", "SHARE UPDATE EXCLUSIVE"),),
}


@pytest.fixture
def connection(database):
    with database.connect() as made:
        made.execute("create table posts (id int); create table users (id int)")
        yield made


@pytest.fixture
def idle(database, connection):
    """A session that has read posts and sits in its transaction."""
    with database.connect() as other:
        other.execute("begin")
        other.execute("select from posts")
        yield other


def test_an_open_transaction_is_named_with_what_it_uses(connection, idle):
    time.sleep(0.05)
    (found,) = preflight(connection, LOCKS, seconds=0)
    assert (found.code, found.severity, found.address) == ("TX14", "warning", "table:public.posts")
    assert "is idle in a transaction" in found.message
    assert "has used posts" in found.message
    assert preflight(connection, LOCKS) == (), "it is not open for long"
    idle.execute("rollback")
    assert preflight(connection, LOCKS, seconds=0) == ()


def test_it_is_in_the_way_of_what_it_does_not_use_only_without_a_transaction(connection, idle):
    others = {("0001", 0): LOCKS["0001", 1]}
    time.sleep(0.05)
    assert preflight(connection, others, seconds=0) == ()
    (found,) = preflight(connection, others, alone=True, seconds=0)
    assert (found.severity, found.address) == ("info", "")
    assert "CONCURRENTLY" in found.message


def test_a_vacuum_against_wraparound(connection):
    assert preflight(connection, LOCKS) == ()
    connection.execute("set allow_system_table_mods = on")
    connection.execute("update pg_class set relfrozenxid = '4000000000' where oid = 'users'::regclass")
    (found,) = preflight(connection, LOCKS)
    assert (found.code, found.address) == ("TX15", "table:public.users")
    assert "is due for a vacuum against wraparound" in found.message


def test_it_is_said_before_a_run(database, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DBARCHITECT_LIVE_URL", database.url())
    monkeypatch.setattr("dbarchitect.migrate.runner.preflight.SECONDS", 0)
    folder = write(tmp_path / "m", "sql")
    api.apply_migrations("live", folder, confirm=lambda preview: True)
    (folder / "9999_more.sql").write_text("ALTER TABLE customers ADD COLUMN more text;\n", encoding="utf-8")
    with database.connect() as other:
        other.execute("begin")
        other.execute("select from customers")
        time.sleep(0.05)
        shown = api.apply_migrations("live", folder).preview
    assert "TX14" in "".join(shown.to_json()["notes"])


def test_it_is_said_by_a_check_of_what_a_database_has_not(database, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DBARCHITECT_LIVE_URL", database.url())
    monkeypatch.setattr("dbarchitect.migrate.runner.preflight.SECONDS", 0)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "1_posts.sql").write_text("ALTER TABLE posts ADD COLUMN more text;\n", encoding="utf-8")
    with database.connect() as other:
        other.execute("create table posts (id int primary key)")
        other.execute("begin")
        other.execute("select from posts")
        time.sleep(0.05)
        command = ["migrate", "check", "m", "--statistics", "db:live"]
        assert main.run([*command, "--format", "concise"]) == 1
        assert "warning TX14 session" in capsys.readouterr().out
        assert main.run(command) == 1
    assert "has used posts: locks there wait until it ends" in " ".join(capsys.readouterr().out.split())
