"""Fixes of TypeScript: what they write, that it compiles as before, and that a second run has nothing to do."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from dbarchitect.engines.toolchain import Project
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.types import parse_type
from dbarchitect.review import catalogue
from dbarchitect.review.mending import fixes
from dbarchitect.review.mending.batch import mend
from dbarchitect.review.subjects import of_texts
from dbarchitect.typescript.source import Source

PASSES = 8
EXAMPLES = [
    pytest.param(page, example, id=f"{page.rule.code}-{place}")
    for page in catalogue.pages()
    for place, example in enumerate(page.examples)
    if example.finds and any(name.endswith(".ts") for name in example.files)
]
OPTIONS = {
    "strict": True, "noUncheckedIndexedAccess": True, "exactOptionalPropertyTypes": True, "noUnusedLocals": True,
    "skipLibCheck": True, "module": "Preserve", "moduleResolution": "bundler", "target": "ESNext", "types": ["bun"],
    "noEmit": True,
}  # fmt: skip


def mended(page, files):
    """The files after all fixes that a rule offers, and what it still finds to mend."""
    now = dict(files)
    for _ in range(PASSES):
        wanted = [
            next((fix for fix in finding.fixes if fix.edits), None)
            for finding in page.check(of_texts(now))
        ]  # fmt: skip
        chosen = [fix for fix in wanted if fix is not None]
        made = mend(now, chosen)
        if not made.texts:
            return now, chosen
        now.update(made.texts)
    return now, chosen


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_fixes_of_an_example(page, example):
    after, left = mended(page, example.files)
    assert left == [], "a fix that changes nothing, or that never comes to an end"
    for name, text in after.items():
        if name.endswith(".ts"):
            assert len(Source(name, text).faults) <= len(Source(name, example.files[name]).faults)
    if example.fixed is not None:
        assert {**example.files, **example.fixed} == after
        assert [finding for finding in page.check(of_texts(after)) if any(fix.edits for fix in finding.fixes)] == []
    assert mended(page, after)[0] == after


def test_what_was_mended_compiles_as_before(tmp_path):
    """All examples of all rules, before and after, in one run of the compiler."""
    known = []
    for place, parameters in enumerate(EXAMPLES):
        page, example = parameters.values
        after, _ = mended(page, example.files)
        if after == example.files:
            continue
        known.append((place, parameters.id))
        for side, files in (("before", example.files), ("after", after)):
            for name, text in files.items():
                path = tmp_path / side / f"e{place}" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS, "include": ["before", "after"]}))
    project = Project(tmp_path, "0.45")
    with project.link():
        problems = project.typecheck().problems
    found = Counter((*problem.file.split("/")[:2], problem.code) for problem in problems)
    new = [
        f"{name} {code}: {[str(problem) for problem in problems if problem.file.startswith(f'after/e{place}/')]}"
        for place, name in known
        for (side, folder, code), count in found.items()
        if side == "after" and folder == f"e{place}" and count > found["before", folder, code]
    ]
    assert new == []
    places = {name: place for place, name in known}
    for name, code in (("Z05-0", "TS7022"), ("H15-0", "TS6133")):  # what these rules say of TypeScript is so
        assert found["before", f"e{places[name]}", code]


HEAD = "import { pgTable, text, uuid } from 'drizzle-orm/pg-core'\n"
TABLE = HEAD + "export const users = pgTable('users', {\n  id: uuid('id').primaryKey(),\n  name: text('name'),\n})\n"
NAME = Index("users_name_idx", (IndexPart("name"),))


def change(text, make, file="schema.ts", **more):
    """The text after one fix, which must have edits."""
    files = {file: text, **more}
    subject = of_texts(files)
    fix = make(subject, subject.facts.tables["public", "users"])
    assert fix.edits, fix.title
    after = {**files, **mend(files, [fix]).texts}
    assert Source(file, after[file]).faults == ()
    return after[file]


def index(subject, table):
    return fixes.add_index(subject, table, NAME)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("})", "}, (table) => [\n  index('users_name_idx').on(table.name),\n])"),
        ("}, (t) => [])", "}, (t) => [\n  index('users_name_idx').on(t.name),\n])"),
        ("}, () => [])", "}, (table) => [\n  index('users_name_idx').on(table.name),\n])"),
        ("}, (t) => [a()])", "}, (t) => [a(), index('users_name_idx').on(t.name)])"),
        ("}, (t) => [\n  a(),\n])", "}, (t) => [\n  a(),\n  index('users_name_idx').on(t.name),\n])"),
        ("}, (t) => [\n  a()\n])", "}, (t) => [\n  a(),\n  index('users_name_idx').on(t.name)\n])"),
        ("}, (t) => [\n  a() // x\n])", "}, (t) => [\n  a(), // x\n  index('users_name_idx').on(t.name)\n])"),
        ("}, (t) => [\n  a(), // x\n])", "}, (t) => [\n  a(), // x\n  index('users_name_idx').on(t.name),\n])"),
        ("}, (t) => ({ a: a() }))", "}, (t) => ({ a: a(), nameIdx: index('users_name_idx').on(t.name) }))"),
        ("}, (t) => ({}))", "}, (t) => ({\n  nameIdx: index('users_name_idx').on(t.name),\n}))"),
        ("}, (t) => {\n  return [a()]\n})", "}, (t) => {\n  return [a(), index('users_name_idx').on(t.name)]\n})"),
        ("}, function (t) { return [] })", "}, function (t) { return [\n  index('users_name_idx').on(t.name),\n] })"),
    ],
)
def test_an_entry_goes_into_every_form(before, after):
    text = TABLE.replace("})\n", f"{before}\n") + "declare function a(): ReturnType<typeof index>\n"
    wanted = TABLE.replace("{ pg", "{ index, pg").replace("})\n", f"{after}\n")
    assert change(text, index) == wanted + "declare function a(): ReturnType<typeof index>\n"


def test_arguments_on_lines_of_their_own():
    text = HEAD + "export const users = pgTable(\n\t'users',\n\t{\n\t\tname: text('name')\n\t}, // é\n)\n"
    after = change(text, index)
    assert after.endswith(
        "\t\tname: text('name')\n\t}, // é\n\t(table) => [\n\t\tindex('users_name_idx').on(table.name)\n\t],\n)\n"
    )


def test_the_habits_of_the_file_are_kept():
    text = TABLE.replace("'", '"').replace('core"\n', 'core";\n').replace("\n", "\r\n")
    after = change(text, index)
    assert '"users_name_idx"' in after
    assert after.count("\n") == after.count("\r\n")
    checked = change(text, lambda subject, table: fixes.add_check(subject, table, Check("c", "name <> ''")))
    assert checked.startswith('import { sql } from "drizzle-orm";\r\nimport { check, pgTable')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import { pgTable, text, uuid } from", "import { index, pgTable, text, uuid } from"),
        ("import { text, uuid, pgTable } from", "import { text, uuid, pgTable, index } from"),
        ("import {\n  pgTable,\n  text,\n  uuid,\n} from", "import {\n  index,\n  pgTable,\n  text,\n  uuid,\n} from"),
        ("import {\n  uuid,\n  text,\n  pgTable\n} from", "import {\n  uuid,\n  text,\n  pgTable,\n  index\n} from"),
    ],
)
def test_imports_are_merged(before, after):
    text = TABLE.replace("import { pgTable, text, uuid } from", before)
    assert change(text, index).startswith(after)


def test_a_name_that_is_taken_or_comes_otherwise():
    taken = TABLE + "export const index = 1\n"
    assert "index as pgIndex" in change(taken, index)
    assert "pgIndex('users_name_idx')" in change(taken, index)
    aliased = TABLE.replace("{ pg", "{ index as idx, pg")
    assert "idx('users_name_idx')" in change(aliased, index)
    space = "import * as pg from 'drizzle-orm/pg-core'\n"
    space += "export const users = pg.pgTable('users', { name: pg.text('name') })\n"
    assert "pg.index('users_name_idx')" in change(space, index)
    typed = "import type { PgTable } from 'drizzle-orm/pg-core'\n" + TABLE
    assert change(typed, index).splitlines()[1].startswith("import { index, pgTable")


@pytest.mark.parametrize("form", ["})", "}, (t) => [\n  unique().on(t.id),\n])", "}, (t) => [unique().on(t.id)])"])
def test_dropping_undoes_adding(form):
    text = TABLE.replace("})\n", f"{form}\n").replace("text, ", "text, unique, " if "unique" in form else "text, ")
    there = change(text, index)
    assert there != text
    assert change(there, lambda subject, table: fixes.drop_index(subject, table, NAME)) == text


def test_dropping_undoes_adding_where_arguments_have_lines_of_their_own():
    text = HEAD + "export const users = pgTable(\n  'users',\n  {\n    name: text('name'),\n  },\n)\n"
    there = change(text, index)
    assert change(there, lambda subject, table: fixes.drop_index(subject, table, NAME)) == text


def test_entries_are_taken_out_wherever_they_stand():
    entries = ["index('a').on(t.id)", "index('users_name_idx').on(t.name)", "index('c').on(t.id)"]
    for inside in (
        f"[{', '.join(entries)}]",
        "[\n  " + ",\n  ".join(entries) + "\n]",
        "[\n  " + ",\n  ".join(entries) + ",\n]",
    ):
        for name in ("a", "users_name_idx", "c"):
            text = TABLE.replace("})\n", f"}}, (t) => {inside})\n").replace("{ pg", "{ index, pg")
            columns = (IndexPart("name" if "name" in name else "id"),)
            after = change(
                text, lambda subject, table, n=name, c=columns: fixes.drop_index(subject, table, Index(n, c))
            )
            assert f"'{name}'" not in after
            assert after.count("index('") == 2


COLUMN = "name: text('name')"
SELF = ForeignKey("x", ("name",), "public", "users", ("id",), "cascade")


@pytest.mark.parametrize(
    ("column", "make", "after"),
    [
        (COLUMN, lambda s, t: fixes.set_not_null(s, t, "name"), "name: text('name').notNull()"),
        ("name: text('name')\n    .unique()", lambda s, t: fixes.set_not_null(s, t, "name"),
         "name: text('name')\n    .unique()\n    .notNull()"),
        (COLUMN, lambda s, t: fixes.set_default(s, t, "name", "'it''s'"), "name: text('name').default(\"it's\")"),
        (COLUMN, lambda s, t: fixes.set_default(s, t, "name", "lower('A')"),
         "name: text('name').default(sql`lower('A')`)"),
        ("name: text('name').default('a').notNull()", lambda s, t: fixes.set_default(s, t, "name", "'b'"),
         "name: text('name').default('b').notNull()"),
        ("name: text('name')\n    .default('a')\n    .notNull()", lambda s, t: fixes.drop_default(s, t, "name"),
         "name: text('name')\n    .notNull()"),
        (COLUMN, lambda s, t: fixes.change_type(s, t, "name", parse_type("varchar(20)")),
         "name: varchar('name', { length: 20 })"),
        ("name: varchar('name', { length: 20 })", lambda s, t: fixes.change_type(s, t, "name", parse_type("text")),
         "name: text('name')"),
        ("name: timestamp()", lambda s, t: fixes.change_type(s, t, "name", parse_type("timestamptz")),
         "name: timestamp({ withTimezone: true })"),
        ("name: timestamp('name', { mode: 'string' })",
         lambda s, t: fixes.change_type(s, t, "name", parse_type("timestamptz")),
         "name: timestamp('name', { mode: 'string', withTimezone: true })"),
        ("name: json('name').$type<{ a: 1 }>()", lambda s, t: fixes.change_type(s, t, "name", parse_type("jsonb")),
         "name: jsonb('name').$type<{ a: 1 }>()"),
        (COLUMN, lambda s, t: fixes.change_type(s, t, "name", parse_type("timestamptz")),
         "name: timestamp('name', { mode: 'string', withTimezone: true })"),
        ("name: real('name')", lambda s, t: fixes.change_type(s, t, "name", parse_type("numeric(9,2)")),
         "name: numeric('name', { mode: 'number', precision: 9, scale: 2 })"),
        ("name: timestamp('name', { mode: 'string' })",
         lambda s, t: fixes.modify_column(s, t, "name", "$onUpdate(() => new Date())"),
         "name: timestamp('name', { mode: 'string' }).$onUpdate(() => new Date().toISOString())"),
        ("name: text('name').notNull().unique()",
         lambda s, t: fixes.drop_constraint(s, t, Unique("users_name_unique", ("name",))),
         "name: text('name').notNull()"),
        ("name: text('name').notNull()", lambda s, t: fixes.add_primary_key(s, t, PrimaryKey("users_pkey", ("name",))),
         "name: text('name').primaryKey().notNull()"),
        (COLUMN, lambda s, t: fixes.add_foreign_key(s, t, SELF),
         "name: text('name').references((): AnyPgColumn => users.id, { onDelete: 'cascade' })"),
        ("name: text('name').references(() => users.id)",
         lambda s, t: fixes.set_on_delete(s, t, t.foreign_keys[0], "set null"),
         "name: text('name').references(() => users.id, { onDelete: 'set null' })"),
        (COLUMN, lambda s, t: fixes.add_column(s, t, Column("at", parse_type("timestamptz"), False, "now()")),
         "name: text('name'),\n  at: timestamp('at', { withTimezone: true }).defaultNow().notNull()"),
    ],
)  # fmt: skip
def test_columns(column, make, after):
    assert f"  {after},\n}})" in change(TABLE.replace(COLUMN, column), make)


def test_a_table_of_another_file_is_imported():
    teams = HEAD + "export const teams = pgTable('teams', { id: uuid('id').primaryKey() })\n"
    key = ForeignKey("users_name_fk", ("name",), "public", "teams", ("id",))
    after = change(TABLE, lambda s, t: fixes.add_foreign_key(s, t, key), "db/users.ts", **{"db/teams.ts": teams})
    assert "import { teams } from './teams'\n" in after
    assert "text('name').references(() => teams.id)" in after


def test_a_shared_column_is_mended_where_it_is_written_and_says_so():
    shared = "const base = { id: uuid('id').primaryKey(), name: text('name') }\n"
    text = f"{HEAD}{shared}export const users = pgTable('users', {{ ...base }})\n"
    subject = of_texts({"schema.ts": text})
    fix = fixes.set_not_null(subject, subject.facts.tables["public", "users"], "name")
    assert "every table that shares" in fix.title
    assert fix.safety == "unsafe"
    assert "name: text('name').notNull() }" in mend({"schema.ts": text}, [fix]).texts["schema.ts"]


def test_without_typescript_a_fix_is_for_people_and_names_its_ddl():
    subject = of_texts({"schema.sql": "create table users (id uuid primary key, name text);"})
    fix = fixes.add_index(subject, subject.facts.tables["public", "users"], NAME)
    assert (fix.safety, fix.edits) == ("display", ())
    assert fix.ddl == ('CREATE INDEX "users_name_idx" ON "public"."users" ("name")',)


def test_replacing_a_constraint_by_a_partial_index():
    text = TABLE.replace(COLUMN, "name: text('name').unique()")
    old, new = (
        Unique("users_name_unique", ("name",)),
        Index("users_name_key", (IndexPart("name"),), unique=True, where="id is not null"),
    )
    after = change(text, lambda s, t: fixes.replace_constraint(s, t, old, new))
    assert "name: text('name')," in after
    assert "  uniqueIndex('users_name_key').on(table.name).where(sql`${table.id} is not null`),\n" in after


def test_a_useless_import_goes_only_when_a_fix_made_it_useless():
    text = TABLE.replace("{ pg", "{ json, pg")
    after = change(text, lambda s, t: fixes.change_type(s, t, "name", parse_type("varchar(5)")))
    assert after.startswith("import { json, pgTable, uuid, varchar } from")


def test_an_entry_with_a_key_waits_for_an_object_that_becomes_an_array():
    text = TABLE.replace("})\n", "}, (t) => ({\n  idIdx: index('users_id_idx').on(t.id),\n}))\n").replace(
        "{ pg", "{ index, pg"
    )
    subject = of_texts({"schema.ts": text})
    (page,) = (page for page in catalogue.pages() if page.rule.code == "H16")
    array = next(iter(page.check(subject))).fixes[0]
    made = mend({"schema.ts": text}, [array, index(subject, subject.facts.tables["public", "users"])])
    assert (made.taken, made.left) == ((0,), (1,))
    assert made.texts["schema.ts"].endswith("}, (t) => [\n  index('users_id_idx').on(t.id),\n])\n")


def test_two_fixes_of_one_option_are_not_both_made():
    text = TABLE.replace(COLUMN, "name: text('name').references(() => users.id)")
    subject = of_texts({"schema.ts": text})
    table = subject.facts.tables["public", "users"]
    two = [fixes.set_on_delete(subject, table, table.foreign_keys[0], action) for action in ("cascade", "restrict")]
    made = mend({"schema.ts": text}, two)
    assert (made.taken, made.left) == ((0,), (1,))
    assert "() => users.id, { onDelete: 'cascade' })" in made.texts["schema.ts"]


def test_a_change_of_type_that_the_program_would_feel_is_for_people():
    subject = of_texts({"schema.ts": TABLE})
    fix = fixes.change_type(subject, subject.facts.tables["public", "users"], "name", parse_type("integer"))
    assert (fix.safety, fix.edits) == ("display", ())


def test_a_reference_over_three_tables_says_its_type():
    text = (
        HEAD
        + """export const users = pgTable('users', { id: uuid('id').primaryKey(), a: uuid('a') })
export const b = pgTable('b', { id: uuid('id').primaryKey(), user: uuid('user').references(() => users.id) })
export const c = pgTable('c', { id: uuid('id').primaryKey(), b: uuid('b').references(() => b.id) })
"""
    )
    key = ForeignKey("x", ("a",), "public", "c", ("id",))
    assert "references((): AnyPgColumn => c.id)" in change(text, lambda s, t: fixes.add_foreign_key(s, t, key))


@pytest.mark.parametrize(
    ("column", "extra", "kind"),
    [
        ("timestamp('name')", ", (t) => [index('i').on(sql`date_trunc('day', ${t.name})`)]", "timestamptz"),
        ("text('name').default('none')", "", "uuid"),
        ("text('name').references((): AnyPgColumn => users.name)", "", "uuid"),
        ("text('name'), other: text('other').generatedAlwaysAs(sql`lower(name)`)", "", "varchar(9)"),
    ],
)
def test_what_holds_a_column_to_its_type_is_left_to_people(column, extra, kind):
    text = HEAD + f"export const users = pgTable('users', {{ name: {column} }}{extra})\n"
    subject = of_texts({"schema.ts": text})
    fix = fixes.change_type(subject, subject.facts.tables["public", "users"], "name", parse_type(kind))
    assert (fix.safety, fix.edits) == ("display", ())


def test_relations_that_cannot_be_told_apart_throw(tmp_path):
    """What Z03 says of the examples about two references to one table, asked of Drizzle itself."""
    (page,) = (page for page in catalogue.pages() if page.rule.code == "Z03")
    (tmp_path / "run.ts").write_text(
        """import { drizzle } from 'drizzle-orm/pg-proxy'
import * as schema from './schema'
const db = drizzle(async () => ({ rows: [] }), { schema })
console.log(db.query.users.findMany({ with: { posts: true } } as never).toSQL().sql)
"""
    )
    project = Project(tmp_path, "0.45")
    for example in (example for example in page.examples if "editorId" in example.files["schema.ts"]):
        (tmp_path / "schema.ts").write_text(example.files["schema.ts"])
        with project.link():
            said = project.script("run.ts").output
        assert ("multiple relations" in said) == bool(example.finds), said


def test_a_foreign_key_is_named_as_drizzle_will_name_it():
    subject = of_texts({"schema.ts": TABLE})
    table = subject.facts.tables["public", "users"]
    (statement,) = fixes.add_foreign_key(subject, table, SELF).ddl
    assert 'ADD CONSTRAINT "users_name_users_id_fk" FOREIGN KEY' in statement


def test_a_foreign_key_whose_name_would_be_cut_is_written_with_a_name():
    long = "organization_subscription_invoice_corrections"
    text = TABLE + f"export const others = pgTable('{long}', {{ id: uuid('id').primaryKey() }})\n"
    key = ForeignKey("users_name_fk", ("name",), "public", long, ("id",))
    assert "foreignKey({\n    name: 'users_name_fk',\n" in change(text, lambda s, t: fixes.add_foreign_key(s, t, key))
