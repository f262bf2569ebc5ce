"""Traces of single statements: locks, rewrites, scans, and who really waited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbarchitect.engines import postgres
from dbarchitect.engines.trace import Tracer, strongest, trace

SETUP = """
create table p (id int primary key);
create table t (id int primary key, name varchar(50), qty int, p_id int);
create index by_name on t (name); create index by_qty on t (qty);
insert into p select generate_series(1, 50);
insert into t select g, 'n', g, g from generate_series(1, 50) g;
create table parted (id int) partition by range (id);
create table parted_1 partition of parted for values from (0) to (10);
insert into parted select 1
"""

CASES = {
    # statement: (address, mode, what happened) of each relation; R and W: a reader, a writer really waited
    "alter table t add column x int default 7": [("table:public.t", "ACCESS EXCLUSIVE", "RW")],
    "alter table t alter column qty type bigint": [
        ("index:public.by_name", "ACCESS EXCLUSIVE", "rewrites"),
        ("index:public.by_qty", "ACCESS EXCLUSIVE", "rewrites"),
        ("index:public.t_pkey", "ACCESS EXCLUSIVE", "rewrites"),
        ("table:public.t", "ACCESS EXCLUSIVE", "rewrites scans RW"),
    ],
    "alter table t alter column name type text": [
        ("index:public.by_name", "ACCESS EXCLUSIVE", ""),
        ("table:public.t", "ACCESS EXCLUSIVE", "RW"),
    ],
    "alter table t alter column qty set not null": [("table:public.t", "ACCESS EXCLUSIVE", "scans RW")],
    "create index on t (p_id)": [("table:public.t", "SHARE", "scans W")],
    "reindex index by_name": [
        ("index:public.by_name", "ACCESS EXCLUSIVE", "rewrites"),
        ("table:public.t", "SHARE", "scans RW"),
    ],
    "comment on table t is 'x'": [("table:public.t", "SHARE UPDATE EXCLUSIVE", "")],
    "create index concurrently more on t (p_id)": [("table:public.t", "SHARE UPDATE EXCLUSIVE", "scans")],
    "drop index concurrently by_name": [
        ("index:public.by_name", "ACCESS EXCLUSIVE", ""),
        ("table:public.t", "SHARE UPDATE EXCLUSIVE", ""),
    ],
    "alter table parted detach partition parted_1 concurrently": [
        ("table:public.parted", "SHARE UPDATE EXCLUSIVE", ""),
        ("table:public.parted_1", "ACCESS EXCLUSIVE", "RW"),
    ],
}


@pytest.fixture(scope="module")
def original(server: postgres.Server) -> Iterator[postgres.Database]:
    with server.database() as made:
        with made.connect() as connection:
            connection.execute(SETUP)
        yield made


@pytest.fixture
def copy(server: postgres.Server, original: postgres.Database) -> Iterator[postgres.Database]:
    with server.database(template=original) as made:
        yield made


@pytest.mark.parametrize("statement", CASES)
def test_what_a_statement_does(copy: postgres.Database, statement: str) -> None:
    found = trace(copy, statement)
    shown = []
    for seen in found.seen:
        words = ["rewrites"] * seen.lock.rewrites + ["scans"] * seen.lock.scans
        waits = "R" * bool(seen.reads_wait) + "W" * bool(seen.writes_wait)
        shown.append((seen.lock.address, seen.lock.mode, " ".join([*words, *([waits] if waits else [])])))
    assert (shown, found.sqlstate) == (CASES[statement], None)
    assert found.transaction is ("concurrently" not in statement)


def test_rows_found_by_an_index_are_no_scan(copy: postgres.Database) -> None:
    with Tracer(copy) as tracer:
        by_key = tracer.trace("update t set name = 'm' where id = 3")
        by_all = tracer.trace("update p set id = id + 1000")
    assert [seen.lock.scans for seen in by_key.seen if seen.lock.address == "table:public.t"] == [False]
    assert [seen.lock.scans for seen in by_all.seen if seen.lock.address == "table:public.p"] == [True]


def test_what_is_not_kept_is_rolled_back(copy: postgres.Database) -> None:
    with Tracer(copy) as tracer:
        tracer.trace("drop table t", keep=False)
        tracer.trace("alter table t add column kept int")
        found = tracer.trace("drop table t", keep=False)
    assert found.sqlstate is None
    with copy.connect() as connection:
        assert connection.execute("select count(kept) from t").fetchone() == (0,)


def test_an_error_is_told_with_what_was_locked_before(copy: postgres.Database) -> None:
    found = trace(copy, "create unique index concurrently bad on t (name)")
    assert found.sqlstate == "23505"
    assert [seen.lock.mode for seen in found.seen] == ["SHARE UPDATE EXCLUSIVE"]
    assert trace(copy, "alter table nothing add x int").sqlstate == "42P01"


def test_a_guest_is_traced_too(server: postgres.Server) -> None:
    with server.database(owner=server.guest) as database:
        with database.connect(server.guest) as connection:
            connection.execute(SETUP)
        found = trace(database, "drop index concurrently by_qty", role=server.guest)
    assert found.sqlstate is None
    assert len(found.seen) == 2


def test_several_statements_together(copy: postgres.Database) -> None:
    with Tracer(copy) as tracer:
        found = strongest([tracer.trace("create index on t (p_id)"), tracer.trace("alter table t add y int")])
    (seen,) = found
    assert (seen.lock.mode, seen.lock.scans, seen.reads_wait) == ("ACCESS EXCLUSIVE", True, True)
