"""Verdicts on single migrations, each proved on a real server with adversarial rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dbarchitect.engines import postgres
from dbarchitect.migrate.migrations import Migration, statements, transactions
from dbarchitect.model.certificate import Proven
from dbarchitect.prove.migration.run import certify
from dbarchitect.prove.migration.stage import Stage
from dbarchitect.read.migrations.folder import declared

BASE = """
create table p (id bigint primary key, name text);
create type mood as enum ('sad', 'ok', 'glad');
create table t (
    id int primary key, name varchar(50) default 'x', qty int, p_id bigint, serial_id bigserial, note text,
    code text not null, mood mood not null default 'ok', done boolean default false, price numeric(12, 4))
"""
SWAP = """create type mood2 as enum ({}); alter table t alter mood drop default,
alter mood type mood2 using mood::text::mood2; drop type mood; alter type mood2 rename to mood;
alter table t alter mood set default 'ok'"""


def migration(up: str, down: str | None, name: str = "it") -> Migration:
    whole = None if down is None else statements(down)
    return Migration(name, statements(up), whole, "one", declared(down))


_stages: dict[postgres.Server, Stage] = {}


def proved(server: postgres.Server, up: str, down: str | None) -> Proven:
    if server not in _stages:
        _stages[server], _ = Stage.empty(server).after(migration(BASE, None))
    certificate = certify(server, [migration(up, down)], 1, source="test", start=_stages[server])
    (found,) = certificate.migrations
    return found


EXACT = {
    "alter table t add column z int default 1": "alter table t drop column z",
    "create index concurrently q on t (qty)": "drop index concurrently q",
    "alter table t rename column note to remark": "alter table t rename column remark to note",
    "alter table t add column remark text; update t set remark = note; alter table t drop column note":
        "alter table t add column note text; update t set note = remark; alter table t drop column remark",
    "create table aside as select id, jsonb_build_object('n', note) as j from t; alter table t drop column note":
        "alter table t add column note text; update t set note = aside.j ->> 'n' from aside where aside.id = t.id;"
        " drop table aside",
}  # fmt: skip


@pytest.mark.parametrize("up", EXACT)
def test_a_way_back_that_gives_everything_back(server: postgres.Server, up: str) -> None:
    found = proved(server, up, EXACT[up])
    assert (found.verdict, found.conditions, found.troubles) == ("exact", (), ())
    assert [loss.address for loss in found.losses if not loss.returns] == []
    assert [traced.error for traced in found.statements if traced.error] == []


LOSSY = {
    "alter table t drop column serial_id": (
        "alter table t add column serial_id bigserial",
        ["column:public.t.serial_id", "sequence:public.t_serial_id_seq"],
    ),
    "alter table t drop column done": (
        "alter table t add column done boolean default false",
        ["column:public.t.done"],
    ),
    "update t set note = code": ("update t set note = null", ["column:public.t.note"]),
    "delete from t where qty > 1100": ("select 1", ["table:public.t"]),
}  # fmt: skip


@pytest.mark.parametrize("up", LOSSY)
def test_what_only_looks_restored_is_lost(server: postgres.Server, up: str) -> None:
    down, lost = LOSSY[up]
    found = proved(server, up, down)
    assert (found.verdict, [loss.address for loss in found.losses]) == ("lossy", lost)


CONDITIONS = {
    # up, down: SQLSTATE, how many rows at fault
    ("alter table t add unique (name, code)", "alter table t drop constraint t_name_code_key"): ("up", "23505"),
    ("alter table t alter qty set not null", "alter table t alter qty drop not null"): ("up", "23502"),
    ("alter table t add constraint fk foreign key (p_id) references p", "alter table t drop constraint fk"):
        ("up", "23503"),
    ("alter table t add constraint fk foreign key (p_id) references p (id) not valid;"
     "alter table t validate constraint fk", "alter table t drop constraint fk"): ("up", "23503"),
    ("do $$ begin alter table t add constraint fk foreign key (p_id) references p (id) on delete no action;"
     " exception when duplicate_object then null; end $$", "alter table t drop constraint fk"): ("up", "23503"),
    ("-- guarded\ndo $$ declare x int; begin if not exists (select from pg_constraint where conname = 'fk') then\n"
     "alter table t add constraint fk foreign key (p_id) references p; end if; end $$",
     "alter table t drop constraint fk"): ("up", "23503"),
    ("do $$ begin execute 'alter table t alter qty set not null'; end $$",
     "do $$ begin alter table t alter qty drop not null; end $$"): ("up", "23502"),
    ("do $$ begin perform 1; alter table t add unique (name, code); end $$",
     "alter table t drop constraint t_name_code_key"): ("up", "23505"),
    ("create table o (id bigint primary key); alter table t add constraint fk foreign key (qty) references o",
     "alter table t drop constraint fk; drop table o"): ("up", "23503"),
    ("alter table t add constraint c check (qty > 0)", "alter table t drop constraint c"): ("up", "23514"),
    ("alter table p alter id type int", "alter table p alter id type bigint"): ("up", "22003"),
    ("alter table t alter note type varchar(20)", "alter table t alter note type text"): ("up", "22001"),
    (SWAP.format("'sad', 'ok'"), SWAP.format("'sad', 'ok', 'glad'")): ("up", "22P02"),
    ("alter table t add exclude (qty with =)", "alter table t drop constraint t_qty_excl"): ("up", "23P01"),
    ("alter table t alter price type numeric(12, 2)", "alter table t alter price type numeric(12, 4)"):
        ("down", "22003"),
}  # fmt: skip


@pytest.mark.parametrize(("up", "down"), CONDITIONS)
def test_rows_in_the_way_are_found_and_the_rest_is_proved(server: postgres.Server, up: str, down: str) -> None:
    found = proved(server, up, down)
    assert [(c.way, c.sqlstate) for c in found.conditions] == [CONDITIONS[up, down]]
    (condition,) = found.conditions
    assert 0 < condition.rows < condition.total
    assert found.verdict == ("lossy" if condition.way == "down" else "exact")
    with server.database() as database, database.connect() as connection:
        connection.execute(BASE)
        assert condition.query is not None
        connection.execute(condition.query.encode())


def test_a_commit_ends_the_transaction_of_the_migrator(server: postgres.Server) -> None:
    up = "alter table t add column z int; commit; create index concurrently q on t (qty)"
    down = "drop index q; alter table t drop column z"
    certificate = certify(
        server, [migration(BASE, None), replace(migration(up, down), runner="drizzle")], 1, source="test"
    )
    (found,) = certificate.migrations
    assert (found.verdict, found.transaction, found.troubles) == ("exact", "one", ())
    assert [traced.statement for traced in found.statements] == [*statements(up)[:1], *statements(up)[2:]]
    torn = proved(server, "alter table t add column z int; commit; create index q on t (nix)", None)
    assert torn.verdict == "failed"


def test_what_a_text_does_to_its_transaction() -> None:
    whole = statements("begin; select 1; select 2; commit;")
    assert whole == ("select 1", "select 2")
    mixed = statements("begin; select 1; commit; select 2; begin work; select 3; select 4; end")
    assert list(transactions(mixed, "one")) == [
        ("one", ("select 1",)), ("none", ("select 2",)), ("one", ("select 3", "select 4")),
    ]  # fmt: skip
    assert list(transactions(mixed, "none")) == [("none", ("select 1", "select 2", "select 3", "select 4"))]
    assert statements("select 1; commit") == ("select 1",)
    assert list(transactions(statements("commit; select 1"), "one")) == [("none", ("select 1",))]


def test_what_a_down_leaves_over_is_said_in_words(server: postgres.Server) -> None:
    found = proved(server, "alter table t alter qty set default 1", "select 1")
    assert found.verdict == "failed"
    assert found.differences[0].startswith("default for public.t.qty: there only after the down")


def test_an_invalid_index_that_stays_is_named(server: postgres.Server) -> None:
    found = proved(server, "create unique index concurrently q on t (name)", "drop index concurrently q")
    assert (found.verdict, found.transaction) == ("exact", "none")
    assert "INVALID index q stays behind" in found.conditions[0].message


FAILED = {
    "alter table t alter name set default 'q'": (
        "alter table t alter name drop default",
        "does not restore the schema",
    ),
    "alter table t drop column note": ("alter table nothing drop x", "the down step fails"),
    "insert into p values (5, 'x')": ("select 1", "does not apply again"),
    "alter table nothing add x int": (None, "does not run"),
}


@pytest.mark.parametrize("up", FAILED)
def test_what_does_not_do_what_it_must(server: postgres.Server, up: str) -> None:
    down, reason = FAILED[up]
    found = proved(server, up, down)
    assert found.verdict == "failed"
    assert reason in found.reason


def test_no_way_back(server: postgres.Server) -> None:
    found = proved(server, "alter type mood add value 'mad'", None)
    assert (found.verdict, found.reason) == ("irreversible", "nothing takes it back")


def test_a_down_that_says_so_may_be_lossy(server: postgres.Server) -> None:
    found = proved(server, "alter table t alter name set default 'q'", "-- lossy: the default\nselect 1")
    assert (found.verdict, found.declared) == ("lossy", "lossy")


def test_what_follows_a_broken_one_is_unproved(server: postgres.Server) -> None:
    broken = migration("alter table nothing add x int", None, "broken")
    found = certify(server, [broken, migration("select 1", "select 1", "next")], 2, source="test")
    assert found.summary == {"exact": 0, "lossy": 0, "irreversible": 0, "failed": 1, "unproved": 1}


def test_the_same_history_gives_the_same_certificate(server: postgres.Server) -> None:
    history = [migration(BASE, None, "base"), migration("create index on t (qty)", "drop index t_qty_idx")]
    one, other = (certify(server, history, 2, source="test").to_json() for _ in range(2))
    assert one == other


def test_roles_and_extensions_of_a_migration_are_there(server: postgres.Server) -> None:
    up = "create role reader_x; grant select on t to reader_x, writer_y; create extension postgres_fdw"
    found = proved(server, up, "revoke select on t from reader_x, writer_y")
    assert [trouble.sqlstate for trouble in found.troubles] == []


def test_nothing_is_left_on_the_server_whatever_happens(
    server: postgres.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def databases() -> int:
        with server.admin() as admin:
            row = admin.execute("select count(*) from pg_database").fetchone()
            assert row is not None
            return int(row[0])

    history = [migration("create table a (x int)", None), migration("create index on a (x)", "drop index a_x_idx")]
    before = databases()
    certify(server, history, 2, source="test")
    assert databases() == before
    for name in ("cycle", "_trace", "verdict"):
        with monkeypatch.context() as patched:
            patched.setattr(f"dbarchitect.prove.migration.proof.{name}", _killed)
            with pytest.raises(KeyboardInterrupt):
                certify(server, history, 2, source="test")
        assert databases() == before


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_way_back_is_traced_too_and_each_way_summed(server: postgres.Server) -> None:
    up = (
        "alter table t rename to u; create index concurrently q on u (qty); alter table u add constraint c check (true)"
    )
    down = "alter table u drop constraint c; drop index q; alter table u rename to t"
    found = proved(server, up, down)
    assert [one.transaction for one in found.statements] == [True, False, True]
    assert [one.error for one in (*found.statements, *found.back)] == [None] * 6
    of_up, of_down = ({one.address: one for one in held} for held in (found.held, found.held_back))
    assert "table:public.u" not in of_up
    assert (of_up["table:public.t"].mode, of_up["table:public.t"].reads_wait) == ("ACCESS EXCLUSIVE", True)
    assert of_up["table:public.t"].scans
    assert (of_down["index:public.q"].mode, of_down["table:public.u"].reads_wait) == ("ACCESS EXCLUSIVE", True)


def test_a_way_back_that_stops_people_is_told_from_one_that_does_not(server: postgres.Server) -> None:
    up = "create index concurrently q on t (qty)"
    quiet = proved(server, up, "drop index concurrently q")
    loud = proved(server, up, "drop index q")
    waits = [[one.reads_wait for one in found.held_back if one.address == "table:public.t"] for found in (quiet, loud)]
    assert waits == [[False], [True]]
    assert [one.reads_wait for one in loud.held if one.address == "table:public.t"] == [False]
