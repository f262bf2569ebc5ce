import shutil
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from strategies import schemas
from write.drizzle import schema_corpus as corpus
from write.drizzle import schema_project as project

from dbarchitect.engines.fingerprint import difference
from dbarchitect.model.column import Column
from dbarchitect.model.intent import ColumnIntent, Intent
from dbarchitect.model.schema import Schema
from dbarchitect.model.types import parse_type
from dbarchitect.settings import LINES, Settings
from dbarchitect.write.drizzle.companion import companion
from dbarchitect.write.drizzle.expressions import sql_template
from dbarchitect.write.drizzle.migration import migration_entries
from dbarchitect.write.drizzle.naming_foreign_keys import with_line_names
from dbarchitect.write.drizzle.schema import schema_files
from dbarchitect.write.sql.create import create

PRODUCTS = """\
import { sql } from 'drizzle-orm'
import {
  check,
  index,
  jsonb,
  numeric,
  pgPolicy,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'
import { organizationsSchema } from './organizations'
import { tsvector } from './types'

/**
 * Products - What org_products is for.
 *
 * The companion migration adds FORCE ROW LEVEL SECURITY and index org_products_name_idx.
 */
const TABLE_NAME = 'org_products'
export const productsSchema = pgTable(
  TABLE_NAME,
  {
    // Primary key - UUIDv7 generated in application code using Bun.randomUUIDv7()
    id: uuid('id').primaryKey().notNull(),

    // Multi-tenant field
    organizationId: uuid('organization_id')
      .notNull()
      .references(() => organizationsSchema.id, { onDelete: 'cascade' }),

    // Business fields
    name: varchar('name', { length: 255 }).notNull(),
    /** Stock keeping unit. */
    sku: varchar('sku', { length: 100 }).notNull(),
    description: text('description'),
    price: numeric('price', { precision: 12, scale: 2 }).notNull().default('0'),
    tags: text('tags').array().notNull().default([]),
    attributes: jsonb('attributes').notNull().default({}),

    // Full-text search
    searchVector: tsvector('search_vector').generatedAlwaysAs(
      sql`to_tsvector('english', coalesce(name, '') || ' ' || coalesce(description, ''))`,
    ),

    // Timestamps
    createdAt: timestamp('created_at', { withTimezone: true }).defaultNow().notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true })
      .notNull()
      .defaultNow()
      .$onUpdate(() => new Date()),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    unique('org_products_organization_id_id_key').on(table.organizationId, table.id),
    uniqueIndex('org_products_sku_key')
      .on(table.organizationId, table.sku)
      .where(sql`${table.deletedAt} is null`),
    index('org_products_created_at_idx').on(
      table.organizationId,
      table.createdAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('org_products_search_idx').using('gin', table.searchVector),
    check('org_products_price_check', sql`${table.price} >= 0`),
    pgPolicy('org_products_tenant_isolation', {
      as: 'permissive',
      for: 'all',
      to: 'public',
      using: sql`${table.organizationId} = nullif(current_setting('app.organization_id', true), '')::uuid`,
      withCheck: sql`${table.organizationId} = nullif(current_setting('app.organization_id', true), '')::uuid`,
    }),
  ],
)

export type ProductsSelectSchema = typeof productsSchema.$inferSelect
export type ProductsInsertSchema = typeof productsSchema.$inferInsert
"""


def files(schema, line="0.45", **choices):
    return schema_files(with_line_names(schema, line), Settings(drizzle=line, **choices))


def text(schema, name, **choices):
    return files(schema, **choices)[f"src/db/schema/{name}.ts"]


def test_a_tenants_table_reads_like_the_seed_with_its_faults_mended():
    assert text(corpus.shop(), "products") == PRODUCTS


def test_every_file_but_relations_is_the_same_on_both_lines():
    old, new = files(corpus.shop()), files(corpus.shop(), "1")
    assert old.keys() == new.keys()
    assert [path for path in old if old[path] != new[path]] == ["src/db/schema/relations.ts"]


def test_a_foreign_key_has_its_reason_and_always_says_what_deleting_does():
    orders = text(corpus.shop(), "orders")
    assert "    // Orders are business records.\n    customerId: uuid('customer_id')" in orders
    everything = "".join(files(corpus.cycles()).values())
    assert everything.count("onDelete") == sum(len(t.foreign_keys) for t in corpus.cycles().tables)


def test_ids_are_made_by_the_schema_only_when_asked_to():
    assert "$defaultFn" not in text(corpus.shop(), "users")
    made = text(corpus.shop(), "users", ids="default-fn")
    assert ".$defaultFn(() => Bun.randomUUIDv7())" in made


def test_the_type_of_a_json_value_is_used_and_cannot_leave_its_brackets():
    table = corpus.table("things", Column("data", parse_type("jsonb"), False, "'{}'"))
    address = table.column_address("data")

    def written(typescript):
        intent = Intent(columns={address: ColumnIntent(typescript=typescript)})
        return text(Schema(tables=(table,), intent=intent), "things")

    assert ".$type<{ a: string; b?: number[] }>()" in written("{ a: string; b?: number[] }")
    for hostile in ("string>().default(evil()", "a // b", "string`", "x => y", "unknown /*", "'a", "a\nb>"):
        assert "$type" not in written(hostile)


@pytest.mark.parametrize(
    ("expression", "template"),
    [
        ("price >= 0", "sql`${table.price} >= 0`"),
        ("\"price\" >= 0 and note <> 'price'", "sql`${table.price} >= 0 and note <> 'price'`"),
        ("t.price > price(1)", "sql`t.price > price(1)`"),
        ("date '2020-01-01' < date", "sql`date '2020-01-01' < date`"),
        ("x::price", "sql`x::price`"),
        ("exists (select price from t)", "sql`exists (select price from t)`"),
        ("note <> '`${evil}\\'", "sql`note <> '\\`\\${evil}\\\\'`"),
    ],
)
def test_columns_in_expressions_become_references_only_where_they_are_columns(expression, template):
    assert sql_template(expression, {"price": "price", "date": "date"}) == template


@pytest.fixture(scope="module", params=LINES)
def line(request):
    return request.param


@pytest.fixture(scope="module", params=("shop", "everything", "named"))
def case(request, line, tmp_path_factory):
    """The schema, its project with packages, and what drizzle-kit makes of it."""
    schema = with_line_names(getattr(corpus, request.param)(), line)
    made = project.make(tmp_path_factory.mktemp(request.param), schema, line)
    with made.link():
        yield schema, made, made.kit_snapshot()


def test_types_format_and_lint_are_clean(case):
    _, made, _ = case
    for checked in (made.typecheck(), made.check_format(), made.lint()):
        assert [str(problem) for problem in checked.problems] == []


def test_drizzle_kit_and_the_companion_make_what_our_sql_makes(case, line, server):
    schema, made, kit = case
    before = [sql for entry in migration_entries(schema, Settings()) if entry.tag == "before" for sql in entry.up_sql]
    added = [statement.sql for statement in companion(schema, Settings(drizzle=line))]
    with server.database() as one, server.database() as other:
        ours = project.apply(one, [statement.sql for statement in create(schema)])
        theirs = project.apply(other, [*before, *kit.statements, *added])
        assert [str(change) for change in difference(ours, theirs)] == []
    assert made.kit_snapshot(kit.snapshot).statements == []


def test_a_wrong_type_or_a_lost_key_is_seen(server, tmp_path):
    schema = with_line_names(corpus.shop(), "0.45")
    made = project.make(tmp_path, schema, "0.45")
    path = tmp_path / "src/db/schema/orders.ts"
    broken = path.read_text().replace("scale: 2", "scale: 3").replace("'restrict'", "'cascade'")
    path.write_text(broken)
    entries = migration_entries(schema, Settings())
    with made.link(), server.database() as one, server.database() as other:
        ours = project.apply(one, [sql for entry in entries for sql in entry.up_sql])
        kit = [*entries[0].up_sql, *made.kit_snapshot().statements, *entries[-1].up_sql]
        changes = "\n".join(str(change) for change in difference(ours, project.apply(other, kit)))
    assert "org_orders.total" in changes
    assert "org_orders_customer_id_users_id_fk" in changes
    shutil.rmtree(tmp_path)


safe = st.builds(
    lambda schema: schema, schemas().filter(lambda schema: not any(c in repr(schema) for c in ('\\"', "__proto__")))
)


@pytest.mark.parametrize("chosen", LINES)
def test_every_schema_becomes_typescript_that_compiles(chosen, tmp_path):
    """Random schemas, a folder each, under one run of the compiler."""
    count = 0

    @settings(
        max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(safe)
    def write_one(schema):
        nonlocal count
        count += 1
        project.write(tmp_path / f"src/{count}", schema_files(schema, Settings(drizzle=chosen)))

    write_one()
    made = project.make(tmp_path, Schema(), chosen)
    with made.link():
        assert [str(problem) for problem in made.typecheck().problems] == []


def test_renaming_for_a_line_moves_reasons_and_names_of_relations_along():
    before = corpus.shop()
    place = "constraint:public.org_orders.org_orders_customer_id_fkey"
    named = replace(before, intent=replace(before.intent, relations={place: "buyer"}))
    after = with_line_names(named, "1")
    moved = "constraint:public.org_orders.org_orders_customer_id_users_id_fkey"
    assert after.intent.relations == {moved: "buyer"}
    assert after.intent.reasons[moved] == "Orders are business records."
    assert with_line_names(after, "1") == after
