"""Which projects a folder has, what a configuration's text says, and which version of Drizzle is meant."""

from pathlib import Path

import pytest
from read.drizzle_runtime.files import CONFIG, PACKAGE, make

from dbarchitect.read.drizzle import configuration, package
from dbarchitect.read.drizzle.discovery import discover, find
from dbarchitect.read.drizzle.patterns import matching
from dbarchitect.read.drizzle.workspace import packages_of

TABLE = 'import { pgTable, text } from "drizzle-orm/pg-core";\nexport const t = pgTable("t", { id: text("id") });\n'


def config(schema, dialect="postgresql"):
    return f'export default {{ schema: "{schema}", dialect: "{dialect}" }};\n'


def test_several_projects(tmp_path):
    make(
        tmp_path,
        {
            "apps/web/drizzle.config.ts": config("../../packages/db/schema.ts"),
            "packages/db/drizzle.config.ts": config("./schema.ts"),
            "packages/db/schema.ts": TABLE,
            "packages/logs/drizzle.write.config.mjs": config("./src/*.ts"),
            "packages/logs/src/log.ts": TABLE,
            "packages/cache/drizzle.config.ts": config("./schema.ts", "sqlite"),
            "packages/db/drizzle.config.test.ts": config("./schema.ts"),
            "node_modules/some/drizzle.config.ts": config("./schema.ts"),
            "dist/drizzle.config.js": config("./schema.ts"),
        },
    )
    found = find(tmp_path, tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in found.projects]
    assert names == ["packages/db/drizzle.config.ts", "packages/logs/drizzle.write.config.mjs"]
    [problem] = found.problems
    assert problem.message == "this configuration is for sqlite, and only PostgreSQL is read"
    assert problem.span.file == "packages/cache/drizzle.config.ts"


def test_files_without_a_configuration(tmp_path):
    make(tmp_path, {"a/schema.ts": TABLE, "b/other.ts": "export const x = 1;\n"})
    assert discover(tmp_path) == (tmp_path.resolve(),)
    assert discover(tmp_path / "b") == ()


SPOKEN = """\
import path, { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "drizzle-kit";
const dir = "src";
const base = { dialect: "postgresql" as const, casing: "snake_case" };
const here = path.relative(process.cwd(), fileURLToPath(new URL("./one.ts", import.meta.url)));
export default defineConfig({
  ...base,
  schema: [here, `./${dir}/two.ts`, join("src", "deep", "*.ts"), process.env.SCHEMA ?? "./three.ts"],
  out: process.env.NODE_ENV === "test" ? "./test" : process.env.OUT || "./out",
  schemaFilter: ["public", "shop"],
  dbCredentials: { url: process.env.DATABASE_URL! },
}) satisfies object;
"""


def test_the_text_of_a_configuration():
    said = configuration.read(Path("/project/drizzle.config.ts"), SPOKEN)
    assert said.schema == ("one.ts", "./src/two.ts", "src/deep/*.ts", "./three.ts")
    assert (said.out, said.dialect, said.casing, said.schemas) == (
        "./out", "postgresql", "snake_case", ("public", "shop")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("drizzle.config.ts", "export default { schema: find(), dialect };\n"),
        ("drizzle.config.ts", "export default {{{\n"),
        ("drizzle.config.ts", ""),
        ("drizzle.config.json", "[]"),
        ("drizzle.config.json", "{"),
    ],
)
def test_a_text_that_tells_nothing(name, text):
    assert configuration.read(Path("/project") / name, text).schema is None


def test_common_js_and_json():
    js = configuration.read(Path("/p/drizzle.config.js"), 'const c = { schema: "./a.ts" };\nmodule.exports = c;\n')
    assert js.schema == ("./a.ts",)
    json = configuration.read(Path("/p/drizzle.config.json"), '{ "schema": ["./a.ts"], "driver": "pg" }')
    assert (json.schema, json.dialect) == (("./a.ts",), "postgresql")


def test_patterns(tmp_path):
    names = ("src/a.ts", "src/deep/b.schema.ts", "src/deep/c.ts", "src/d.d.ts", "src/e.sql", "other/f.tsx")
    make(tmp_path, dict.fromkeys(names, ""))

    def matched(*patterns):
        return [path.relative_to(tmp_path).as_posix() for path in matching(patterns, [tmp_path / "none", tmp_path])]

    assert matched("./src") == ["src/a.ts"]
    assert matched("src/**/*.schema.ts") == ["src/deep/b.schema.ts"]
    assert matched("./src/**/*.ts") == ["src/a.ts", "src/deep/b.schema.ts", "src/deep/c.ts"]
    assert matched("{src,other}/*.{ts,tsx}") == ["other/f.tsx", "src/a.ts"]
    assert matched("src/deep/[bc]*.ts", "src/a.ts") == ["src/deep/b.schema.ts", "src/deep/c.ts", "src/a.ts"]
    assert matched("src/*") == ["src/a.ts", "src/deep/b.schema.ts", "src/deep/c.ts"]


def test_an_inline_list_of_packages(tmp_path):
    make(
        tmp_path,
        {"pnpm-workspace.yaml": "packages: ['a', \"b\"]\n", ".git/HEAD": "", "a/package.json": '{"name": "x"}'},
    )
    assert packages_of(tmp_path / "a") == {"x": tmp_path / "a"}


def test_packages_of_a_workspace(tmp_path):
    make(
        tmp_path,
        {
            "pnpm-workspace.yaml": 'packages:\n  # ours\n  - "packages/*"\n  - apps/**\n  - "!apps/old"\n',
            ".git/HEAD": "",
            "packages/db/package.json": '{ "name": "@org/db" }',
            "apps/a/b/package.json": '{ "name": "inner" }',
            "apps/old/package.json": '{ "name": "old" }',
            "packages/odd/package.json": '{ "name": "../../outside" }',
        },
    )
    assert packages_of(tmp_path / "packages/db") == {
        "@org/db": tmp_path / "packages/db", "inner": tmp_path / "apps/a/b"
    }  # fmt: skip


ROOT = '{ "workspaces": { "packages": ["packages/*"], "catalog": { "drizzle-orm": "^0.44.1" } } }'


@pytest.mark.parametrize(
    ("files", "line", "version"),
    [
        ({"packages/db/package.json": PACKAGE}, "0.45", "^0.45.2"),
        ({"packages/db/package.json": PACKAGE.replace("^0.45.2", "1.0.0-beta.9")}, "1", "1.0.0-beta.9"),
        ({"package.json": ROOT, "packages/db/package.json": PACKAGE.replace("^0.45.2", "catalog:")}, "0.45", "^0.44.1"),
        (
            {
                "pnpm-workspace.yaml": "packages:\n  - packages/*\ncatalogs:\n  data:\n    zod: ^4.0.0\n"
                "    drizzle-orm: 1.0.0-rc.5\n  other:\n    drizzle-orm: 0.30.0\n",
                "packages/db/package.json": PACKAGE.replace("^0.45.2", "catalog:data"),
            },
            "1",
            "1.0.0-rc.5",
        ),
        (
            {
                "pnpm-workspace.yaml": "catalog:\n  zod: ^4.0.0\n  'drizzle-orm': ^0.43.0\n\npackages: [packages/*]\n",
                "packages/db/package.json": PACKAGE.replace("^0.45.2", "catalog:"),
            },
            "0.45",
            "^0.43.0",
        ),
        ({"bun.lock": '"drizzle-orm": ["drizzle-orm@0.44.5", ""],\n'}, "0.45", "0.44.5"),
        ({"pnpm-lock.yaml": "packages:\n\n  drizzle-orm@1.0.0-rc.2:\n"}, "1", "1.0.0-rc.2"),
        (
            {"packages/db/package.json": PACKAGE, "node_modules/drizzle-orm/package.json": '{ "version": "0.40.0" }'},
            "0.45",
            "0.40.0",
        ),
    ],
)
def test_the_version_that_is_meant(tmp_path, files, line, version):
    make(tmp_path, {".git/HEAD": "", "packages/db/drizzle.config.ts": CONFIG, **files})
    found = package.used(tmp_path / "packages/db")
    assert (found.line, found.version) == (line, version)
