"""What is wrong in a schema's text, or cannot be told from it, is named with its place; the rest is read."""

from __future__ import annotations

import pytest

from dbarchitect.read.drizzle.static import read

IMPORTS = (
    "import { check, foreignKey, index, pgEnum, pgTable, primaryKey, text, timestamp, unique, uniqueIndex, uuid } "
    "from 'drizzle-orm/pg-core';\nimport { sql, relations } from 'drizzle-orm';\n"
)


def one(body, **more):
    return read({"schema.ts": IMPORTS + body, **more})


def said(found):
    """Line and column in the file without its imports, severity, message."""
    return [(each.span.start.line - 2, each.span.start.column, each.severity, each.message) for each in found.problems]


def test_an_object_in_the_array_is_lost():
    """Line 0.45 drops it in silence: the declaration has it, the schema has not."""
    found = one("""\
export const products = pgTable('products', { id: uuid('id').primaryKey(), sku: text('sku') }, (table) => [
  {
    skuIdx: uniqueIndex('products_sku_idx').on(table.sku),
    check: check('products_sku_check', sql`${table.sku} <> ''`),
  },
  index('products_id_idx').on(table.id),
  { kind: 'check' },
]);
""")
    table = found.schema.tables[0]
    assert [index.name for index in table.indexes] == ["products_id_idx"]
    assert table.checks == ()
    assert "index:public.products_sku_idx" not in found.schema.annotations.spans
    declared = found.declared.tables[0]
    assert declared.form == "array of objects"
    assert [(extra.kind, extra.name, extra.key, extra.lost) for extra in declared.extras] == [
        ("uniqueIndex", "products_sku_idx", "skuIdx", True),
        ("check", "products_sku_check", "check", True),
        ("index", "products_id_idx", "", False),
        ("other", "", "kind", True),
    ]
    assert found.problems == ()


def test_an_enum_that_is_not_exported_is_not_made():
    found = one("""\
const hidden = pgEnum('hidden_status', ['a']);
export const t = pgTable('t', { status: hidden('status') });
const aside = pgTable('aside', { id: uuid('id') });
""")
    assert found.schema.enums == ()
    enum = found.declared.enums[0]
    assert (enum.name, enum.exported, enum.labels) == ("hidden_status", False, ("a",))
    assert found.schema.tables[0].column("status").type.sql() == '"public"."hidden_status"'
    assert [(table.name, table.exported) for table in found.declared.tables] == [("t", True), ("aside", False)]
    assert [table.name for table in found.schema.tables] == ["t"]


def test_names_that_lead_nowhere():
    found = one("""\
export const orders = pgTable('orders', {
  organizationId: uuid('organization_id').references(() => organizationsSchema.id),
  note: text('note').notNull(),
  kind: kindEnum('kind').notNull(),
}, (t) => [index('orders_gone_idx').on(t.gone), index('orders_note_idx').on(t.note)]);
""")
    assert said(found) == [
        (2, 60, "error", "the reference of orders.organization_id was not read: "
                         "`organizationsSchema` is neither declared nor imported"),
        (4, 9, "error", "the type of the column kind of orders was not read: "
                        "`kindEnum` is neither declared nor imported"),
        (5, 40, "error", "the index orders_gone_idx of orders was not read: `gone` is no column of orders"),
    ]  # fmt: skip
    table = found.schema.tables[0]
    assert [column.name for column in table.columns] == ["organization_id", "note", "kind"]
    assert table.column("kind").type.name == "kindEnum"
    assert not table.column("kind").nullable
    assert [index.name for index in table.indexes] == ["orders_note_idx"]
    assert not found.declared.tables[0].complete


def test_what_is_not_imported_is_read_and_named():
    text = "export const a = pgTable('a', { id: uuid('id').primaryKey(), at: timestamp('at') });\n"
    found = read({"a.ts": text})
    assert [column.type.name for column in found.schema.tables[0].columns] == ["uuid", "timestamp"]
    assert [problem.message for problem in found.problems] == [
        "`pgTable` is used and not imported",
        "`uuid` is used and not imported",
        "`timestamp` is used and not imported",
    ]
    assert {problem.severity for problem in found.problems} == {"error"}


def test_a_name_declared_twice():
    found = one("""\
export const products = pgTable('products', { id: uuid('id') });
export const products = pgTable('goods', { id: uuid('id') });
""")
    assert said(found) == [(2, 14, "error", "`products` is declared twice in this file; first in line 3")]
    assert [table.name for table in found.declared.tables] == ["products", "goods"]
    assert [table.name for table in found.schema.tables] == ["products"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("...foreign", "a column of t was not read: `foreign` comes from '@org/shared', which was not read"),
        ("...foreign()", "a column of t was not read: `foreign` comes from '@org/shared', which was not read"),
        ("[process.env.NAME]: text()", "a column of t was not read: `[process.env.NAME]` has a name that is computed"),
        ("a: foreign('a')", "the type of the column a of t was not read: "
                            "`foreign` comes from '@org/shared', which was not read"),
        ("a: process.env.X ? text() : uuid()", "the column a of t was not read: "
                                               "`process.env.X ? text() : uuid()` depends on a condition"),
        ("a: text().default(foreign.b)", "the default of the column a of t was not read: "
                                         "`foreign` comes from '@org/shared', which was not read"),
    ],
)  # fmt: skip
def test_what_the_text_does_not_tell(columns, message):
    body = (
        f"import {{ foreign }} from '@org/shared';\nexport const t = pgTable('t', {{ id: uuid('id'), {columns} }});\n"
    )
    found = one(body)
    assert [(problem.severity, problem.message) for problem in found.problems] == [("warning", message)]
    assert found.problems[0].span.file == "schema.ts"
    assert found.schema.tables[0].columns[0].name == "id"
    assert not found.declared.tables[0].complete


def test_a_fault_of_syntax_leaves_the_other_tables():
    found = one("""\
export const before = pgTable('before', { id: uuid('id') });
export const broken = pgTable('broken', { id: uuid('id', );;; }}
export const after = pgTable('after', { id: uuid('id') });
""")
    assert {"before", "after"} <= {table.name for table in found.schema.tables}
    faults = [problem.span.start.line for problem in found.problems if problem.message == "this is no TypeScript"]
    assert faults
    assert set(faults) <= {4, 5}
    assert found.schema.annotations.spans["table:public.after"][0].start.line == 5


def test_a_foreign_table_function_with_a_known_name():
    text = """\
import { pgTable } from '~/db/table';
import { text } from 'drizzle-orm/pg-core';
export const a = pgTable('a', { b: text() });
"""
    found = read({"a.ts": text})
    assert [table.name for table in found.schema.tables] == ["a"]
    assert found.problems == ()


def test_tables_in_other_places():
    found = one("""\
import { audited } from '@org/audit';
const make = (name: string) => ({ one: pgTable(`${name}_one`, { id: uuid('id') }) });
export const { one } = make('made');
export const inside = { two: pgTable('two', { id: uuid('id') }) };
export const lost = audited(pgTable('lost', { id: uuid('id') }));
export default pgTable('three', { id: uuid('id') });
""")
    assert [table.name for table in found.schema.tables] == ["made_one", "three"]
    assert [(table.variable, table.name, table.exported) for table in found.declared.tables] == [
        ("one", "made_one", True), ("", "two", False), ("default", "three", True),
    ]  # fmt: skip
    assert said(found) == [
        (5, 21, "warning", "the table in `lost` was not read: `audited` comes from '@org/audit', which was not read"),
    ]


def test_array_forgets_what_was_said_before_it():
    found = one("export const t = pgTable('t', { a: text('a').notNull().array(), b: text('b').array().notNull() });\n")
    assert [column.nullable for column in found.schema.tables[0].columns] == [True, False]
    newer = read({"a.ts": IMPORTS + "export const t = pgTable('t', { a: text('a').notNull().array() });\n"}, line="1")
    assert [column.nullable for column in newer.schema.tables[0].columns] == [False]


def test_labels_that_are_not_literals():
    found = one("export const e = pgEnum('e', Object.keys(process.env));\n")
    assert found.declared.enums[0].labels is None
    assert said(found) == [(1, 18, "warning", "the labels of the enum e were not read: they are not literals")]


def test_only_what_the_named_files_export_is_the_schema():
    files = {
        "db/index.ts": "export * from './users';\nexport { posts as articles } from './posts';\n",
        "db/users.ts": IMPORTS + "export const users = pgTable('users', { id: uuid('id').primaryKey() });\n",
        "db/posts.ts": IMPORTS + "import { users } from './users';\nimport { tags } from './tags';\n"
        "export const posts = pgTable('posts', { id: uuid('id'), by: uuid('by').references(() => users.id),\n"
        "  tag: uuid('tag').references(() => tags.id) });\n"
        "export const drafts = pgTable('drafts', { id: uuid('id') });\n",
        "db/tags.ts": IMPORTS + "export const tags = pgTable('tags', { id: uuid('id') });\n",
    }
    found = read({"db/index.ts": files["db/index.ts"]}, ["db/index.ts"], load=files.get)
    assert [table.name for table in found.schema.tables] == ["posts", "users"]
    assert [key.target_table for key in found.schema.tables[0].foreign_keys] == ["users", "tags"]
    assert [table.name for table in found.declared.tables] == ["users", "posts", "drafts"]
    assert found.problems == ()
    assert found.declared.named == ("db/index.ts",)


def test_declarations_keep_their_words():
    found = one("""\
/** Who buys. */
export const buyers = pgTable(
  'buyers',
  {
    id: uuid('id').primaryKey(),
    // what to call them
    name: text().$type<string>().notNull().$defaultFn(() => 'x'),
  },
  (t) => ({ nameIdx: index().on(t.name) }),
);
export const buyersRelations = relations(buyers, ({ one, many }) => ({
  parent: one(buyers, { fields: [buyers.id], references: [buyers.id], relationName: 'family' }),
  orders: many(orders),
}));
""")
    table = found.declared.tables[0]
    assert (table.variable, table.exported, table.comment, table.form, table.parameter) == (
        "buyers", True, "/** Who buys. */", "object", "t",
    )  # fmt: skip
    name = table.column("name")
    assert [call.name for call in name.chain] == ["text", "$type", "notNull", "$defaultFn"]
    assert name.modifier("$defaultFn").arguments == ("() => 'x'",)
    assert (name.explicit, table.column("id").explicit) == (False, True)
    source = found.declared.sources["schema.ts"].text.splitlines()
    assert cut(source, table.name_span) == "'buyers'"
    assert cut(source, table.columns_span).startswith("{")
    assert cut(source, table.columns_span).endswith("}")
    assert cut(source, name.chain[2].span) == "notNull()"
    assert cut(source, table.extras[0].span) == "index().on(t.name)"
    assert [(each.table, each.name, each.kind, each.target, each.fields, each.references, each.relation_name)
            for each in found.declared.relations] == [
        ("buyers", "parent", "one", "buyers", ("id",), ("id",), "family"),
        ("buyers", "orders", "many", "orders", (), (), ""),
    ]  # fmt: skip


def test_relations_of_the_newer_line():
    text = """\
import { defineRelations } from 'drizzle-orm';
import * as schema from './schema';
export const relations = defineRelations(schema, (r) => ({
  posts: {
    author: r.one.users({ from: r.posts.authorId, to: r.users.id, alias: 'written' }),
    tags: r.many.tags({ from: r.posts.id.through(r.links.postId), to: r.tags.id.through(r.links.tagId) }),
  },
}));
"""
    found = read({"relations.ts": text, "schema.ts": ""})
    assert [(each.table, each.name, each.kind, each.target, each.fields, each.references, each.relation_name)
            for each in found.declared.relations] == [
        ("posts", "author", "one", "users", ("authorId",), ("id",), "written"),
        ("posts", "tags", "many", "tags", ("id",), ("id",), ""),
    ]  # fmt: skip


def cut(lines, span):
    if span.start.line == span.end.line:
        return lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]
    first, last = lines[span.start.line - 1][span.start.column - 1 :], lines[span.end.line - 1][: span.end.column - 1]
    return "\n".join([first, *lines[span.start.line : span.end.line - 1], last])
