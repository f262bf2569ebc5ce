"""Clauses, names and entries are found, whatever strings and comments hold."""

import pytest

from dbarchitect.typescript.outline import (
    blanked,
    calls,
    clauses,
    declared,
    entries,
    local_names,
    names_used,
    value_of,
)

TEXT = """\
// import { not } from 'this'
import def, { a, type B, c as d } from "x";
import type { T } from './types'
import * as all from 'y'
export * from './users'
/* export const no = 1 */
export const yes = { id: one(`}${"}"}`), 'quoted key': [1, 2], ...rest, last: (x) => ({ y: "," }) };
const text = 'export const neither = 1';
export type Shape = string
"""


def test_clauses():
    found = clauses(TEXT)
    assert [clause.module for clause in found] == ["x", "./types", "y", "./users"]
    assert found[0].names == (("a", "a"), ("type B", "type B"), ("c", "d"))
    assert (found[0].default, found[1].type_only, found[2].star, found[3].exports) == ("def", True, True, True)
    assert TEXT[found[0].start : found[0].end] == 'import def, { a, type B, c as d } from "x";'


def test_names():
    assert declared(TEXT) == {"yes", "text", "Shape"}
    assert local_names(TEXT) == {"yes", "text", "Shape", "def", "a", "B", "d", "T", "all"}


def test_names_that_an_expression_uses():
    assert names_used("uuid('id').$defaultFn(() => Bun.randomUUIDv7()).$type<Id>()") == ("uuid", "Bun", "Id")
    assert names_used("{ mode: 'date', precision, ...rest }") == ("precision", "rest")


def test_entries():
    assert entries(TEXT, value_of(TEXT, "yes")) == {
        "id": 'one(`}${"}"}`)', "quoted key": "[1, 2]", "...rest": "", "last": '(x) => ({ y: "," })',
    }  # fmt: skip


@pytest.mark.parametrize("text", ["'", "`${", "/*", "(", "{ a: ", "a = `${`${'}'}`}`", '"\\', "//"])
def test_broken_text_is_no_trouble(text):
    assert len(blanked(text)) == len(text)
    clauses(text)
    declared(text)
    assert entries(text, value_of(text, "a")) == {}
    assert calls(text, "f") == ()
