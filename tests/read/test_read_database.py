"""The catalog reader on a corpus that holds everything the model can say, and on what it cannot say."""

from pathlib import Path

import pytest

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.errors import InputError
from dbarchitect.model.column import Generated, Identity, SequenceOptions
from dbarchitect.model.index import IndexPart
from dbarchitect.model.names import object_name
from dbarchitect.model.policy import Grant
from dbarchitect.model.types import SqlType
from dbarchitect.read.catalog import queries
from dbarchitect.read.database import read
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.drop import drop

CORPUS = (Path(__file__).parent / "corpus.sql").read_text(encoding="utf-8")
ROLES = ("grantee", "other")


@pytest.fixture(scope="module")
def roles(server):
    with server.admin() as connection:
        for role in ROLES:
            connection.execute(f"create role {role}")
    yield
    with server.admin() as connection:
        for role in ROLES:
            connection.execute(f"drop role {role}")


@pytest.fixture(scope="module")
def corpus(server, roles):
    """(the schema that was read, the fingerprint of the database)."""
    with server.database() as database, database.connect() as connection:
        connection.execute(CORPUS)
        found = read(connection)
        yield found, fingerprint(connection)


def test_nothing_of_the_corpus_is_left_out(corpus):
    assert corpus[0].problems == ()


def test_building_what_was_read_gives_the_same_catalog(server, corpus):
    found, built = corpus
    with server.database() as database, database.connect() as connection:
        empty = fingerprint(connection)
        with connection.transaction():
            build(connection, create(found.schema))
        assert difference(built, fingerprint(connection)) == ()
        assert read(connection).schema == found.schema
        with connection.transaction():
            build(connection, drop(found.schema))
        assert difference(empty, fingerprint(connection)) == ()


def test_the_corpus_is_its_own_canonical_form(server, corpus):
    assert canonical(corpus[0].schema, server) == corpus[0].schema


def table(corpus, name):
    return next(table for table in corpus[0].schema.tables if table.name == name)


def test_columns(corpus):
    weird = table(corpus, 'Weird "T"')
    assert weird.column("id").identity == Identity(always=True)
    assert weird.column("select").identity == Identity(False, SequenceOptions(start=-10, increment=-1))
    assert weird.column("virt").generated == Generated("1 + 2", stored=False)
    assert weird.column("arr").type == SqlType("integer", dimensions=2)
    assert weird.column("ms").type == SqlType("mood", dimensions=1, schema="public")
    assert weird.column("v").type == SqlType("vector", ("3",))
    assert weird.column("iv").type == SqlType("interval", ("day to second(3)",))
    assert weird.column("c").collation == "C"
    assert [column.name for column in table(corpus, "ul").columns] == ["t"]


def test_constraints(corpus):
    weird, kid = table(corpus, 'Weird "T"'), table(corpus, "kid")
    assert weird.primary_key.include == ("c",)
    assert weird.uniques[0].nulls_not_distinct
    assert {check.name: (check.validated, check.enforced, check.no_inherit) for check in weird.checks} == {
        'Weird "T"_d_check': (True, True, False),
        "late": (False, True, False),
        "ne": (True, False, False),
        "nol": (True, True, True),
    }
    keys = {key.name: key for key in kid.foreign_keys}
    assert keys["kid_tenant_name_fkey"].set_columns == ("name",)
    assert not keys["nv"].validated
    assert not keys["ne"].enforced
    assert table(corpus, "temporal_ref").foreign_keys[0].period


def test_indexes(corpus):
    indexes = {index.name: index for index in table(corpus, "kid").indexes}
    assert indexes["i1"].parts == (
        IndexPart(expression="lower(name)", descending=True),
        IndexPart("tenant", nulls_first=True),
    )
    assert indexes["i1"].include == ("id",)
    assert indexes["i2"].parts == (IndexPart("name", opclass="gin_trgm_ops"),)
    assert indexes["i2g"].parts[0].opclass_options == ("siglen=32",)
    assert indexes["i3"].parts[1] == IndexPart(expression="name || 'x'::text", collation="C")


def test_a_partition_that_does_as_its_parent_has_no_columns(corpus):
    assert table(corpus, "parted_1").columns == ()
    assert [column.name for column in table(corpus, "parted_2").columns] == ["at", "id", "v"]
    assert table(corpus, "parted_1").indexes == ()
    assert table(corpus, "derived").columns[0].name == "c"


def test_revoked_defaults_are_kept(corpus):
    grants = corpus[0].schema.grants
    assert Grant("function:app.touch", "public", ()) in grants
    assert Grant("column:public.kid.name", "other", ("select", "update")) in grants
    assert Grant("table:public.kid", "grantee", ("insert", "select"), grantable=True) in grants


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("create aggregate agg(int) (sfunc = int4pl, stype = int)", "aggregate public.agg(integer)"),
        ("create rule r as on insert to t do instead nothing", "rule r on public.t"),
        ("create collation co (locale = 'C')", "collation public.co"),
        ("create operator === (leftarg = int, rightarg = int, function = int4eq)", "operator public.===("),
        ("create text search configuration ts (copy = simple)", "text search configuration public.ts"),
        ("create publication pub", "publication pub"),
        ("create function et() returns event_trigger language plpgsql as $$ begin end $$;"
         "create event trigger et on ddl_command_start execute function et()", "event trigger et"),
        ("alter table t alter b set statistics 7", "column public.t.b"),
        ("alter table t alter b set storage external", "column public.t.b"),
        ("alter table t add constraint nn not null b not valid", "not-null constraint nn on public.t"),
        ("create view v as select a from t; alter view v alter a set default 1", "column public.v"),
        ("create view v as select a from t; comment on column v.a is 'x'", "comment on the view's column public.v.a"),
        ("create type ct as (a text); comment on column ct.a is 'x'", "attribute of the type public.ct.a"),
        ("create type o as (a int); create table ot of o", "typed table public.ot"),
        ("alter table t add primary key (a) with (fillfactor = 50)", "of the constraint t_pkey on t"),
        ("create index ix on t (a); cluster t using ix", "CLUSTER mark of the index ix"),
        ("create cast (bigint as date) with inout", "cast bigint as date"),
    ],
    ids=lambda value: value[:30],
)  # fmt: skip
def test_what_the_model_cannot_say_is_named(database, sql, named):
    with database.connect() as connection:
        connection.execute("create table t (a int, b text)")
        assert read(connection).problems == ()
        connection.execute(sql)
        problems = read(connection).problems
        assert any(named in problem.message for problem in problems), problems


def test_only_the_schemas_asked_for(database):
    with database.connect() as connection:
        connection.execute("create schema a; create schema b; create table a.t (x int); create table b.t (x int)")
        assert [table.key for table in read(connection, schemas=["a"]).schema.tables] == [("a", "t")]
        with pytest.raises(InputError, match="no schema 'c'"):
            read(connection, schemas=["c"])


def test_reading_leaves_the_session_and_the_database_as_they_were(database):
    with database.connect() as connection:
        connection.execute("set search_path = pg_temp")
        read(connection)
        assert connection.execute("show search_path").fetchone() == ("pg_temp",)
        with connection.transaction():
            connection.execute("create table public.t (a date default '2020-01-02')")
            found = read(connection).schema
            assert connection.execute("show search_path").fetchone() == ("pg_temp",)
        assert [table.name for table in found.tables] == ["t"]


@pytest.mark.parametrize("major", range(13, 19))
def test_older_servers_are_asked_only_for_what_they_have(major):
    text = " ".join(queries(major).values())
    for word, since in (("conperiod", 18), ("indnullsnotdistinct", 15), ("confdelsetcols", 15), ("rngmultitypid", 14)):
        assert (word in text) == (major >= since)
    assert "/*" not in text


@pytest.mark.parametrize(
    ("table", "column"), [("t", "id"), ("x" * 63, "y" * 63), ("ü" * 31, "c"), ("short", "é" * 31), ("n" * 40, "m" * 30)]
)
def test_names_that_postgresql_makes_up(database, table, column):
    with database.connect() as connection:
        connection.execute(f'create table "{table}" ("{column}" serial primary key)')
        found = read(connection).schema
        assert found.sequences[0].name == object_name(table, column, "seq")
        assert found.tables[0].primary_key.name == object_name(table, None, "pkey")
