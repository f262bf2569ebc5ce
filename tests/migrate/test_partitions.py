"""What partitions have of their own beside their parents: read, written, replayed, planned there and back."""

from __future__ import annotations

import psycopg
import pytest

from dbarchitect.engines.canonical import build
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.migrate.plan import plan
from dbarchitect.read.database import read_schema
from dbarchitect.read.sql.reader import read
from dbarchitect.write.sql.create import create

LEVEL = "no-automatic-names"
T = "create table t (id int not null, a int not null, b int) partition by list (a);"
PARTS = T + "create table t1 partition of t for values in (1); create table t2 partition of t for values in (2);"
DEEP = (
    T + "create table s partition of t for values in (1, 2) partition by list (a);"
    "create table s1 partition of s for values in (1); create table s2 partition of s for values in (2);"
)
LONE = T + "create table t1 (id int not null, a int not null, b int);"
ATTACHED = "alter table t attach partition t1 for values in (1);"
HALF = PARTS + "create index t_b on only t (b); create index t1_b on t1 (b); alter index t_b attach partition t1_b;"
CASES = {
    "three levels, half of them attached": (
        DEEP + "create index t_b on only t (b); create index s_b on only s (b); create index s1_mine on s1 (b);"
        "alter index s_b attach partition s1_mine; alter index t_b attach partition s_b;",
        DEEP + "create index t_b on t (b);",
    ),
    "three levels by hand": (
        DEEP,
        DEEP + "create index t_b on only t (b); create index s_b on only s (b); create index s1_mine on s1 (b);"
        "create index s2_mine on s2 (b); alter index s_b attach partition s1_mine;"
        "alter index s_b attach partition s2_mine; alter index t_b attach partition s_b;",
    ),
    "keys of partitions on an index of the parent": (
        PARTS + "create unique index t_key on only t (a, id); alter table t1 add constraint t1_own primary key (a, id);"
        "alter index t_key attach partition t1_own; alter table t2 add constraint t2_own unique (a, id);"
        "alter index t_key attach partition t2_own;",
        PARTS + "alter table t add constraint t_pk primary key (a, id);"
        "alter table t add constraint t_un unique (a, b);",
    ),
    "the last one is attached": (
        HALF,
        HALF + "create index t2_b on t2 (b); alter index t_b attach partition t2_b;",
    ),
    "one more is attached, under a usual name": (
        PARTS + "create index t_b on only t (b); create index t1_b_idx on t1 (b);"
        "alter index t_b attach partition t1_b_idx;",
        PARTS + "create index t_b on t (b);",
    ),
    "a partition comes, and gets no part": (
        T + "create table t1 partition of t for values in (1); create index t_b on only t (b);",
        PARTS + "create index t_b on only t (b);",
    ),
    "detached, renamed and attached": (
        PARTS + "alter table t add constraint t_pk primary key (a, id); create index t_b on t (b);",
        PARTS + "alter table t add constraint t_pk primary key (a, id); create index t_b on t (b);"
        "alter table t detach partition t1; alter index t1_b_idx rename to t1_by_b;"
        "alter table t1 rename constraint t1_pkey to t1_pk;" + ATTACHED,
    ),
    "built before it is attached": (
        LONE + "create index t1_mine on t1 (b); create unique index t1_u on t1 (a, id); create index t_b on t (b);"
        "alter table t add constraint t_u unique (a, id);",
        LONE + "create index t1_mine on t1 (b); alter table t1 add constraint t1_u unique (a, id);"
        "create index t_b on t (b); alter table t add constraint t_u unique (a, id);" + ATTACHED,
    ),
    "beside the copy of the parent's": (
        LONE + "create index t_b on t (b); create index t1_other on t1 (b);",
        LONE + ATTACHED + "create index t_b on t (b); create index t1_other on t1 (b);",
    ),
    "a copy becomes a key": (
        PARTS + "create unique index t_u on t (a, id);",
        PARTS + "create unique index t_u on t (a, id);"
        "alter table t1 add constraint t1_u unique using index t1_a_id_idx;",
    ),
    "checks that are valid here and there": (
        PARTS + "alter table t add constraint pos check (b > 0) not valid; alter table t1 validate constraint pos;",
        PARTS + "alter table t add constraint pos check (b > 0) not valid; alter table t2 validate constraint pos;"
        "create table t3 partition of t for values in (3);",
    ),
    "a not null stays when the parent's goes": (
        T + "create table t1 partition of t for values in (1);",
        T.replace("id int not null", "id int") + "create table t1 partition of t (id not null) for values in (1);",
    ),
}  # fmt: skip


def held(connection, sql):
    """(what is read of a schema, its fingerprint)."""
    with connection.transaction(force_rollback=True):
        connection.execute(sql.encode())
        return read_schema(connection), fingerprint(connection)


def run(connection, made, up):
    """A plan whose files are transactions, there or back."""
    for step in made.steps if up else reversed(made.steps):
        for sql in step.up if up else step.down:
            connection.execute(sql.encode())


@pytest.fixture(scope="module")
def connection(server):
    with server.database() as database, database.connect() as opened:
        yield opened


@pytest.mark.parametrize("name", CASES)
def test_plans_lead_there_and_back(server, connection, name):
    before, after = CASES[name]
    new, wanted = held(connection, after)
    with connection.transaction(force_rollback=True):
        connection.execute(before.encode())
        old, first = read_schema(connection), fingerprint(connection)
        assert old != new
        made = plan(old, new, server=server)
        run(connection, made, up=True)
        assert difference(fingerprint(connection), wanted, LEVEL) == ()
        assert plan(read_schema(connection), new, server=server).steps == ()
        run(connection, made, up=False)
        assert difference(fingerprint(connection), first, LEVEL) == ()


@pytest.mark.parametrize("name", CASES)
def test_what_is_read_is_built_and_replayed(connection, name):
    for sql in CASES[name]:
        schema, wanted = held(connection, sql)
        replayed = read({"schema.sql": sql})
        assert replayed.problems == ()
        for made in (schema, replayed.schema):
            with connection.transaction(force_rollback=True):
                build(connection, create(made))
                assert read_schema(connection) == schema
                changes = difference(fingerprint(connection), wanted, LEVEL)
                assert [change for change in changes if not is_name(change)] == []


def is_name(change):
    """NOT NULL constraints of partitions tell by their names whether they came before or with the parent's."""
    return "NOT NULL" in str(change) and {key for key, _, _ in change.details} <= {"conname", "object"}


@pytest.mark.parametrize("sql", ["drop index t_key", "alter table t1 drop constraint t1_own"])
def test_a_partition_that_steps_aside_is_named(server, connection, sql):
    """PostgreSQL drops neither an index on which a partition's key hangs, nor that key."""
    before, after = CASES["keys of partitions on an index of the parent"]
    with connection.transaction(force_rollback=True):
        connection.execute(before.encode())
        with pytest.raises(psycopg.errors.DependentObjectsStillExist):
            connection.execute(sql.encode())
    made = plan(held(connection, before)[0], held(connection, after)[0], server=server)
    hazard = next(hazard for step in made.steps for hazard in step.hazards)
    assert (hazard.code, hazard.address) == ("SC15", "index:public.t_key")


def test_a_not_null_of_its_own_is_no_reason_to_detach_a_partition(server, connection):
    attached, own = LONE + ATTACHED, T + "create table t1 partition of t (id not null) for values in (1);"
    old, new = held(connection, own)[0], held(connection, attached)[0]
    assert old.tables[1].own_not_nulls == ("id",)
    assert new.tables[1].own_not_nulls == ()
    assert plan(old, new, server=server).steps == ()
    (step,) = plan(new, old, server=server).steps
    assert step.up[2:] == ('ALTER TABLE "public"."t1" ALTER COLUMN "id" SET NOT NULL',)
    assert "DETACH" in "".join(step.down)
