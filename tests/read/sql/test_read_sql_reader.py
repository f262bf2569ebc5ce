"""DDL replayed: what a text says becomes the model, with places and problems."""

from __future__ import annotations

import pytest

from dbarchitect.read.sql.reader import read


def one(sql: str):
    """The schema of one file."""
    return read({"a.sql": sql})


def spans(result, address: str) -> list[str]:
    return [f"{span.start.line}:{span.start.column}" for span in result.schema.annotations.spans[address]]


def test_a_table_and_its_changes():
    result = one(
        "create table users (id serial primary key, email text unique);\n"
        "alter table users add column age int check (age > 0), alter email set not null;\n"
        "create index on users (lower(email)) where age > 3;\n"
    )
    (table,) = result.schema.tables
    assert result.problems == ()
    assert [column.name for column in table.columns] == ["id", "email", "age"]
    assert table.primary_key.name == "users_pkey"
    assert [check.name for check in table.checks] == ["users_age_check"]
    assert [index.name for index in table.indexes] == ["users_lower_idx"]
    assert spans(result, "column:public.users.email") == ["1:44", "2:55"]
    assert spans(result, "constraint:public.users.users_pkey") == ["1:31"]


def test_a_wrong_statement_spoils_no_other():
    result = one("create table a (x int);\nselec 1;\ncreate table b (y int);\nalter table nope add z int;")
    assert [table.name for table in result.schema.tables] == ["a", "b"]
    assert [(problem.severity, str(problem.span)) for problem in result.problems] == [
        ("error", "a.sql:2:1"),
        ("error", "a.sql:4:1"),
    ]


def columns(result, table: str) -> list[str]:
    (found,) = [item for item in result.schema.tables if item.name == table]
    return [column.name for column in found.columns]


@pytest.mark.parametrize(
    "block",
    [
        "begin alter table t add b int; exception when duplicate_column then null; end",
        "begin if not exists (select from information_schema.columns) then alter table t add b int; end if; end",
        "declare x int; begin if exists (select 1) then execute 'alter table t add b text default ''x'''; end if; end",
        "begin execute $q$alter table t add b int$q$; execute $q$update t set a = 1$q$; end",
        "begin loop create temp table q (a int); truncate q; exit; end loop; alter table t add b int; end",
    ],
)
def test_blocks_whose_effect_is_plain(block):
    result = one(f"create table t (a int);\ndo $$ {block} $$;")
    assert result.problems == ()
    assert columns(result, "t") == ["a", "b"]
    assert spans(result, "column:public.t.b")[0].startswith("2:")
    twice = one(f"create table t (a int);\ndo $$ {block} $$;\ndo $$ {block} $$;")
    assert columns(twice, "t") == ["a", "b"]


@pytest.mark.parametrize(
    "sql",
    [
        "do $$ begin execute 'alter table t ' || 'add b int'; end $$",
        "do $$ begin if random() > 0.5 then alter table t add b int; end if; end $$",
        "do $$ declare r record; begin for r in select 1 loop execute format('drop table %I', r); end loop; end $$",
        "do $$ begin perform grow(); end $$",
        "select grow()",
        "select * from public.grow()",
        "create table q as select * from t",
        "select * into q from t",
        "alter table auth.users enable row level security",
        "create rule r as on insert to t do instead nothing",
        "alter default privileges grant select on tables to public",
    ],
)
def test_what_cannot_be_known_is_named(sql):
    grow = "create function grow() returns void language plpgsql as 'begin execute ''drop table t''; end';"
    result = one(f"create table t (a int); {grow}\n{sql};")
    assert [(problem.severity, problem.span.start.line) for problem in result.problems] == [("warning", 2)]
    assert columns(result, "t") == ["a"]


def test_renames_are_remembered():
    result = one("create table a (x int);\nalter table a rename to b;\nalter table b rename x to y;")
    was = result.schema.annotations.was
    assert was == {"table:public.b": "table:public.a", "column:public.b.y": "column:public.b.x"}
    assert spans(result, "table:public.b") == ["1:1", "2:1"]
    assert spans(result, "column:public.b.y") == ["1:17", "3:1"]


def test_what_is_dropped_has_no_place():
    result = one("create table a (x int primary key, y int); create index i on a (y); drop table a;")
    assert result.problems == ()
    assert dict(result.schema.annotations.spans) == {}


def test_places_after_characters_of_several_bytes():
    result = one("-- ünïcödé 🐘\ncreate table é (ä text default 'ö', b int check (b > 0));")
    assert spans(result, "column:public.é.b") == ["2:37"]
    (table,) = result.schema.tables
    assert table.column("ä").default == "'ö'"
    assert table.checks[0].expression == "b > 0"


def test_nothing_stays_of_a_table_that_cannot_be_made():
    result = one("create table t (a serial, b int generated always as identity, c int, c int);")
    assert len(result.problems) == 1
    assert result.schema == one("").schema
    assert dict(result.schema.annotations.spans) == {}


def test_a_table_of_the_session_with_columns_that_nobody_knows():
    result = one(
        "create table t (id int);\ncreate temp table x as select id as a from t;\ncreate index on x (a);\n"
        "alter table x add primary key (a);\ndrop table x;"
    )
    assert result.problems == ()
    assert [table.name for table in result.schema.tables] == ["t"]


def test_a_partition_validates_what_it_has_from_its_parent():
    """Again after it was dropped and added anew, and as often as it likes."""
    found = read({"a.sql": """
        CREATE TABLE t (n int) PARTITION BY LIST (n);
        CREATE TABLE p PARTITION OF t FOR VALUES IN (1);
        ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID;
        ALTER TABLE p VALIDATE CONSTRAINT c;
        ALTER TABLE t DROP CONSTRAINT c;
        ALTER TABLE t ADD CONSTRAINT c CHECK (n > 1) NOT VALID;
        ALTER TABLE p VALIDATE CONSTRAINT c;
        ALTER TABLE p VALIDATE CONSTRAINT c;
        ALTER TABLE p VALIDATE CONSTRAINT d;
    """})  # fmt: skip
    assert [problem.message for problem in found.problems] == ["the table 'p' has no constraint 'd'"]
