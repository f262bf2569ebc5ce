"""Ways back on tables that have rows: what comes back, what rows get, and what stops it before anything changes."""

from __future__ import annotations

import re
from contextlib import closing

import psycopg
import pytest
from migrate.ways import LEVEL, planned, run, schema
from psycopg.rows import dict_row

from dbarchitect import api
from dbarchitect.engines.canonical import build
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.files import down_text, files
from dbarchitect.migrate.migrations import Migration, statements
from dbarchitect.prove.migration.plan import from_plan
from dbarchitect.prove.migration.run import certify
from dbarchitect.prove.migration.stage import Stage
from dbarchitect.read.migrations.folder import declared
from dbarchitect.write.sql.create import create

TYPES = "create type mood as enum ('ok', 'bad'); create domain small as int check (value > 6);"
KEPT = "create table u (id int primary key);" + TYPES
GONE = {
    "text": ("varchar(9)", ""),
    "number": ("numeric(5, 2)", "0.00"),
    "yes": ("boolean", "False"),
    "document": ("jsonb", "{}"),
    "list": ("text[]", "[]"),
    "key": ("uuid", "00000000-0000-0000-0000-000000000000"),
    "label": ("mood", "ok"),
    "domain": ("small", "7"),
    "flags": ("bit(3)", "000"),
    "span": ("int4range", "empty"),
    "listed": ("text not null check (listed in ('x', 'y'))", "x"),
    "low": ("int not null check (low > 30)", "31"),
    "never": ("text not null check (never is not null)", ""),
}
DROPPED = "create table t (id int primary key, {} at timestamptz not null, code text not null unique, nr int not null);"


def back(made, old, server, rows, broken=()):
    """(changes left after up and down, rows of t) with rows that were there, and some that came in between."""
    with server.database() as database, closing(database.connect()) as connection:
        connection.autocommit = True
        build(connection, create(schema(old, server)))
        before = fingerprint(connection)
        for step in made.steps:
            run(connection, step.up, step.transaction)
        connection.execute(rows.encode())
        middle = fingerprint(connection)
        for step in reversed(made.steps):
            try:
                run(connection, step.down, step.down_transaction)
            except psycopg.Error as error:
                assert difference(fingerprint(connection), middle, "strict") == ()
                query = re.search(r"-- may fail: .*?: (SELECT .*);", down_text(step))
                found = connection.execute(query[1].encode()).fetchall() if query else []
                return error.sqlstate, found
        left = [str(item) for item in difference(fingerprint(connection), before, LEVEL)]
        return left, connection.cursor(row_factory=dict_row).execute("select * from t order by id").fetchall()


def test_required_columns_come_back_on_rows_with_stand_ins(server):
    columns = ", ".join(f"{n} {t}{'' if 'not null' in t else ' not null'}" for n, (t, _) in GONE.items())
    old = KEPT + DROPPED.format(columns + ",") + "create unique index on t (nr);"
    made = planned(old, KEPT + "create table t (id int primary key);", server, runner="dbarchitect")
    left, found = back(made, old, server, "insert into t select generate_series(1, 3)")
    assert left == []
    assert {name: str(found[0][name]) for name in GONE} == {name: value for name, (_, value) in GONE.items()}
    assert len({row["code"] for row in found}) == len({row["nr"] for row in found}) == 3
    lines = [line for step in made.steps for line in down_text(step).splitlines()]
    for name in (*GONE, "at", "code", "nr"):
        said = [line for line in lines if f"column:public.t.{name} is dropped with its values" in line]
        assert [line.startswith("-- lossy: ") and "rows that are there " in line for line in said] == [True]
    assert {step.reversible for step in made.steps if any("ADD COLUMN" in sql for sql in step.down)} == {"lossy"}


def test_a_check_warns_of_no_way_back_that_runs_on_rows(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    old = "create table u (id int primary key);" + DROPPED.format("u_id int not null references u, r int not null, ")
    made = planned(old, "create table u (id int primary key); create table t (id int primary key);", server)
    first = {"0000_old.sql": old, "0000_old.down.sql": "-- irreversible: the beginning\n"}
    for path, said in {**first, **files(made, first)}.items():
        (tmp_path / path).write_text(said, encoding="utf-8")
    found = [item for item in api.check_migrations(".").review.findings if item.severity != "info"]
    assert [(item.code, item.message) for item in found if item.code.startswith("RB")] == []


REFERS = KEPT + "create table t (id int primary key, u_id int not null references u);"
KEYED = KEPT + "create table t (id int primary key, code varchar(9)); alter table t add n char(3) not null unique;"
WITHOUT = KEPT + "create table t (id int primary key);"


def test_a_reference_comes_back_empty_and_holds_for_new_rows(server):
    made = planned(REFERS, WITHOUT, server)
    left, found = back(made, REFERS, server, "insert into t values (1), (2)")
    assert found == [{"id": 1, "u_id": None}, {"id": 2, "u_id": None}]
    assert all("NOT NULL u_id" in item for item in left)
    assert back(made, REFERS, server, "select 1") == ([], [])
    assert "NOT NULL is NOT VALID because of them" in down_text(made.steps[0])
    older = planned(REFERS, WITHOUT, server, postgres=17)
    assert older.steps[0].reversible == "no"
    assert back(older, REFERS, server, "insert into t values (1)")[0] == "23502"
    assert down_text(older.steps[0]).startswith("-- irreversible: column:public.t.u_id is dropped")


def test_a_key_without_a_stand_in_is_said_to_be_irreversible(server):
    old = KEPT + "create table t (id varchar(9) primary key, note text);"
    made = planned(old, KEPT + "create table t (note text);", server)
    assert made.steps[-1].reversible == "no"
    assert down_text(made.steps[-1]).startswith("-- irreversible: column:public.t.id is dropped")
    assert "it is part of the primary key" in down_text(made.steps[-1])
    assert back(made, old, server, "insert into t values ('a')")[0] == "23502"
    assert back(made, old, server, "select 1") == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "lost"),
    [
        (DROPPED.format(""), "create table t (id int primary key);", "lossy"),
        (REFERS, WITHOUT, "lossy"),
        ("create table t (id varchar(9) primary key, note text);", "create table t (note text);", "no"),
    ],
    ids=["stand-ins", "a reference", "a key"],
)
def test_a_proof_on_rows_says_what_the_plan_says(server, old, new, lost):
    made = planned(old, new, server, runner="dbarchitect")
    assert lost in {step.reversible for step in made.steps}
    start, _ = Stage.empty(server).after(Migration("old", statements(old), None, "one", None))
    certificate = certify(server, list(from_plan(made)), len(made.steps), source="test", start=start)
    said = {"exact": "exact", "lossy": "lossy", "no": "irreversible"}
    assert [item.verdict for item in certificate.migrations] == [said[step.reversible] for step in made.steps]
    assert [declared(down_text(step)) or "exact" for step in made.steps] == [step.reversible for step in made.steps]


TWO = "create table u (id int primary key); create table t (id int primary key, a {}, b int{}){};"
STOPPED = {
    "a null": ((TWO.format("text not null", "", "")), TWO.format("text", "", ""), "(1, null, 1)", "23502"),
    "a duplicate": (TWO.format("text unique", "", ""), TWO.format("text", "", ""), "(1, 'x', 1), (2, 'x', 1)", "23505"),
    "a broken check": (TWO.format("text", " check (b > 3)", ""), TWO.format("text", "", ""), "(1, 'x', 1)", "23514"),
    "an orphan": (TWO.format("text", " references u", ""), TWO.format("text", "", ""), "(1, 'x', 1)", "23503"),
    "a text too long": (TWO.format("varchar(2)", "", ""), TWO.format("varchar(9)", "", ""), "(1, 'xxx', 1)", "22001"),
    "any text": (TWO.format("varchar(2)", "", ""), TWO.format("text", "", ""), "(1, 'xxx', 1)", "22001"),
    "a large number": (
        TWO.format("text", "", "").replace("b int", "b int"),
        TWO.format("text", "", "").replace("b int", "b bigint"), "(1, 'x', 3000000000)", "22003",
    ),
    "a new label": (
        "create type mood as enum ('ok');" + TWO.format("mood", "", ""),
        "create type mood as enum ('ok', 'new');" + TWO.format("mood", "", ""), "(1, 'new', 1)", "22P02",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPPED)
def test_rows_that_a_way_back_stumbles_over_are_found_by_its_query(server, name):
    old, new, rows, code = STOPPED[name]
    made = planned(old, new, server, allow=["change-type"])
    state, found = back(made, old, server, f"insert into t values {rows}")
    assert state == code
    assert len(found) == 1
    assert {step.reversible for step in made.steps} == {"exact"}
    assert back(made, old, server, "insert into t values (1, null, null)" if name != "a null" else "select 1")[0] == []
