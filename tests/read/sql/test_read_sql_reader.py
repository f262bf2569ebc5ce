"""DDL replayed: what a text says becomes the model, with places and problems."""

from __future__ import annotations

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
