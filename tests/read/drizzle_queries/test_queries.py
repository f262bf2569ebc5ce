"""Queries found by syntax: handles, tables, clauses, what stands around, and what cannot be told."""

import pytest

from dbarchitect.read.drizzle import queries, static
from dbarchitect.read.drizzle.queries import Queries
from dbarchitect.read.drizzle.query.model import All, Any, Compare, Maybe, Nothing, Opaque, Query, Raw
from dbarchitect.read.drizzle.query.predicates import mentions, opaque, pins
from dbarchitect.review.specimen import HEAD, SCHEMA
from dbarchitect.typescript.source import Source

ORDERS = "table:public.orders"


def read(files: dict[str, str], schema: str = "schema.ts") -> Queries:
    found = static.read({schema: files[schema]})
    return queries.read({path: Source(path, text) for path, text in files.items()}, found.declared, found.schema)


def all_of(text: str, **more: str) -> list[Query]:
    return list(read({"schema.ts": SCHEMA, "queries.ts": HEAD + text, **more}))


def one(text: str) -> Query:
    (query,) = all_of(text)
    return query


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("await db.select().from(orders)", "select"),
        ("await db.selectDistinct({ id: orders.id }).from(orders)", "select"),
        ("await db.insert(orders).values(x)", "insert"),
        ("await db.update(orders).set(x)", "update"),
        ("await db.delete(orders)", "delete"),
        ("await db.query.orders.findMany()", "findMany"),
        ("await db.query.orders.findFirst({ where: eq(orders.id, x) })", "findFirst"),
        ("await db.$count(orders)", "count"),
        ("await db\n  // a comment\n  .with(recent)\n  .select()\n  .from(orders)", "select"),
    ],
)
def test_verbs(text, verb):
    query = one(text)
    assert (query.verb, query.address, query.handle, query.ending) == (verb, ORDERS, "db", "awaited")


@pytest.mark.parametrize(
    "handle", ["tx", "this.db", "ctx.db", "c.var.db", "getDb()", "(await getDb())", "anything", "deps.database"]
)
def test_the_table_tells_a_query_whatever_the_handle(handle):
    assert one(f"export const f = async () => {{ await {handle}.delete(orders) }}").address == ORDERS


@pytest.mark.parametrize(
    "text",
    [
        "seen.delete(id)",
        "new Map().delete(orders)",
        "const m = new Map(); m.delete(orders)",
        "repository.update(id, { name })",
        "cache.select('orders').from(1)",
        "hash.update(text).digest()",
        "const f = (orders: string) => cache.delete(orders)",
        "prisma.orders.findMany()",
    ],
)
def test_what_is_no_query(text):
    assert all_of(text) == []


def test_where_the_table_comes_from():
    files = {
        "db/schema/tables.ts": SCHEMA,
        "db/schema/index.ts": "export * from './tables'\nexport { orders as purchases } from './tables'\n",
        "a.ts": "import { orders } from './db/schema'\nawait db.delete(orders)\n",
        "b.ts": "import { purchases as p } from '@/db/schema'\nawait db.delete(p)\n",
        "c.ts": "import * as schema from '~/db/schema'\nawait db.delete(schema.orders)\n",
        "d.ts": "import { orders } from '@acme/unknown'\nawait db.delete(orders)\n",
        "e.ts": "import { orders } from './db/schema/tables'\nconst o = alias(orders, 'o')\n"
        "await db.select().from(o).where(eq(o.id, 1))\n",
        "f.ts": "import { orders } from './other'\nawait db.delete(orders)\n",
        "other.ts": "export const orders = new Set<string>()\n",
    }
    found = read(files, "db/schema/tables.ts")
    assert [(query.file.path, query.address) for query in found] == [(f"{name}.ts", ORDERS) for name in "abcde"]
    assert found.found[4].table.alias == "o"


def test_conditions_are_understood():
    query = one(
        "await db.select().from(orders).where(and(eq(orders.customerId, id), or(isNull(orders.deletedAt), "
        "gt(orders.total, 5)), sql`${orders.status} = ${status}`))"
    )
    assert isinstance(query.where, All)
    first, second, third = query.where.items
    assert isinstance(first, Compare)
    assert (first.operator, first.column.name, first.values[0].text) == ("eq", "customer_id", "id")
    assert isinstance(second, Any)
    assert isinstance(third, Raw)
    assert third.sql == "{status} = {}"
    assert pins(query.where) == {(ORDERS, "customer_id"), (ORDERS, "status")}
    assert mentions(query.where, "deleted_at")


def test_conditions_are_followed_through_variables_and_helpers():
    query = one(
        "const mine = (table: typeof orders, id: string) => eq(table.organizationId, id)\n"
        "export const f = async (id: string, status?: string) => {\n"
        "  const conditions = [mine(orders, id)]\n  if (status) conditions.push(eq(orders.status, status))\n"
        "  const live = isNull(orders.deletedAt)\n"
        "  const total = status ? eq(orders.total, 1) : undefined\n"
        "  return db.select().from(orders).where(and(...conditions, live, total))\n}\n"
    )
    assert isinstance(query.where, All)
    kinds = [type(item) for item in query.where.items]
    assert kinds == [Compare, Maybe, Compare, Maybe]
    assert pins(query.where) == {(ORDERS, "organization_id")}


@pytest.mark.parametrize("argument", ["conditions", "and(...given)", "build(id)", "input.where", "conditions[0]"])
def test_what_cannot_be_followed_is_opaque(argument):
    query = one(f"export const f = async (conditions, given, input, id) => db.select().from(orders).where({argument})")
    assert opaque(query.where)


def test_an_array_that_somebody_else_fills_is_opaque():
    query = one("const all = [eq(orders.id, 1)]\nfill(all)\nawait db.delete(orders).where(and(...all))")
    assert opaque(query.where)


def test_a_chain_in_a_variable():
    query = one(
        "export const f = async (id?: string) => {\n  let query = db.select().from(orders).$dynamic()\n"
        "  if (id) query = query.where(eq(orders.id, id))\n  query = query.limit(5)\n  return await query\n}"
    )
    assert query.complete
    assert isinstance(query.where, Maybe)
    assert query.limit == "5"


@pytest.mark.parametrize(
    "text",
    [
        "const f = () => db.delete(orders)",
        "const q = db.delete(orders)\nnarrow(q)",
        "const q = withPaging(db.select().from(orders))",
        "const f = () => { const q = db.delete(orders); return q }",
    ],
)
def test_a_builder_that_goes_elsewhere_is_not_complete(text):
    assert not one(text).complete


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("db.delete(orders)", "dropped"),
        ("void db.delete(orders)", "dropped"),
        ("db.delete(orders).catch(log)", "awaited"),
        ("await Promise.all([db.delete(orders)])", "awaited"),
        ("const f = () => { return db.delete(orders) }", "returned"),
        ("const inner = inArray(orders.id, db.select({ id: orders.id }).from(orders))", "passed"),
    ],
)
def test_what_becomes_of_a_query(text, ending):
    assert one(text).ending == ending


def test_relational_queries_of_both_lines():
    old, new = all_of(
        "await db.query.orders.findMany({ where: (o, { eq }) => eq(o.organizationId, id),"
        " orderBy: [desc(orders.createdAt)], limit: 10, columns: { id: true } })\n"
        "await db.query.orders.findMany({ where: { organizationId: id, deletedAt: { isNull: true } },"
        " orderBy: { createdAt: 'desc' }, offset: page })\n"
    )
    assert pins(old.where) == pins(new.where) == {(ORDERS, "organization_id")}
    assert mentions(new.where, "deleted_at")
    assert (old.limit, old.columns, new.offset) == ("10", ("id",), "page")
    for query in (old, new):
        assert query.order
        assert query.order[0].column
        assert (query.order[0].column.name, query.order[0].descending) == ("created_at", True)


def test_what_stands_around():
    (query,) = all_of(
        "export class Service {\n  async pay(list: Order[]) {\n    await this.db.transaction(async (tx) => {\n"
        "      for (const item of list) {\n        await tx.delete(orders).where(eq(orders.id, item.id))\n      }\n"
        "    })\n  }\n}"
    )
    around = query.around
    assert (around.function, around.asynchronous) == ("pay", True)
    assert around.transaction
    assert around.transaction.handle == "tx"
    assert [(loop.kind, loop.over, loop.item) for loop in around.loops] == [("for-of", "list", "item")]


def test_kinds_of_loops():
    found = all_of(
        "export const f = async () => {\n"
        "  for (const x of await db.select().from(orders)) use(x)\n"
        "  await Promise.all(ids.map(async (id) => { await db.delete(orders) }))\n"
        "  ids.forEach(async (id) => { await db.delete(orders) })\n"
        "  while (more) await db.delete(orders)\n"
        "  for (let i = 0; i < ids.length; i++) await db.delete(orders)\n"
        "  for (const id of ids) later(() => db.delete(orders))\n}"
    )
    kinds = [tuple(loop.kind for loop in query.around.loops) for query in found]
    assert kinds == [(), ("parallel",), ("callback",), ("while",), ("for",), ()]


def test_results():
    found = all_of(
        "const rows = await db.select().from(orders)\nconst [row] = await db.select().from(orders)\n"
        "const first = (await db.select().from(orders))[0]\nconst item = await db.query.orders.findFirst()\n"
        "const taken = await db.select().from(orders).then((all) => all[0])\n"
    )
    assert [(query.variable, query.single) for query in found] == [
        ("rows", False),
        ("row", True),
        ("first", True),
        ("item", True),
        ("taken", True),
    ]


def test_raw_sql_is_found():
    found = read(
        {"schema.ts": SCHEMA, "a.ts": "import { sql } from 'drizzle-orm'\nsql`select ${x}`; sql.raw(y); sql<A>`1`"}
    )
    assert [template.raw for template in found.templates] == [False, True, False]


def test_files_without_a_query_are_not_parsed():
    files = {"schema.ts": SCHEMA, "a.ts": "import 'drizzle-orm'", "b.ts": "const a = map.get(1)"}
    assert read(files).files == 0


def test_no_condition_and_no_argument():
    assert isinstance(one("await db.delete(orders).where(undefined)").where, Nothing)
    assert isinstance(one("await db.delete(orders).where(x.y.z)").where, Opaque)


@pytest.mark.parametrize(
    "text",
    [
        "const q = db.select().from(orders).where(inArray(orders.id, q))\n"
        "await db.delete(orders).where(inArray(orders.id, q))",
        "const id = id.id\nawait db.delete(orders).where(eq(id, 1))",
        "const t = u\nconst u = t\nawait db.delete(t)",
        "let where = where\nawait db.delete(orders).where(where)",
        "const own = (x) => own(x)\nawait db.delete(orders).where(own(1))",
        "await db.query.orders.findMany({ orderBy: " + "[" * 900 + "]" * 900 + " })",
        "await db.delete(orders).where(" + "and(" * 300 + "x" + ")" * 300 + ")",
    ],
)
def test_what_refers_to_itself_ends(text):
    all_of(text)


def test_modules_that_import_each_other_end():
    files = {
        "schema.ts": SCHEMA,
        "a.ts": "import { u } from './b'\nexport const t = u\nexport * from './b'\nawait db.delete(t)\n",
        "b.ts": "import { t } from './a'\nexport const u = t\nexport * from './a'\nawait db.delete(u)\n",
    }
    assert list(read(files)) == []
