"""What a statement does, from its text alone."""

from __future__ import annotations

import pytest

from dbarchitect.sql.acts import Name, TypeName
from dbarchitect.sql.classify import classify
from dbarchitect.sql.parser import SqlSyntaxError


def test_each_command_of_alter_table_is_an_act():
    classified = classify("alter table only a.t add column x int, drop column y cascade, alter z set not null")
    assert classified.kind == "AlterTableStmt"
    assert [(act.action, act.part) for act in classified.acts] == [
        ("add column", "x"), ("drop column", "y"), ("set not null", "z"),
    ]  # fmt: skip
    assert all(act.name == Name("a", "t") and act.only for act in classified.acts)
    assert classified.acts[1].cascade


def test_a_column_says_everything_that_matters():
    sql = "alter table t add column x varchar(10)[] default coalesce(now(), f(y)) not null references p (id)"
    column = classify(sql).acts[0].column
    assert column.type == TypeName(Name(None, "varchar"), ("10",), 1, built_in=True)
    assert [str(name) for name in column.default.functions] == ["now", "f"]
    assert column.default.columns == ("y",)
    assert column.not_null
    assert [(item.kind, item.columns, item.references) for item in column.constraints] == [
        ("not null", ("x",), None), ("foreign key", ("x",), Name(None, "p")),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("definition", "serial", "identity", "generated", "null"),
    [
        ("serial", True, False, None, None),
        ("bigint generated always as identity", False, True, None, None),
        ("int generated always as (a + 1) stored", False, False, "stored", None),
        ("int generated always as (a + 1)", False, False, "virtual", None),
        ("int default null::int", False, False, None, True),
        ("int default 0", False, False, None, False),
    ],
)
def test_where_values_of_a_new_column_come_from(definition, serial, identity, generated, null):
    column = classify(f"alter table t add column x {definition}").acts[0].column
    assert (column.serial, column.identity, column.generated) == (serial, identity, generated)
    assert (column.default.null if column.default else None) == null


def test_constraints_say_whether_they_are_checked():
    first, second, third = (
        classify(f"alter table t add constraint k {text}").acts[0].constraint
        for text in ("foreign key (a) references s.p not valid", "check (f(a)) not enforced", "unique using index i")
    )
    assert (first.valid, first.enforced, first.references) == (False, True, Name("s", "p"))
    assert (second.enforced, second.expression.functions) == (False, (Name(None, "f"),))
    assert (third.index, third.enforced) == ("i", True)


@pytest.mark.parametrize(
    ("sql", "action", "name", "part"),
    [
        ("create unique index concurrently i on t (a)", "create index", "t", "i"),
        ("drop trigger g on s.t", "drop trigger", "s.t", "g"),
        ("drop function f(int)", "drop function", "f", ""),
        ("alter table t rename column a to b", "rename column", "t", "a"),
        ("alter type e rename value 'x' to 'y'", "rename value", "e", "x"),
        ("alter domain d validate constraint c", "validate constraint", "d", "c"),
        ("create policy p on t using (true)", "create policy", "t", "p"),
        ("reindex index concurrently i", "reindex", "i", ""),
        ("update t set a = 1", "update", "t", ""),
    ],
)
def test_names(sql, action, name, part):
    act = classify(sql).acts[0]
    assert (act.action, str(act.name), act.part) == (action, name, part)


def test_a_drop_of_several_things_is_an_act_for_each():
    acts = classify("drop table if exists a, b.c cascade").acts
    assert [str(act.name) for act in acts] == ["a", "b.c"]
    assert all(act.missing_ok and act.cascade for act in acts)


def test_what_a_query_reads_and_writes():
    acts = classify(
        "with x as (delete from t where a = 1 returning *) insert into u select * from x join v on true"
    ).acts
    assert [(act.action, str(act.name), act.condition) for act in acts] == [
        ("insert", "u", False), ("delete", "t", True),
    ]  # fmt: skip
    assert [str(name) for name in acts[0].related] == ["v"]


def test_what_is_not_known_is_named():
    assert classify("listen a").acts[0].option == "ListenStmt"
    with pytest.raises(SqlSyntaxError):
        classify("select 1; select 2")
