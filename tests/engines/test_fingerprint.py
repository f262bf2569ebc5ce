"""What a fingerprint says: equal across databases and histories, readable where it differs."""

from __future__ import annotations

import psycopg
import pytest

from dbarchitect.engines import postgres
from dbarchitect.engines.fingerprint import LEVELS, Fingerprint, difference, fingerprint


def of(server: postgres.Server, *statements: str, role: str | None = None) -> Fingerprint:
    with server.database(owner=role) as database, database.connect(role) as connection:
        for statement in statements:
            connection.execute(statement.encode())
        return fingerprint(connection)


def test_the_same_statements_give_the_same_digest(server: postgres.Server) -> None:
    text = "create table t (id serial primary key, a text unique, b int references t (id), check (b > 0))"
    first = of(server, text)
    second = of(server, "create table gone (id int)", "drop table gone", text)
    assert first == second
    assert first.digest == second.digest
    assert len(first.digest) == 64
    assert difference(first, second) == ()


def test_a_change_is_one_readable_line_per_row(server: postgres.Server) -> None:
    left = of(server, "create table t (a varchar(50), b int)", "create index i on t (a)")
    right = of(server, "create table t (a varchar(60), b int)", "create view v as select 1 as one")
    found = [str(change) for change in difference(left, right)]
    assert "pg_attribute public.t.a: atttypmod 54 -> 64" in found
    assert "pg_index public.i: only left (CREATE INDEX i ON public.t USING btree (a))" in found
    assert any(line.startswith("pg_class public.v: only right") for line in found)
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("left", "right", "last"),
    [
        ("create table t (a int, b text)", "create table t (b text, a int)", "strict"),
        (
            "create table t (id int constraint t_pkey1 primary key)",
            "create table s (id int primary key); alter table s rename to t",
            "no-column-order",
        ),
        (
            "create table t (a int, b int); create index t_a_idx1 on t (b)",
            "create table t (a int, b int); create index on t (b)",
            "no-column-order",
        ),
        ("create table t (id serial)", "create table s (id serial); alter table s rename to t", "no-column-order"),
        (
            'create table "T x" (a int unique)',
            'create table s (a int unique); alter table s rename to "T x"',
            "no-column-order",
        ),
        ("create table t (a int)", "create table t (a int); comment on table t is 'x'", "no-automatic-names"),
    ],
)  # fmt: skip
def test_levels(server: postgres.Server, left: str, right: str, last: str) -> None:
    one, other = of(server, left), of(server, right)
    seen = [level for level in LEVELS if difference(one, other, level)]
    assert tuple(seen) == LEVELS[: len(seen)]
    assert seen[-1] == last


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("create table t (a int); create index on t (a)", "create table t (a int)"),
        (
            "create table t (a int); create index on t (a); create index on t (a)",
            "create table t (a int); create index on t (a)",
        ),
        (
            "create table t (a int, b int); create index on t (a)",
            "create table t (a int, b int); create index on t (b)",
        ),
        ("create table t (a int, check (a > 0))", "create table t (a int, check (a > 1))"),
        (
            "create table t (a int, b int); create view v as select a, b from t",
            "create table t (a int, b int); create view v as select b, a from t",
        ),
        ("create type p as (a int, b int)", "create type p as (b int, a int)"),
        ("create table t (a int, b int, primary key (a, b))", "create table t (a int, b int, primary key (b, a))"),
    ],
)  # fmt: skip
def test_seen_at_every_level(server: postgres.Server, left: str, right: str) -> None:
    one, other = of(server, left), of(server, right)
    for level in LEVELS:
        assert difference(one, other, level), level


def test_owners_count_as_rights(server: postgres.Server) -> None:
    text = "create schema app; create table app.t (id int primary key); create function app.f() returns int return 1"
    ours, theirs = of(server, text), of(server, text, role=server.guest)
    assert difference(ours, theirs)
    assert difference(ours, theirs, "no-comments-and-grants") == ()


def test_extensions_and_partitions_and_hostile_names(server: postgres.Server) -> None:
    if "vector" not in server.available_extensions:
        pytest.skip("this PostgreSQL has no pgvector")
    text = (
        "create extension vector; create extension citext; create extension pg_trgm;"
        'create table "a.b""c" ("select" vector(3), "é ñ" citext, "\'" int) partition by list ("\'");'
        'create table "p_1_seq" partition of "a.b""c" for values in (1);'
        'create index on "a.b""c" using hnsw ("select" vector_l2_ops);'
        "create schema \"order\"; create table \"order\".t_key (t_key_pkey int primary key, a_idx int unique)"
    )  # fmt: skip
    one, other = of(server, text), of(server, text)
    for level in LEVELS:
        assert difference(one, other, level) == ()
        assert one.at(level).digest == other.at(level).digest


def test_reading_leaves_the_session_and_an_open_transaction_alone(database: postgres.Database) -> None:
    with database.connect() as connection:
        connection.execute("set search_path = public, pg_catalog; set datestyle = 'German, DMY'")
        with connection.transaction():
            connection.execute("create table t (d date default '2024-02-01')")
            inside = fingerprint(connection)
            assert connection.execute("show datestyle").fetchone() == ("German, DMY",)
        assert connection.execute("show search_path").fetchone() == ("public, pg_catalog",)
        assert fingerprint(connection) == inside
        connection.autocommit = False
        assert fingerprint(connection) == inside


def test_temporary_objects_of_any_session_do_not_count(database: postgres.Database) -> None:
    with database.connect() as connection, database.connect() as other:
        before = fingerprint(connection)
        other.execute("create temp table t (id serial primary key, a text)")
        assert fingerprint(connection) == before


def test_a_password_is_not_part_of_it(database: postgres.Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "create extension postgres_fdw; create server s foreign data wrapper postgres_fdw;"
            "create user mapping for current_user server s options (user 'u', password 'hunter2')"
        )
        rows = fingerprint(connection).rows
    assert any("***" in text for _, text in rows)
    assert not any("hunter2" in text for _, text in rows)


def test_a_weaker_fingerprint_does_not_know_more(database: postgres.Database) -> None:
    with database.connect() as connection:
        weak = fingerprint(connection).at("no-automatic-names")
    with pytest.raises(ValueError, match="knows too little"):
        weak.at("strict")


def test_a_broken_connection_is_an_error(database: postgres.Database) -> None:
    connection = database.connect()
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        fingerprint(connection)


def test_a_guest_can_read_it_too(server: postgres.Server) -> None:
    with server.database() as database:
        with database.connect() as connection:
            connection.execute("create table t (id int primary key); create policy p on t using (id > 0)")
            ours = fingerprint(connection)
        with database.connect(server.guest) as connection:
            assert fingerprint(connection) == ours
