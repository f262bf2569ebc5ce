"""A file other than the client's knows the driver.

Why
    Tables need only `drizzle-orm/pg-core`, queries only a database that they are handed. A file that imports a
    driver, or its type of a database, cannot be tested with another one (PGlite), and brings the driver into every
    bundle.

Fix
    Take `PgDatabase<PgQueryResultHKT, typeof schema>` from `drizzle-orm/pg-core`; import the driver where `drizzle()`
    is called.

Sources
    Seed: "Use `drizzle-orm/postgres-js` - use `drizzle-orm/pg-core` for better test mocking support" under NEVER.
    docs/conventions.md says how we read it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("H11", "driver-outside-the-client", "house", "warning", "drizzle", profiles=("house",))
DRIVERS = tuple(
    f"drizzle-orm/{name}"
    for name in (
        "postgres-js node-postgres bun-sql neon-http neon-serverless vercel-postgres pglite xata-http aws-data-api/pg "
        "pg-proxy neon supabase"
    ).split()
)


def check(subject: Subject) -> Iterator[Finding]:
    """Each file that imports a driver and declares tables, or does not make a client."""
    tables = {table.span.file for table in subject.declared.tables} if subject.declared else set()
    for file, source in sorted(written.all_sources(subject).items()):
        if "drizzle-orm/" not in source.text or "/test" in file or ".test." in file or ".spec." in file:
            continue
        names = [name for name in written.imports_of(source) if name.module in DRIVERS]
        client = any(name.name == "drizzle" and not name.type_only for name in names)
        if names and (file in tables or not client):
            what = "declares tables" if file in tables else "makes no client"
            message = f"this file {what} and imports {names[0].module}: it works with one driver only"
            span = source.span(names[0].statement)
            yield RULE.finding(subject, address("file", file), message, span=span)


SCHEMA = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
"""
BAD = """import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { users } from './schema'

export const list = (db: PostgresJsDatabase) => db.select().from(users).limit(10)
"""
CLIENT = """import { drizzle } from 'drizzle-orm/postgres-js'

export const db = drizzle(process.env.DATABASE_URL ?? '')
"""
EXAMPLES = (
    Example({"schema.ts": SCHEMA, "list.ts": BAD}, ('file:"list.ts"',)),
    Example({"schema.ts": SCHEMA, "client.ts": CLIENT}),
)
