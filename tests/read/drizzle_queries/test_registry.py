"""Which table `db.query.<key>` asks, and which `users` is meant where there are several."""

import pytest

from dbarchitect.read.drizzle import queries, static
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.typescript.source import Source

TABLES = """\
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
export const userTable = pgTable('users', { id: uuid('id').primaryKey(), name: text('name') })
export const orderTable = pgTable('orders', { id: uuid('id').primaryKey(), status: text('status') })
"""
ASK = "import { db } from './db'\nexport const f = async () => db.query.people.findMany()\n"
MADE = "import { drizzle } from 'drizzle-orm/node-postgres'\n"


def read(**files: str) -> list[Query]:
    texts = {name.replace("__", "/") + ".ts": text for name, text in files.items()}
    found = static.read({path: text for path, text in texts.items() if "pgTable(" in text})
    sources = {path: Source(path, text) for path, text in texts.items()}
    return list(queries.read(sources, found.declared, found.schema))


@pytest.mark.parametrize(
    "made",
    [
        "import * as t from './tables'\nexport const db = drizzle(pool, { schema: { people: t.userTable } })\n",
        "import { userTable as people } from './tables'\nexport const db = drizzle(pool, { schema: { people } })\n",
        "import { userTable } from './tables'\nconst schema = { people: userTable }\n"
        "export const db = drizzle({ client: pool, schema })\n",
        "import { userTable } from './tables'\nconst auth = { people: userTable }\n"
        "export const db = drizzle<object>(url, { schema: { ...auth } })\n",
        "import * as schema from './all'\nexport const db = drizzle(url, { schema, logger: true })\n",
        "import { userTable } from './tables'\nconst options = { schema: { people: userTable } }\n"
        "let made\nexport function db() { made = drizzle(url, options) }\n",
        "import { userTable } from './tables'\nconst relations = defineRelations({ people: userTable }, (r) => ({}))\n"
        "export const db = drizzle(url, { relations })\n",
    ],
)
def test_a_key_of_the_schema_that_drizzle_is_given(made):
    all_of_it = "export { userTable as people } from './tables'\n"
    (query,) = read(tables=TABLES, db=MADE + made, all=all_of_it, ask=ASK)
    assert query.address == "table:public.users"


def test_a_key_that_two_databases_use_otherwise():
    db = MADE + "import { orderTable, userTable } from './tables'\n" \
        "export const db = drizzle(url, { schema: { people: userTable } })\n" \
        "export const other = drizzle(url, { schema: { people: orderTable } })\n"  # fmt: skip
    told = "import { db, other } from './db'\n" \
        "export const f = async () => [await db.query.people.findMany(), await other.query.people.findMany()]\n" \
        "export const g = async (tx) => tx.query.people.findMany()\n"  # fmt: skip
    assert [query.address for query in read(tables=TABLES, db=db, ask=told)] == [
        "table:public.users",
        "table:public.orders",
        "",
    ]


def test_a_table_of_sqlite_with_the_same_name():
    local = "import { sqliteTable, text } from 'drizzle-orm/sqlite-core'\n" \
        "export const userTable = sqliteTable('users', { id: text('id') })\n"  # fmt: skip
    ask = "import { userTable } from '@acme/local-db'\nexport const f = async () => db.select().from(userTable)\n"
    near = "export const db = 1\n"
    found = read(tables=TABLES, **{"packages__local-db__src__schema": local, "apps__web__local-db__index": near,
                                   "packages__local-db__src__index": "export * from './schema'\n",
                                   "apps__web__ask": ask})  # fmt: skip
    assert [query.address for query in found] == [""]
    unresolved = "import { userTable } from 'elsewhere'\nexport const f = async () => db.select().from(userTable)\n"
    assert [query.address for query in read(tables=TABLES, local=local, ask=unresolved)] == [""]
    assert [query.address for query in read(tables=TABLES, ask=unresolved)] == ["table:public.users"]


@pytest.mark.parametrize("call", ["get", "all", "run"])
def test_a_call_that_only_sqlite_has(call):
    ask = f"import {{ userTable }} from './tables'\nexport const f = () => db.select().from(userTable).{call}()\n"
    assert read(tables=TABLES, ask=ask) == []


def test_a_package_with_its_sources_in_src():
    ask = "import { userTable } from '@acme/db/schema'\nexport const f = async () => db.delete(userTable)\n"
    index = "export * from './tables'\n"
    where = {"packages__db__src__schema__tables": TABLES, "packages__db__src__schema__index": index}
    (query,) = read(apps__web__ask=ask, **where)
    assert query.address == "table:public.users"
