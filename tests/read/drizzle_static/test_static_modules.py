"""Imports lead to files by paths, aliases and packages, all read as data."""

from __future__ import annotations

import json

import pytest

from dbarchitect.read.drizzle.modules import Resolver, closure, imports
from dbarchitect.read.drizzle.static import read
from dbarchitect.typescript.source import Source

FILES = {
    "package.json": '{"name": "root", "imports": {"#db/*": "./src/db/*.ts"}}',
    "tsconfig.base.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@base/*": ["lib/*"]}}}',
    "tsconfig.json": """{
      // comments and a comma too many
      "compilerOptions": { "paths": { "@/*": ["./src/*"], "~db": ["./src/db/index.ts"], }, },
    }""",
    "src/db/index.ts": "",
    "src/db/users.ts": "",
    "src/db/old.js": "",
    "lib/types.ts": "",
    "apps/web/tsconfig.json": '{"extends": "../../tsconfig.base"}',
    "apps/web/page.tsx": "",
    "packages/db/package.json": json.dumps({
        "name": "@org/db",
        "exports": {
            ".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"},
            "./schema": "./src/schema/index.ts",
            "./tables/*": {"import": "./src/tables/*.ts"},
        },
    }),
    "packages/db/src/index.ts": "",
    "packages/db/src/schema/index.ts": "",
    "packages/db/src/tables/users.ts": "",
    "packages/plain/package.json": '{"name": "plain", "main": "main.ts"}',
    "packages/plain/main.ts": "",
    "packages/plain/src/deep.ts": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("importer", "module", "target"),
    [
        ("src/app.ts", "./db", "src/db/index.ts"),
        ("src/app.ts", "./db/users", "src/db/users.ts"),
        ("src/app.ts", "./db/users.js", "src/db/users.ts"),
        ("src/app.ts", "./db/old.js", "src/db/old.js"),
        ("src/db/users.ts", ".", "src/db/index.ts"),
        ("src/db/users.ts", "../../lib/types", "lib/types.ts"),
        ("src/app.ts", "@/db/users", "src/db/users.ts"),
        ("src/app.ts", "~db", "src/db/index.ts"),
        ("src/app.ts", "#db/users", "src/db/users.ts"),
        ("apps/web/page.tsx", "@base/types", "lib/types.ts"),
        ("apps/web/page.tsx", "@org/db", "packages/db/src/index.ts"),
        ("apps/web/page.tsx", "@org/db/schema", "packages/db/src/schema/index.ts"),
        ("apps/web/page.tsx", "@org/db/tables/users", "packages/db/src/tables/users.ts"),
        ("packages/db/src/index.ts", "@org/db/schema", "packages/db/src/schema/index.ts"),
        ("src/app.ts", "plain", "packages/plain/main.ts"),
        ("src/app.ts", "plain/deep", "packages/plain/src/deep.ts"),
        ("src/app.ts", "./nothing", None),
        ("src/app.ts", "zod", None),
        ("src/app.ts", "", None),
        ("src/app.ts", "../../../etc/passwd", None),
    ],
)
def test_where_a_specifier_leads(importer, module, target):
    assert Resolver.among(FILES).locate(importer, module) == target


def test_imports_of_a_file():
    text = """import type { A } from './types';
import b, { c as d } from "./values";
export * from './all';
export { e } from './some';
import './effect';
export const f = 1;
"""
    found = imports(Source("a.ts", text))
    assert [(each.module, each.passes, each.types, each.span.start.line) for each in found] == [
        ("./types", False, True, 1),
        ("./values", False, False, 2),
        ("./all", True, False, 3),
        ("./some", True, False, 4),
        ("./effect", False, False, 5),
    ]


def test_the_closure_of_files():
    files = {
        "a.ts": "import { b } from './b';\nexport * from './c';\nimport type { T } from './t';\n",
        "b.ts": "import './a';",
        "c.ts": "export { d } from './d';",
        "d.ts": "",
        "t.ts": "",
    }
    resolver = Resolver.among(files)
    assert list(closure(["a.ts", "gone.ts"], files.get, resolver)) == ["a.ts", "b.ts", "c.ts", "d.ts"]
    assert list(closure(["a.ts"], files.get, resolver, passed=True)) == ["a.ts", "c.ts", "d.ts"]


def test_shared_columns_of_another_package():
    files = {
        "packages/kit/package.json": '{"name": "@org/kit", "exports": {"./columns": "./src/columns.ts"}}',
        "packages/kit/src/columns.ts": "import { timestamp } from 'drizzle-orm/pg-core';\n"
        "export const stamps = { at: timestamp('at').notNull() };\n",
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
        "src/enums.ts": "export const KINDS = { A: 'a', B: 'b' } as const;\n",
        "src/schema.ts": "import { pgEnum, pgTable, text } from 'drizzle-orm/pg-core';\n"
        "import { stamps } from '@org/kit/columns';\nimport { KINDS } from '@/enums';\n"
        "export const kind = pgEnum('kind', Object.values(KINDS) as [string, ...string[]]);\n"
        "export const t = pgTable('t', { id: text('id'), ...stamps });\n",
    }
    found = read(files, ["src/schema.ts"])
    assert found.problems == ()
    assert found.schema.enums[0].labels == ("a", "b")
    assert [column.name for column in found.schema.tables[0].columns] == ["id", "at"]
    assert "packages/kit/src/columns.ts" in found.declared.sources
    shared = found.declared.tables[0].columns[1]
    assert shared.shared
    assert shared.span.file == "packages/kit/src/columns.ts"
