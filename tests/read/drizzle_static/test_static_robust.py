"""No text is too broken, too long or too deep to be read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from read.drizzle_static.evaluated import texts

from dbarchitect.read.drizzle.static import read

HERE = Path(__file__).parent
PROJECTS = [texts(HERE / name) for name in ("idioms", "cased", "newer")]
IMPORT = "import { index, jsonb, pgEnum, pgTable, text, timestamp } from 'drizzle-orm/pg-core';\n"
PIECES = (
    *"(){}[]<>,;:=.?`'\"\0é", "${", "=>", "...", "/*", "//", "\ud800", "🐘", "export ", "const ", "pgTable(", "null",
    ".on(", ".array()", "return ", "if (", "\nexport const x = ",
)  # fmt: skip
ROUNDS = 60
DEEP = 2000


def doubled(first, step):
    """Declarations that name the one before them twice each."""
    return first + "".join(step.format(this=place + 1, last=place) for place in range(ROUNDS))


BOTTOMLESS = {
    "parentheses": "export const a = " + "(" * DEEP + "1" + ")" * DEEP,
    "objects": "export const a = pgTable('a', " + "{a:" * DEEP + "1" + "}" * DEEP + ")",
    "arrays": "export const a = pgTable('a', {}, (t) => " + "[" * DEEP + "]" * DEEP + ")",
    "chains": "export const a = pgTable('a', { b: text()" + ".notNull()" * DEEP + " })",
    "operators": "export const a = pgTable(" + "'a' + " * DEEP + "'b', {})",
    "branches": "function f(x) {"
    + "if (x) { return 1 } else " * DEEP
    + "{ return 2 }}\nexport const a = pgTable('a', f(0))",
    "unclosed": "export const a = pgTable('a', {" * DEEP,
    "constants": "const c0 = 'x'\n"
    + "".join(f"const c{n + 1} = c{n}\n" for n in reversed(range(DEEP)))
    + f"export const a = pgTable(c{DEEP}, {{}})",
    "sql": doubled("const s0 = sql``;", "const s{this} = sql`${{s{last}}}${{s{last}}}`;")
    + "export const a = pgTable('a', { b: text().default(s60) })",
    "lists": doubled("const s0 = ['a'];", "const s{this} = [...s{last}, ...s{last}];")
    + "export const e = pgEnum('e', s60)",
    "values": doubled("const s0 = [1];", "const s{this} = [s{last}, s{last}];")
    + "export const a = pgTable('a', { b: jsonb().default(s60) })",
    "strings": doubled("const s0 = 'ab';", "const s{this} = `${{s{last}}}${{s{last}}}`;")
    + "export const a = pgTable(s60, {})",
    "functions": doubled("const f0 = (x) => x;", "const f{this} = (x) => f{last}(f{last}(x));")
    + "export const a = pgTable('a', f60({}))",
    "themselves": "const f = (x) => f(x), g = () => ({ ...g() }), d = { ...d }\n"
    "export const a = pgTable('a', f()), b = pgTable('b', g()), c = pgTable('c', { ...c, ...d })",
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_broken_files_are_read(data):
    files = dict(data.draw(st.sampled_from(PROJECTS)))
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 60)))
        match data.draw(st.sampled_from(("cut", "drop", "insert", "turn"))):
            case "cut":
                text = text[:start]
            case "drop":
                text = text[:start] + text[end:]
            case "insert":
                text = text[:start] + data.draw(st.sampled_from(PIECES)) + text[start:]
            case "turn":
                text = text[start:] + text[:start]
    files[name] = text
    found = read(files, line=data.draw(st.sampled_from(("0.45", "1"))))
    for problem in found.problems:
        assert problem.span is not None
        assert problem.span.file in files
    for spans in found.schema.annotations.spans.values():
        assert all(span.start <= span.end for span in spans)


@given(st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_any_text_is_read(text):
    read({"a.ts": text, "b.tsx": text, "tsconfig.json": text, "package.json": text})


@pytest.mark.parametrize("name", BOTTOMLESS)
def test_what_has_no_bottom_ends(name):
    before = time.process_time()
    read({"a.ts": IMPORT + BOTTOMLESS[name] + "\n"})
    assert time.process_time() - before < 5


def test_files_that_import_each_other():
    files = {
        f"m{place}.ts": f"export * from './m{(place + 1) % 60}';\nexport {{ x }} from './m{(place + 7) % 60}';\n"
        for place in range(60)
    }
    assert read(files, ["m0.ts"]).schema.tables == ()


def test_long_files_are_read_in_linear_time():
    short, long = seconds(3000), seconds(12000)
    assert long < 10 * short + 1


def seconds(lines):
    tables = "".join(
        f"/** é */\nexport const t{place} = pgTable(\n  't{place}',\n  {{\n    id: text('id').primaryKey(),\n"
        f"    parent: text('parent').references(() => t{max(0, place - 1)}.id, {{ onDelete: 'cascade' }}),\n"
        f"    at: timestamp('at', {{ withTimezone: true }}).defaultNow(),\n  }},\n  (t) => [\n"
        f"    index('i{place}').on(t.parent, t.at.desc()),\n  ],\n);\n"
        for place in range(lines // 12)
    )
    before = time.process_time()
    found = read({"a.ts": IMPORT + tables})
    assert (len(found.schema.tables), found.problems) == (lines // 12, ())
    return time.process_time() - before
