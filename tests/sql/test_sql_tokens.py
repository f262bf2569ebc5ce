"""The scanner, against PostgreSQL's lexical rules."""

import pytest
from hypothesis import given
from strategies import names, texts

from dbarchitect.errors import InputError
from dbarchitect.model.names import quote
from dbarchitect.sql.expression import as_default, as_index_key, guarded, parenthesized
from dbarchitect.sql.quote import BREAKPOINT, literal, operator, reference
from dbarchitect.sql.statements import split
from dbarchitect.sql.tokens import scan, split_top, without_outer_parentheses


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("a.b", "word mark word"),
        ('"a""b"', "quoted"),
        ("'it''s'", "string"),
        (r"E'\''", "string"),
        (r"'\' ", "string"),
        ("$$ ' $$", "body"),
        ("$é$ $$ $é$", "body"),
        ("a -- ' \n+ b", "word comment operator word"),
        ("/* /* ' */ */ a", "comment word"),
        ("1.5::numeric", "number mark word"),
        ("a->>'x'", "word operator string"),
        ("a - -1", "word operator operator number"),
        ("$1 + 2", "number operator number"),
        ("x'1F'", "string"),
        ("U&'\\0041'", "string"),
        ("名前", "word"),
    ],
)
def test_kinds(sql, kinds):
    assert " ".join(token.kind for token in scan(sql)) == kinds


@pytest.mark.parametrize("sql", ["'open", '"open', "$$ open", "/* open", "(", ")", "(]", "a\0b", r"E'\'"])
def test_what_is_not_whole_is_refused(sql):
    with pytest.raises(InputError):
        scan(sql)


@given(names, texts)
def test_quoted_names_and_texts_are_one_token(name, text):
    for quoted in (quote(name), literal(text)):
        (token,) = scan(quoted)
        assert token.text == quoted
    assert scan(quote(name))[0].name == name
    assert BREAKPOINT not in literal(text + BREAKPOINT)


@pytest.mark.parametrize(
    ("sql", "default", "key"),
    [
        ("now()", "now()", "now()"),
        ("'x'::text", "'x'::text", "('x'::text)"),
        ("-1", "-1", "(-1)"),
        ("a in (1)", "(a in (1))", "(a in (1))"),
        ("lower(a) || b(c)", "(lower(a) || b(c))", "(lower(a) || b(c))"),
        ('"s"."f"(a)', '"s"."f"(a)', '"s"."f"(a)'),
        ("not (a)", "(not (a))", "(not (a))"),
        ("a -- x", "(a -- x\n)", "(a -- x\n)"),
        ("array[1]::int[]", "array[1]::int[]", "(array[1]::int[])"),
    ],
)
def test_expressions_in_their_places(sql, default, key):
    assert as_default(sql) == default
    assert as_index_key(sql) == key


@pytest.mark.parametrize("sql", ["", " ", "-- x", "1); drop table t; --", "a; b", "1)", "'"])
def test_expressions_cannot_leak(sql):
    for function in (guarded, parenthesized, as_default, as_index_key):
        with pytest.raises(InputError):
            function(sql)


def test_pieces():
    assert split_top("a, lower(b, c), ','") == ("a", "lower(b, c)", "','")
    assert without_outer_parentheses("((a > 0))") == "a > 0"
    assert without_outer_parentheses("(a) + (b)") == "(a) + (b)"
    assert without_outer_parentheses("(')')") == "')'"


@pytest.mark.parametrize("text", ["; drop", "--", "a", "=/*", "", "OPERATOR(public.=)"])
def test_no_operator(text):
    with pytest.raises(InputError):
        operator(text)


def test_references():
    assert operator('OPERATOR("public".&&)') == 'OPERATOR("public".&&)'
    assert reference("en_US.utf8") == '"en_US.utf8"'
    assert reference('"my""s"."c"') == '"my""s"."c"'
    assert reference('" DESC, "x') == '""" DESC, ""x"'


@pytest.mark.parametrize(
    ("sql", "pieces"),
    [
        ("select 1; select 2;", ["select 1", "select 2"]),
        ("-- c;\nselect ';' /* ; */;;", ["select ';'"]),
        ("selec (; select 2", ["selec (", "select 2"]),
        ("create function f() returns int begin atomic select case when a then 1 end; select 2; end; select 3",
         ["create function f() returns int begin atomic select case when a then 1 end; select 2; end", "select 3"]),
        ("create rule r as on insert to t do (select 1; select 2); select 3",
         ["create rule r as on insert to t do (select 1; select 2)", "select 3"]),
        ("begin; do $$ begin; end $$; commit", ["begin", "do $$ begin; end $$", "commit"]),
        ("select 1; select 'open; x", ["select 1", "select 'open; x"]),
        ("", []),
    ],
)  # fmt: skip
def test_statements_are_cut(sql, pieces):
    found = split(sql)
    assert [piece.text for piece in found] == pieces
    assert all(sql[piece.start : piece.end] == piece.text for piece in found)
