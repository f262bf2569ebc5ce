"""The parser's guards: what it must refuse, what it must survive, and where it says an error is."""

import sys
import threading

import pytest

from dbarchitect.errors import InputError
from dbarchitect.sql.parser import MAX_BYTES, SqlSyntaxError, parse, parse_expression, parse_statement


def test_statements_become_trees():
    first, second = parse("select 1; create table t (a int)")
    assert list(first) == ["SelectStmt"]
    assert second["CreateStmt"]["relation"]["relname"] == "t"
    assert list(parse_statement("-- hello\nselect 1")) == ["SelectStmt"]


@pytest.mark.parametrize(
    "sql",
    [
        "create table t (a int generated always as (1) virtual)",
        "create table t (a int4range, primary key (a without overlaps))",
        "alter table t add constraint c check (a > 0) not enforced",
        "merge into t using s on true when not matched by source then delete",
    ],
)
def test_new_syntax_is_known(sql):
    try:
        parse_statement(sql)
    except SqlSyntaxError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize(
    ("sql", "offset"), [("select 1; selec 2", 10), ("select 'ä', frm 'x' x y", 22), ("select '", 7)]
)
def test_errors_say_where(sql, offset):
    with pytest.raises(SqlSyntaxError) as caught:
        parse(sql)
    assert caught.value.offset == offset


@pytest.mark.parametrize("sql", ["select 1\0", "x" * (MAX_BYTES + 1)])
def test_what_cannot_be_read_safely_is_refused(sql):
    with pytest.raises(InputError, match=r"NUL|too long"):
        parse(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "||".join(["a"] * 600),
        "select " + "||".join(["a"] * 20_000),
        " union all ".join(["select 1"] * 2_000),
        "select " + "(" * 900 + "1" + ")" * 900,
    ],
    ids=["chain of 600", "chain of 20000", "2000 arms", "900 brackets"],
)
def test_deep_texts_are_read(sql):
    limits = sys.getrecursionlimit(), threading.stack_size()
    assert list(parse_statement(sql)) == ["SelectStmt"]
    assert (sys.getrecursionlimit(), threading.stack_size()) == limits


@pytest.mark.parametrize("opening", ["(", "not ", "- ", "(select "])
def test_absurd_texts_do_not_crash(opening):
    with pytest.raises(SqlSyntaxError, match="memory exhausted"):
        parse("select " + opening * 60_000 + "1")


@pytest.mark.parametrize(
    "sql", ["1", "a > 0", "(1, 2)", "row(1, 2)", "a -- x", "exists (select 1)", "case when a then b end"]
)
def test_an_expression(sql):
    assert len(parse_expression(sql)) == 1


@pytest.mark.parametrize(
    "sql", ["", "a, b", "1) from (select 2", "a as b", "1; select 2", "a from t", "1) union select (2", "1), (2", "a b"]
)
def test_no_expression(sql):
    with pytest.raises(InputError):
        parse_expression(sql)


def test_threads_may_parse_at_once():
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(parse("select " + "+".join(["1"] * 3000)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
