"""The canonical form: what it changes, what it keeps, and what it says when PostgreSQL refuses."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dbarchitect.engines.canonical import build, canonical
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.errors import EngineError, InputError
from dbarchitect.model.annotations import Annotations
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.intent import Intent
from dbarchitect.model.origin import Origin
from dbarchitect.model.policy import Grant, Policy
from dbarchitect.model.routine import Function
from dbarchitect.model.schema import Extension, Namespace, Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.read.database import read
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.drop import drop

CASES = Path(__file__).parents[3] / "shared" / "cases" / "migrations" / "pg_schema_diff.json"
PRICE = Column("price", SqlType("numeric"), default="0")


def table(*checks, **fields):
    return Table("public", "t", (PRICE,), checks=checks, **fields)


def test_expressions_become_what_postgresql_says(server):
    form = canonical(
        Schema(
            (
                table(
                    Check("c", "price > 0"),
                ),
            )
        ),
        server,
    )
    assert form.tables[0].checks[0].expression == "price > (0)::numeric"
    assert canonical(form, server) == form


def test_equal_meanings_become_equal(server):
    one = Schema((table(Check("c", "price between 1 and 2")),))
    other = Schema((table(Check("c", "(price >= 1) AND (price<=2)")),))
    assert one != other
    assert canonical(one, server) == canonical(other, server)


def test_a_namespace_that_somebody_else_makes(server):
    """Supabase makes `auth`, and a schema may name its tables without making the namespace."""
    schema = Schema((Table("auth", "users", (PRICE,)),))
    form = canonical(schema, server)
    assert form.namespaces == ()
    assert canonical(form, server) == form


def test_a_table_that_somebody_else_makes(server):
    key = ForeignKey("t_price_fkey", ("price",), "auth", "users", ("id",))
    form = canonical(Schema((Table("public", "t", (PRICE,), foreign_keys=(key,)),)), server)
    assert [item.key for item in form.tables] == [("public", "t")]
    assert form.tables[0].foreign_keys == (key,)
    assert form.namespaces == ()
    assert canonical(form, server) == form


def test_intent_and_annotations_stay(server):
    intent = Intent(title="Shop")
    annotations = Annotations(
        origins={"table:public.t": (Origin("brief", "a table"),)}, was={"table:public.t": "table:public.s"}
    )
    form = canonical(Schema((table(),), intent=intent, annotations=annotations), server)
    assert (form.intent, form.annotations) == (intent, annotations)


def test_roles_need_not_exist_and_are_not_left_behind(server):
    policies = (Policy("p", roles=("ghost", "app_user"), using="true"),)
    schema = Schema((table(policies=policies),), grants=(Grant("table:public.t", "app_user", ("select",)),))
    form = canonical(schema, server)
    assert form.tables[0].policies[0].roles == ("app_user", "ghost")
    assert form.grants == schema.grants
    with server.admin() as connection:
        query = "select count(*) from pg_roles where rolname in ('ghost', 'app_user')"
        assert connection.execute(query).fetchone() == (0,)


def test_extensions_in_a_namespace_of_their_own(server):
    schema = Schema(
        (Table("public", "t", (Column("e", SqlType("citext", schema="extensions")),)),),
        extensions=(Extension("citext", "extensions"),),
        namespaces=(Namespace("extensions", comment="theirs"),),
    )
    assert canonical(schema, server) == schema


def test_a_refused_element_is_named_with_its_statement(server):
    with pytest.raises(InputError) as caught:
        canonical(
            Schema((table(Check("good", "true")), Table("public", "u", (PRICE,), checks=(Check("c", "pric > 0"),)))),
            server,
        )
    assert caught.value.place == "table:public.u"
    assert 'column "pric" does not exist' in caught.value.message
    assert "CHECK (pric > 0)" in caught.value.hint


def test_a_lacking_extension_is_named(server):
    with pytest.raises(EngineError, match="postgis_of_tomorrow"):
        canonical(Schema(extensions=(Extension("postgis_of_tomorrow"),)), server)


@pytest.mark.parametrize(
    "definition",
    [
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libpq', 'f'",
        "CREATE FUNCTION f() RETURNS text LANGUAGE internal AS 'pg_read_file_all'",
    ],
)
def test_what_only_a_superuser_may_do_is_refused(server, definition):
    with pytest.raises(InputError, match="permission denied"):
        canonical(Schema(functions=(Function("public", "f", "", definition),)), server)


def test_nothing_can_be_stacked_behind_a_statement(server):
    schema = Schema(
        functions=(Function("public", "f", "", "CREATE FUNCTION f() RETURNS int RETURN 1; DROP DATABASE x"),)
    )
    with pytest.raises(InputError, match="multiple commands"):
        canonical(schema, server)


def test_the_scratch_database_stays_empty(server):
    schema = Schema((table(),))
    assert canonical(schema, server) == canonical(schema, server)


def test_threads_may_ask_at_once(server):
    schemas = [Schema((Table("public", f"t{number}", (PRICE,)),)) for number in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda schema: canonical(schema, server), schemas)) == schemas


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_schemas_of_another_tool(database):
    """Read, built again and dropped: a seventh of the schemas of pg-schema-diff's acceptance tests.

    The NOT NULL constraints of partitions tell by their names whether they came before or with the parent's.
    """
    cases = json.loads(CASES.read_text(encoding="utf-8"))["cases"]
    sides = [(case[side], case) for case in cases for side in ("old", "new")]
    texts = sorted({";\n".join(side) for side, case in sides if side and not case["roles"]})
    with database.connect() as connection:
        empty = fingerprint(connection)
        for text in texts[::7]:
            with connection.transaction(force_rollback=True):
                connection.execute(text)
                found, built = read(connection), fingerprint(connection)
            if found.problems:
                continue
            with connection.transaction(force_rollback=True):
                build(connection, create(found.schema))
                changes = difference(built, fingerprint(connection), "no-automatic-names")
                assert [change for change in changes if "NOT NULL" not in str(change)] == [], text
                assert read(connection).schema == found.schema
                build(connection, drop(found.schema))
                assert difference(empty, fingerprint(connection)) == ()
