"""Projects of other people are read as they are: tables, keys, indexes, enums, relations, and where each is written."""

import pytest
from api.join_projects import FOLDER, LINE_1, SINGLE, make

from dbarchitect.errors import InputError
from dbarchitect.facts.lookup import Lookup
from dbarchitect.model.column import Identity
from dbarchitect.model.types import parse_type
from dbarchitect.read.drizzle.package import detect
from dbarchitect.read.drizzle.practice import detect_practice
from dbarchitect.read.drizzle.runtime import read
from dbarchitect.read.drizzle.style import Spelling, detect_style

WIDE = {
    **SINGLE,
    "src/db/schema.ts": """\
import { sql } from "drizzle-orm";
import {
  bigserial, boolean, check, foreignKey, index, integer, jsonb, numeric, pgEnum, pgSchema, pgTable, pgView, primaryKey,
  text, timestamp, unique, uniqueIndex, uuid, varchar,
} from "drizzle-orm/pg-core";

export const shop = pgSchema("shop");
export const mood = shop.enum("mood", ["sad", "it's ok"]);
export const things = shop.table("things", {
  id: bigserial("id", { mode: "bigint" }).primaryKey(),
  code: varchar("code", { length: 20 }).notNull().unique("things_code_key", { nulls: "not distinct" }),
  moods: mood("moods").array(),
  price: numeric("price", { precision: 10, scale: 2 }).default("1.50"),
  live: boolean("live").notNull().default(true),
  tags: text("tags").array().notNull().default(sql`'{}'`),
  data: jsonb("data"),
  upper: text("upper").generatedAlwaysAs(sql`upper(code)`),
  seen: timestamp("seen", { withTimezone: true, precision: 3 }),
});
export const links = pgTable("links", {
  thing: integer("thing").notNull(),
  other: uuid("other").notNull().references((): any => links.other, { onDelete: "cascade", onUpdate: "restrict" }),
  note: text("note"),
}, (t) => [
  primaryKey({ name: "links_key", columns: [t.thing, t.other] }),
  unique("links_note_unique").on(t.note, t.thing),
  uniqueIndex("links_live_idx").on(t.note.desc().nullsFirst()).where(sql`${t.thing} > 0`),
  index("links_lower_idx").using("btree", sql`lower(${t.note})`),
  check("links_thing_check", sql`${t.thing} <> 0`),
  foreignKey({ name: "links_thing_fk", columns: [t.thing], foreignColumns: [things.id] }).onDelete("restrict"),
]);
export const shown = pgView("shown", { note: text("note") }).existing();
export const seen = { env: process.env.SECRET_OF_THE_USER ?? "none" };
""",
}


def table(project, name):
    return next(each for each in project.schema.tables if each.name == name)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    return read(make(tmp_path_factory.mktemp("wide"), WIDE))


def test_columns(wide):
    things = table(wide, "things")
    assert things.schema == "shop"
    types = {column.name: column.type.sql() for column in things.columns}
    assert types == {
        "id": "bigint", "code": "varchar(20)", "moods": '"shop"."mood"[]', "price": "numeric(10, 2)",
        "live": "boolean", "tags": "text[]", "data": "jsonb", "upper": "text", "seen": "timestamp(3) with time zone",
    }  # fmt: skip
    assert {column.name for column in things.columns if not column.nullable} == {"id", "code", "live", "tags"}
    defaults = {column.name: column.default for column in things.columns if column.default}
    assert defaults == {
        "id": "nextval('shop.things_id_seq'::regclass)",
        "price": "'1.50'",
        "live": "true",
        "tags": "'{}'",
    }
    assert things.column("upper").generated.expression == "upper(code)"
    assert wide.serial == {("shop", "things", "id")}
    assert wide.modes == {("shop", "things", "id"): "bigint"}


def test_keys_and_indexes(wide):
    links, things = table(wide, "links"), table(wide, "things")
    assert (links.primary_key.name, links.primary_key.columns) == ("links_key", ("thing", "other"))
    assert things.primary_key.columns == ("id",)
    assert [(u.name, u.columns, u.nulls_not_distinct) for u in things.uniques] == [("things_code_key", ("code",), True)]
    assert [(u.name, u.columns) for u in links.uniques] == [("links_note_unique", ("note", "thing"))]
    live, lower = (next(i for i in links.indexes if i.name == name) for name in ("links_live_idx", "links_lower_idx"))
    assert (live.unique, live.parts[0].descending, live.parts[0].puts_nulls_first) == (True, True, True)
    assert live.where == '"thing" > 0'
    assert lower.parts[0].expression == 'lower("note")'
    assert [(check.name, check.expression) for check in links.checks] == [("links_thing_check", '"thing" <> 0')]


def test_foreign_keys(wide):
    lookup = Lookup(wide.schema)
    keys = {r.foreign_key.name: r for r in lookup.references}
    assert set(keys) == {"links_thing_fk", "links_other_links_other_fk"}
    named, own = keys["links_thing_fk"], keys["links_other_links_other_fk"]
    assert (named.foreign_key.target_schema, named.parent.name, named.foreign_key.on_delete) == (
        "shop", "things", "restrict")  # fmt: skip
    assert (own.parent.name, own.foreign_key.on_delete, own.foreign_key.on_update) == ("links", "cascade", "restrict")


def test_everything_else_is_named(wide):
    kinds = {export.name: export.kind for export in wide.exports}
    assert kinds == {
        "shop": "namespace", "mood": "enum", "things": "table", "links": "table", "shown": "view", "seen": "other",
    }  # fmt: skip
    assert wide.schema.enums[0].labels == ("sad", "it's ok")
    assert [view.name for view in wide.schema.views] == ["shown"]


def test_places_and_relations(tmp_path):
    project = read(make(tmp_path, SINGLE))
    users = project.export("table", ("public", "users"))
    assert (users.file, users.name, users.declared) == ("src/db/schema.ts", "users", True)
    assert users.columns["created_at"] == "createdAt"
    assert [export.relations for export in project.of_kind("relations")] == [{("public", "users"): ()}]
    assert project.generated == {("public", "users", "token")}


def test_casing_and_barrels(tmp_path):
    project = read(make(tmp_path, FOLDER))
    logs = table(project, "audit_logs")
    assert [column.name for column in logs.columns] == ["id", "actor_id", "detail", "created_at", "updated_at"]
    assert logs.foreign_keys[0].name == "audit_logs_actor_id_users_id_fk"
    assert project.export("table", ("public", "users")).file == "src/db/schema/user-accounts.ts"
    assert [file.path for file in project.files if file.named] == ["src/db/schema/index.ts"]


def test_line_1(tmp_path):
    project = read(make(tmp_path, LINE_1))
    assert (project.line, project.version) == ("1", "^1.0.0-rc.2")
    key = table(project, "users").column("id")
    assert (key.type, key.identity) == (parse_type("bigint"), Identity(always=True))


def test_nothing_of_the_user_environment_is_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_USER", "hunter2")
    text = SINGLE["src/db/schema.ts"] + '\nif (process.env.SECRET_OF_THE_USER) throw new Error("seen");\n'
    assert read(make(tmp_path, {**SINGLE, "src/db/schema.ts": text})).schema.tables


def test_an_endless_schema_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("dbarchitect.read.drizzle.runtime._SECONDS", 3)
    text = SINGLE["src/db/schema.ts"] + "\nwhile (true) {}\n"
    with pytest.raises(InputError, match="did not end within 3 s"):
        read(make(tmp_path, {**SINGLE, "src/db/schema.ts": text}))


def test_reading_writes_nothing(tmp_path):
    make(tmp_path, FOLDER)
    before = sorted(tmp_path.rglob("*"))
    read(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_installed_beats_what_is_asked_for(tmp_path):
    make(tmp_path, {**SINGLE, "node_modules/drizzle-orm/package.json": '{"version": "1.0.0-rc.5"}'})
    assert detect(tmp_path).line == "1"


@pytest.mark.parametrize(("asked", "line"), [("^0.45.2", "0.45"), ("latest", "0.45"), ("beta", "1"), (">=1.0.0", "1")])
def test_lines(tmp_path, asked, line):
    make(tmp_path, {"package.json": f'{{"devDependencies": {{"drizzle-orm": "{asked}"}}}}'})
    assert detect(tmp_path).line == line


def test_styles(tmp_path):
    single, folder, line_1 = (
        detect_style(read(make(tmp_path / name, files)))
        for name, files in (("single", SINGLE), ("folder", FOLDER), ("line1", LINE_1))
    )
    assert (single.single, single.relations, single.enum_suffix) == ("src/db/schema.ts", "beside", "")
    assert single.types == (("{One}", "select"), ("New{One}", "insert"))
    assert (single.layout.quotes, single.layout.semicolons, single.layout.width) == ("double", True, 100)
    assert (folder.export, folder.file.case, folder.unnamed) == (Spelling(suffix="Table"), "kebab", True)
    assert (folder.layout.quotes, folder.layout.semicolons, folder.layout.indent_width) == ("single", False, 4)
    assert folder.barrels == ("src/db/schema/index.ts",)
    assert (line_1.layout.indent, line_1.single, line_1.relations) == ("tab", None, "none")


def test_a_formatter_configuration_wins(tmp_path):
    biome = '{ // ours\n "javascript": { "formatter": { "quoteStyle": "single", "semicolons": "asNeeded", }, }, }'
    style = detect_style(read(make(tmp_path / "biome", {**SINGLE, "biome.json": biome})))
    assert (style.layout.quotes, style.layout.semicolons, style.layout.indent) == ("single", False, "tab")
    prettier = '{ "useTabs": true, "semi": false }'
    style = detect_style(read(make(tmp_path / "prettier", {**SINGLE, ".prettierrc": prettier})))
    assert (style.layout.quotes, style.layout.semicolons, style.layout.indent) == ("double", False, "tab")


def test_habits(tmp_path):
    practice = detect_practice(read(make(tmp_path, FOLDER)))
    assert practice.habit("id").expression == "uuid().primaryKey().defaultRandom()"
    assert [(shared.expression, [key for key, _ in shared.columns]) for shared in practice.shared] == [
        ("timestamps", ["createdAt", "updatedAt"])
    ]
    assert practice.shared[0].needs[0].file == "src/db/schema/columns.ts"


def test_bytes_that_are_no_text_are_named(tmp_path):
    folder = make(tmp_path, SINGLE)
    path = folder / "src/db/schema.ts"
    path.write_bytes(path.read_bytes() + b"\n// caf\xe9\n")
    with pytest.raises(InputError, match=r"schema.ts: this is no UTF-8"):
        read(folder)
