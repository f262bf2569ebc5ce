"""Whole schemas as DDL: how it reads, in which order it stands, and that nothing escapes from it."""

from dataclasses import replace

import pytest

from dbarchitect.engines.canonical import build
from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.errors import InputError
from dbarchitect.model.column import Column, Generated
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import quote
from dbarchitect.model.policy import Grant, Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import Enum, Extension, Namespace, Schema, View
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.quote import BREAKPOINT
from dbarchitect.write.sql.create import create
from dbarchitect.write.sql.drop import drop
from dbarchitect.write.sql.text import text

UUID = SqlType("uuid")
ID = Column("id", UUID, nullable=False)


def trigger_function(name="touch"):
    return Function(
        "public",
        name,
        "",
        f"CREATE FUNCTION public.{name}() RETURNS trigger LANGUAGE plpgsql AS $$\nbegin return new; end\n$$;",
    )


SHOP = Schema(
    tables=(
        Table(
            "public",
            "users",
            (
                ID,
                Column("organization_id", UUID, nullable=False),
                Column("email", SqlType("varchar", ("255",)), nullable=False, comment="It's the login"),
                Column("mood", SqlType("mood", schema="public"), default="'ok'"),
                Column("created_at", SqlType("timestamptz"), nullable=False, default="now()"),
            ),
            PrimaryKey("users_pkey", ("id",)),
            (Unique("users_organization_id_id_unique", ("organization_id", "id")),),
            (ForeignKey("users_organization_fk", ("organization_id",), "public", "organizations", ("id",), "cascade"),),
            (Check("users_email_check", "email ~ '@'"),),
            indexes=(
                Index("users_email_idx", (IndexPart("organization_id"), IndexPart(expression="lower(email)")), True),
                Index(
                    "users_recent_idx",
                    (IndexPart("organization_id"), IndexPart("created_at", descending=True)),
                    where="mood <> 'bad'",
                ),
            ),
            policies=(Policy("tenant", using="organization_id = nullif(current_setting('app.id', true), '')::uuid"),),
            row_security=True,
            force_row_security=True,
            triggers=(Trigger("touch", "before", ("update",), "public", "touch"),),
            comment="People",
        ),
        Table("public", "organizations", (ID,), PrimaryKey("organizations_pkey", ("id",))),
    ),
    enums=(Enum("public", "mood", ("ok", "bad")),),
    functions=(trigger_function(),),
    views=(View("public", "emails", "SELECT email FROM users"),),
    grants=(Grant("namespace:public", "public", ("create",)),),
)

TEXT = """\
CREATE TYPE "public"."mood" AS ENUM ('ok', 'bad');

CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
begin return new; end
$$;

CREATE TABLE "public"."organizations" (
  "id" uuid NOT NULL,
  CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "public"."users" (
  "id"              uuid            NOT NULL,
  "organization_id" uuid            NOT NULL,
  "email"           varchar(255)    NOT NULL,
  "mood"            "public"."mood" DEFAULT 'ok',
  "created_at"      timestamptz     DEFAULT now() NOT NULL,
  CONSTRAINT "users_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "users_organization_id_id_unique" UNIQUE ("organization_id", "id"),
  CONSTRAINT "users_email_check" CHECK (email ~ '@')
);

CREATE VIEW "public"."emails" AS
SELECT email FROM users;

CREATE UNIQUE INDEX "users_email_idx" ON "public"."users" ("organization_id", lower(email));

CREATE INDEX "users_recent_idx"
  ON "public"."users" ("organization_id", "created_at" DESC)
  WHERE (mood <> 'bad');

ALTER TABLE "public"."users"
  ADD CONSTRAINT "users_organization_fk" FOREIGN KEY ("organization_id")
    REFERENCES "public"."organizations" ("id") ON DELETE CASCADE;

CREATE TRIGGER "touch"
  BEFORE UPDATE ON "public"."users"
  FOR EACH ROW
  EXECUTE FUNCTION "public"."touch"();

ALTER TABLE "public"."users" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "public"."users" FORCE ROW LEVEL SECURITY;

CREATE POLICY "tenant" ON "public"."users"
  FOR ALL TO PUBLIC
  USING (organization_id = nullif(current_setting('app.id', true), '')::uuid);

GRANT CREATE ON SCHEMA "public" TO PUBLIC;

COMMENT ON TABLE "public"."users" IS 'People';
COMMENT ON COLUMN "public"."users"."email" IS 'It''s the login';
"""

DROPPED = """\
REVOKE CREATE ON SCHEMA "public" FROM PUBLIC;

DROP VIEW "public"."emails";

DROP TABLE "public"."users";
DROP TABLE "public"."organizations";

DROP FUNCTION "public"."touch"();

DROP TYPE "public"."mood";
"""


def up_and_down(connection, schema):
    """Create and drop; what is left of it, and what it was in between."""
    empty = fingerprint(connection)
    with connection.transaction():
        build(connection, create(schema))
    built = fingerprint(connection)
    with connection.transaction():
        build(connection, drop(schema))
    return difference(empty, fingerprint(connection)), built


def test_it_reads_well():
    assert text(create(SHOP)) == TEXT
    assert text(drop(SHOP)) == DROPPED


def test_it_runs_and_leaves_nothing(database):
    with database.connect() as connection:
        assert up_and_down(connection, SHOP)[0] == ()


def test_the_text_does_the_same_as_the_statements(database):
    with database.connect() as connection:
        built = up_and_down(connection, SHOP)[1]
        connection.execute(text(create(SHOP)))
        assert difference(built, fingerprint(connection)) == ()


def test_the_order_of_the_input_does_not_matter():
    turned = replace(SHOP, tables=SHOP.tables[::-1])
    assert create(turned) == create(SHOP)


def test_whatever_needs_something_comes_after_it(database):
    """Functions in defaults and checks, functions over tables, views over views and functions, cyclic foreign keys."""
    call = "CREATE FUNCTION public.{}() RETURNS bigint LANGUAGE sql {}"
    tables = (
        Table("public", "a", (ID, Column("n", SqlType("bigint"), default="zero()"), Column("b", UUID)),
              PrimaryKey("a_pkey", ("id",)), foreign_keys=(ForeignKey("a_b", ("b",), "public", "b", ("id",)),),
              policies=(Policy("p", using="n = atomic()"),), row_security=True,
              indexes=(Index("ai", (IndexPart(expression="late(n)"),)),)),
        Table("public", "b", (ID, Column("a", UUID)), PrimaryKey("b_pkey", ("id",)),
              foreign_keys=(ForeignKey("b_a", ("a",), "public", "a", ("id",)),),
              triggers=(Trigger("t", "after", ("insert",), "public", "zz"),)),
    )  # fmt: skip
    schema = Schema(
        tables=tables,
        functions=(
            Function("public", "zero", "", call.format("zero", "RETURN 0")),
            Function("public", "atomic", "", call.format("atomic", "BEGIN ATOMIC SELECT count(*) FROM v2; END")),
            Function("public", "counts", "", call.format("counts", "AS 'select count(*) from v1'")),
            Function("public", "rows", "", "CREATE FUNCTION rows() RETURNS SETOF public.a LANGUAGE sql AS 'table a'"),
            Function("public", "late", "bigint", "CREATE FUNCTION late(n bigint, r a DEFAULT null) RETURNS bigint"
                     " LANGUAGE sql IMMUTABLE RETURN n"),
            trigger_function("zz"),
        ),
        views=(
            View("public", "v1", "SELECT * FROM v3"),
            View("public", "v2", "SELECT * FROM v1"),
            View("public", "v3", "SELECT id, zero() AS z FROM a"),
        ),
    )  # fmt: skip
    late = replace(schema.functions[2], arguments="bigint, public.a")
    functions = tuple(late if function.name == "late" else function for function in schema.functions)
    with database.connect() as connection:
        assert up_and_down(connection, replace(schema, functions=functions))[0] == ()


def test_functions_that_need_each_other(database):
    body = "CREATE FUNCTION public.{}() RETURNS int LANGUAGE sql AS $$ select {}() $$"
    schema = Schema(
        functions=(
            Function("public", "f", "", body.format("f", "g")),
            Function("public", "g", "", body.format("g", "f")),
        )
    )
    statements = create(schema)
    assert statements[0].sql == "SET check_function_bodies = off"
    assert statements[-1].sql == "RESET check_function_bodies"
    with database.connect() as connection:
        assert up_and_down(connection, schema)[0] == ()


def test_extensions_and_namespaces(database):
    schema = Schema(
        (Table("app", "t", (ID, Column("e", SqlType("citext")), Column("v", SqlType("vector", ("3",))))),),
        extensions=(Extension("citext"), Extension("vector"), Extension("earthdistance"), Extension("cube")),
        namespaces=(Namespace("app", comment="all"),),
    )
    with database.connect() as connection:
        assert up_and_down(connection, schema)[0] == ()


ATTACKS = (
    "'; drop table victim; --",
    '"; drop table victim; --',
    "$$; drop table victim; $$",
    "\\'; drop table victim;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_labels_and_comments_cannot_escape(database, attack):
    table = Table(
        "public", attack, (Column(attack, SqlType(attack, schema="public"), comment=attack),),
        indexes=(Index(f"i{attack}", (IndexPart(attack),), comment=attack),),
        checks=(Check(f"c{attack}", f"{quote(attack)} is not null", comment=attack),),
        policies=(Policy(attack, using="true", comment=attack),), comment=attack,
    )  # fmt: skip
    schema = Schema((replace(table, name=f"t{attack}"),), enums=(Enum("public", attack, (attack,), attack),))
    with database.connect() as connection:
        connection.execute("create table victim (a int)")
        connection.execute(text(create(schema)))
        assert connection.execute("select to_regclass('victim')").fetchone() == ("victim",)
        found = connection.execute("select count(*) from pg_description where description = %s", [attack]).fetchone()
        assert found == (6,)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"columns": (Column("a", UUID, default="1; drop table x"),)}, "table:public.t"),
        ({"columns": (Column("a", UUID, default="')"),)}, "table:public.t"),
        ({"columns": (Column("a", SqlType("varchar", ("1); drop table x; --",))),)}, "table:public.t"),
        ({"columns": (Column("a", UUID, generated=Generated("1) stored, b int check (true")),)}, "table:public.t"),
        ({"checks": (Check("c", "true); drop table x; --"),)}, "table:public.t"),
        ({"indexes": (Index("i", (IndexPart("a"),), where="true); --"),)}, "index:public.i"),
        ({"policies": (Policy("p", using="true) with check (false"),)}, "policy:public.t.p"),
        ({"triggers": (Trigger("g", "before", ("update",), "s", "f", when="true) --"),)}, "trigger:public.t.g"),
    ],
)
def test_expressions_that_leak_are_refused_by_address(change, place):
    table = replace(Table("public", "t", (ID,)), **change)
    with pytest.raises(InputError) as caught:
        create(Schema((table,)))
    assert caught.value.place == place


def test_no_literal_holds_what_drizzle_cuts_at():
    schema = Schema((Table("public", "t", (ID,), comment=f"a {BREAKPOINT} b"),))
    assert BREAKPOINT not in text(create(schema))


def test_a_comment_at_the_end_swallows_nothing(database):
    view = View("public", "v", "SELECT 1 AS a -- one")
    schema = Schema((Table("public", "t", (ID,), checks=(Check("c", "true -- always"),)),), views=(view,))
    with database.connect() as connection:
        connection.execute(text(create(schema)))
        connection.execute(text(drop(schema)))


def test_an_empty_schema_is_no_text():
    assert text(create(Schema())) == ""
    assert drop(Schema()) == ()
