"""Renames with both names alive: old and new programs read and write, nothing differs, each file goes back."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from migrate.ways import planned, proved, run, schema

from dbarchitect import api
from dbarchitect.engines.canonical import build
from dbarchitect.migrate.files import files
from dbarchitect.migrate.marks import CONTRACT
from dbarchitect.migrate.plan import plan, unaccepted
from dbarchitect.model.names import quote
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.text import text

OLD = """
create table shop (id int primary key);
create table users (id int generated always as identity primary key, name text not null default 'x',
  email varchar(80), data json, sid serial, shop int references shop on delete set null,
  constraint long check (length(name) > 0), unique (email, name));
create index users_name on users (lower(name)) where email is not null;
create index users_data on users ((data ->> 'a'), name);
create view v as select name from users;
create function total() returns bigint language sql as $$ select count(name) from users $$;
"""
NEW = """
create table shop (id int primary key);
create table people (id int generated always as identity primary key, full_name text not null default 'x',
  email varchar(80), body json, number serial, shop int references shop on delete set null, age int default 7,
  constraint long check (length(full_name) > 0), unique (email, full_name));
create index users_name on people (lower(full_name)) where email is not null;
create index users_data on people ((body ->> 'a'), full_name);
create view v as select full_name as name from people;
create function total() returns bigint language sql as $$ select count(full_name) from people $$;
"""
RENAMES = {
    "users": "people", "users.name": "full_name", "users.data": "body", "users.sid": "number",
}  # fmt: skip
ROWS = [
    "insert into shop values (1)",
    "insert into users (name, email, data) select 'n' || n, 'e' || n, '{\"a\": 1}' from generate_series(1, 900) n",
]
EXPANDED = ["expand", "backfill", "validate", "indexes", "both_names"]


@pytest.fixture(scope="module")
def both(server):
    return schema(OLD, server), schema(NEW, server)


@pytest.fixture(scope="module")
def made(both, server):
    return plan(*both, server=server, renames=RENAMES, runner="dbarchitect")


def test_both_names_come_first_and_the_old_one_goes_last(made, both, server):
    assert [step.file for step in made.steps] == [*EXPANDED, "schema", "contract"]
    assert [step.phase for step in made.steps] == ["expand"] * 6 + ["contract"]
    assert unaccepted(made) == ()
    assert made.renames["column:public.users.name"] == "column:public.people.full_name"
    proved(made, *both, server, rows=ROWS, times=1)


def test_a_file_that_takes_the_old_name_away_says_so(made):
    texts = files(made)
    assert [name for name, said in texts.items() if said.startswith(CONTRACT)] == ["0006_contract.sql"]
    assert "users.name" in texts["0006_contract.sql"].splitlines()[1]


@pytest.fixture
def between(made, both, server):
    """A database between the two phases."""
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(both[0]))
        for sql in ROWS:
            connection.execute(sql.encode())
        for step in made.steps[:-1]:
            run(connection, step.up, step.transaction)
        yield connection


def test_old_and_new_programs_work_until_the_contract(between, made):
    def ask(sql):
        return between.execute(sql.encode()).fetchall()

    old, new = "select name, data::text, sid from users", "select full_name, body::text, number from people"
    assert sorted(ask(old)) == sorted(ask(new))
    ask("insert into users (name, email, data, shop) values ('old', 'o', '[]', 1) returning id")
    ask("insert into people (full_name, email, body) values ('new', 'n', '{}') returning id")
    ask("insert into users (email) values ('default old') returning id")
    ask("insert into people (email, body) values ('default new', default) returning id")
    ask("update users set name = 'old 1' where name = 'n1' returning id")
    ask("update people set full_name = 'new 2', body = '3' where full_name = 'n2' returning id")
    ask("insert into users (name, email) values ('n3', 'e3') on conflict (email, name) do update set shop = 1"
        " returning id")  # fmt: skip
    ask("insert into people (full_name, email) values ('n4', 'e4') on conflict (email, full_name)"
        " do update set full_name = 'new 4' returning id")  # fmt: skip
    between.execute(b"delete from shop; delete from users where name = 'n5'; delete from people where full_name = 'n6'")
    rows = sorted(ask(old))
    assert rows == sorted(ask(new))
    names = {name for name, _, _ in rows}
    assert {"old", "new", "x", "old 1", "new 2", "n3", "new 4"} <= names
    assert not {"n1", "n2", "n4", "n5", "n6"} & names
    for sql in ("insert into users (name) values ('')", "insert into people (full_name) values ('')"):
        with pytest.raises(psycopg.errors.CheckViolation):
            between.execute(sql.encode())
    with pytest.raises(psycopg.errors.UniqueViolation):
        between.execute(b"insert into people (full_name, email) values ('n3', 'e3')")
    with pytest.raises(psycopg.errors.NotNullViolation):
        between.execute(b"update people set full_name = null")
    run(between, made.steps[-1].up, "one")
    assert sorted(ask(new)) == rows
    run(between, made.steps[-1].down, "none")
    assert sorted(ask(old)) == sorted(ask(new)) == rows


def test_rows_that_are_written_before_they_are_filled_keep_their_values(made, both, server):
    """There and back: who changes something else in a row changes neither name."""
    asked = "select (sum(hashtext(name)), sum(hashtext(data::text)), sum(sid))::text from users"
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(both[0]))
        for sql in ROWS:
            connection.execute(sql.encode())
        before = connection.execute(asked).fetchone()
        run(connection, made.steps[0].up, "one")
        connection.execute(b"update users set shop = 1 where id % 2 = 0")
        for step in made.steps[1:]:
            run(connection, step.up, step.transaction)
        later = asked.replace("name", "full_name").replace("data", "body").replace("sid", "number")
        assert connection.execute(later.replace("users", "people").encode()).fetchone() == before
        for sql in made.steps[-1].down:
            if sql.startswith("DO $fill$"):
                connection.execute(b"update people set shop = null where id % 2 = 0")
            connection.execute(sql.encode())
        assert connection.execute(asked).fetchone() == before


def test_a_broken_trigger_is_caught(between):
    """Without the trigger the two names would part in silence; the check does not let them."""
    between.execute(b'alter table people disable trigger "users__full_name__both"')
    for sql in ("update users set name = 'a' where name = 'n1'", "insert into people (full_name) values ('b')"):
        with pytest.raises(psycopg.errors.CheckViolation, match="users_full_name_both"):
            between.execute(sql.encode())


def test_rows_that_were_forgotten_are_caught(made, both, server):
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(both[0]))
        for sql in ROWS:
            connection.execute(sql.encode())
        run(connection, made.steps[0].up, "one")
        with pytest.raises(psycopg.errors.CheckViolation):
            run(connection, made.steps[2].up, "one")


def test_a_check_of_the_files_warns_of_nothing_that_they_do_not_answer(made, both, tmp_path, monkeypatch):
    """Each way back, too, keeps people at work."""
    monkeypatch.chdir(tmp_path)
    texts = {"0000_old.sql": text(create(both[0])), "0000_old.down.sql": "-- irreversible: the beginning\n"}
    for name, said in {**texts, **files(made, texts)}.items():
        (tmp_path / name).write_text(said, encoding="utf-8")
    found = api.check_migrations(".").review.findings
    assert [(item.code, item.message) for item in found if item.severity != "info" and item.code != "DZ05"] == []


FORCED = """
create table t (id int primary key, a text not null, n int);
alter table t enable row level security;
alter table t force row level security;
create policy own on t using (a = current_setting('app.a', true));
"""


def test_rows_that_row_level_security_hides_from_their_owner_are_filled_too(server):
    """Nobody sees the table without it: each batch lifts it under a lock."""
    new = FORCED.replace("a text", "b text").replace("(a =", "(b =").replace("n int", "n bigint")
    old, new = schema(FORCED, server), schema(new, server)
    made = plan(old, new, server=server, renames={"t.a": "b"}, runner="dbarchitect")
    assert unaccepted(made) == ()
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        connection.execute(f"grant create on schema public to {quote(server.guest)}".encode())
        connection.execute(f"set session authorization {quote(server.guest)}".encode())
        build(connection, create(old))
        connection.execute(b"alter table t no force row level security")
        connection.execute(b"insert into t select n, 'a' || n, n from generate_series(1, 500) n")
        connection.execute(b"alter table t force row level security")
        for step in made.steps:
            run(connection, step.up, step.transaction)
        asked = "select count(*), count(b), sum(n), pg_typeof(min(n))::text from t"
        assert connection.execute(asked.encode()).fetchone()[:2] == (0, 0)
        for step in reversed(made.steps):
            run(connection, step.down, step.down_transaction)
        connection.execute(b"alter table t no force row level security")
        assert connection.execute(b"select count(*), count(a), sum(n) from t").fetchone() == (500, 500, 125_250)


T = "create table t (id int primary key, a int);"
U = "create table t (id int primary key, b int);"


@pytest.mark.parametrize(
    ("old", "new", "renames", "reason"),
    [
        (T.replace("a int", "a text default random()::text"), U.replace("b int", "b text default random()::text"),
         {"t.a": "b"}, "nobody can tell a NULL"),
        (T, U + "create index i on t (b);", {"t.a": "b"}, "index:public.i changes in the same plan"),
        (T, U.replace("b int", "b int, a int"), {"t.a": "b"}, "column:public.t.a changes in the same plan"),
        ("create type m as enum ('a');", "create type m as enum ('b');", {"label:public.m.a": "b"}, "no way to have"),
        (T, "create table s (id int primary key);", {"t": "s"}, "column:public.s.a changes under a view"),
        (T, T.replace("table t", "table s") + "create table t (x int);", {"t": "s"}, "something else afterwards"),
        (T + "create function f() returns trigger language plpgsql as $$ begin return new; end $$;"
         "create trigger g before insert on t for each row execute function f();",
         U + "create function f() returns trigger language plpgsql as $$ begin return new; end $$;"
         "create trigger g before insert on t for each row execute function f();", {"t.a": "b"}, "triggers"),
    ],
)  # fmt: skip
def test_where_two_names_cannot_be_the_hazard_says_why(server, old, new, renames, reason):
    made = planned(old, new, server, renames=renames, runner="dbarchitect")
    (hazard,) = [item for item in unaccepted(made) if item.name == "rename"]
    assert reason in hazard.safe
    assert "--allow rename" in hazard.safe
    assert {step.phase for step in made.steps} == {"expand"}


def test_who_allows_it_gets_the_plain_rename(both, server):
    made = plan(*both, server=server, renames=RENAMES, runner="dbarchitect", allow=["rename"])
    assert [step.file for step in made.steps] == ["schema"]
    made = plan(*both, server=server, renames=RENAMES)
    assert "--runner dbarchitect" in next(item.safe for item in unaccepted(made))
