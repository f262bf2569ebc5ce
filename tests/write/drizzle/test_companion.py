from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from strategies import schemas
from write.drizzle import schema_corpus as corpus
from write.drizzle import schema_project as project

from dbarchitect.engines.fingerprint import difference
from dbarchitect.model.constraint import Check
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.companion import companion
from dbarchitect.write.drizzle.migration import migration_entries
from dbarchitect.write.drizzle.problems import not_expressible
from dbarchitect.write.drizzle.schema import schema_files
from dbarchitect.write.sql.create import create


def added(schema):
    return [statement.sql for statement in companion(schema, Settings())]


def test_what_only_sql_can_say_about_a_shop():
    statements = "\n".join(added(corpus.shop()))
    assert 'ALTER TABLE "public"."org_orders" FORCE ROW LEVEL SECURITY' in statements
    assert 'ADD CONSTRAINT "org_bookings_no_overlap" EXCLUDE' in statements
    assert "CREATE OR REPLACE FUNCTION public.touch()" in statements
    assert 'CREATE TRIGGER "org_orders_touch"' in statements
    assert 'INCLUDE ("price")' in statements
    assert "CREATE TABLE" not in statements
    assert "CREATE EXTENSION" not in statements


def test_set_null_of_one_column_takes_the_place_of_drizzles_key_under_its_name():
    narrowed = next(sql for sql in added(corpus.shop()) if "org_categories_parent_id_fkey" in sql)
    assert narrowed == (
        'ALTER TABLE "public"."org_categories"\n'
        '  DROP CONSTRAINT "org_categories_parent_id_fkey",\n'
        '  ADD CONSTRAINT "org_categories_parent_id_fkey" FOREIGN KEY ("organization_id", "parent_id")\n'
        '    REFERENCES "public"."org_categories" ("organization_id", "id") ON DELETE SET NULL ("parent_id")'
    )


def test_a_schema_that_drizzle_holds_needs_no_companion():
    assert added(corpus.indexes()) != []
    plain = corpus.table("plain", corpus.Column("name", corpus.T("text")))
    assert added(Schema(tables=(plain,))) == []
    assert [entry.tag for entry in migration_entries(Schema(tables=(plain,)), Settings())] == ["init"]


@pytest.fixture(scope="module")
def empty(server):
    with server.database() as database:
        yield project.apply(database, [])


def check_both_ways(server, empty, schema):
    """The entries make what `create` makes, and leave nothing behind; twice."""
    entries = migration_entries(schema, Settings())
    up = [sql for entry in entries for sql in entry.up_sql]
    down = [statement.sql for entry in reversed(entries) for statement in entry.down]
    with server.database() as one, server.database() as other:
        ours = project.apply(one, [statement.sql for statement in create(schema)])
        for _ in range(2):
            assert [str(change) for change in difference(ours, project.apply(other, up))] == []
            assert [str(change) for change in difference(empty, project.apply(other, down))] == []


@pytest.mark.parametrize("name", ["shop", "everything", "named"])
def test_the_entries_are_our_sql_and_their_downs_undo_them(name, server, empty):
    check_both_ways(server, empty, getattr(corpus, name)())


def test_each_down_undoes_its_own_entry(server):
    entries = migration_entries(corpus.everything(), Settings())
    assert [entry.tag for entry in entries] == ["before", "init", "companion"]
    with server.database() as database:
        states = [project.apply(database, [])]
        states += [project.apply(database, entry.up_sql) for entry in entries]
        for entry, before in zip(reversed(entries), reversed(states[:-1]), strict=True):
            after = project.apply(database, [statement.sql for statement in entry.down])
            assert [str(change) for change in difference(before, after)] == []


def test_a_down_that_forgets_a_function_is_seen(server, empty):
    entries = migration_entries(corpus.shop(), Settings())
    down = [s.sql for entry in reversed(entries) for s in entry.down if s.kind != "function"]
    with server.database() as database:
        project.apply(database, [sql for entry in entries for sql in entry.up_sql])
        left = "\n".join(str(change) for change in difference(empty, project.apply(database, down)))
    assert "touch" in left


@settings(
    max_examples=15, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(schema=schemas())
def test_random_schemas_under_hostile_names_go_up_and_down(schema, server, empty):
    check_both_ways(server, empty, schema)


def test_nothing_is_lost_in_silence():
    """Whatever the companion makes is named, and so is what stands in the schema file in another form."""
    messages = [problem.message for problem in not_expressible(corpus.everything())]
    for name in ("special", "measures", "measures_2020", "plain_ex", "child_id_fkey", "tr2", "j6", "v6", "email"):
        assert [message for message in messages if name in message], name
    assert {problem.severity for problem in not_expressible(corpus.everything())} == {"warning", "info"}
    assert not_expressible(Schema(tables=(corpus.table("plain"),))) == ()


@pytest.mark.parametrize("name", ['say "hi"', "__proto__", "a;b", "a,b", "a--b", "ü" * 32])
def test_names_that_drizzle_cannot_work_with_are_errors(name):
    problems = not_expressible(Schema(tables=(corpus.table(name),)))
    assert {problem.severity for problem in problems} == {"error"}
    assert name in problems[0].message or repr(name) in problems[0].message


@pytest.mark.parametrize(
    "part",
    [
        {"checks": (Check("c", "a <> ';'"),)},
        {"indexes": (Index("i", (IndexPart(expression="coalesce(a, 'x,,y')"),)),)},
        {"indexes": (Index("i", (IndexPart("a"),), where="a <> ';'"),)},
        {"policies": (Policy("p", using="a <> '--'"),), "row_security": True},
    ],
)
def test_what_drizzle_kit_would_tear_apart_is_only_in_the_companion(part):
    table = corpus.table("torn", corpus.Column("a", corpus.T("text")))
    files = schema_files(Schema(tables=(replace(table, **part),)), Settings())
    kinds = {"checks": "check(", "indexes": "index(", "policies": "pgPolicy("}
    written = files["src/db/schema/torn.ts"]
    assert not any(word in written for word in kinds.values())
    assert "The companion migration adds" in written
    assert len(added(Schema(tables=(replace(table, **part),)))) == 1
