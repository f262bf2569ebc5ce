"""The bun-sql driver of Drizzle 0.45 stores json as a string that holds json.

Why
    `drizzle-orm/bun-sql` 0.45 encodes a value for `json` and `jsonb` columns, and Bun encodes it again. The column
    holds a string; reading through Drizzle decodes twice and hides it. `->`, `@>`, GIN indexes and checks on the
    content find nothing.

Fix
    Use `drizzle-orm/node-postgres` (or postgres-js), or Drizzle 1, where it is mended; then rewrite the stored values
    with the statement that is given.

Sources
    https://github.com/drizzle-team/drizzle-orm/issues/4942
    docs/conventions.md: "The bun-sql driver of Drizzle 0.45 stores jsonb as a string".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified, quote
from dbarchitect.review import written
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("Z11", "json-encoded-twice", "fact", "error", "drizzle")
DRIVER = "drizzle-orm/bun-sql"


def check(subject: Subject) -> Iterator[Finding]:
    """Each file that imports the driver, when the schema has json columns that Drizzle's own builders make."""
    if subject.line == "1" or subject.declared is None:
        return
    columns = [
        (table, column)
        for table in subject.declared.tables
        for column in table.columns
        if column.builder in ("json", "jsonb")
    ]
    if not columns:
        return
    table, column = columns[0]
    count = "a column of json" if len(columns) == 1 else f"{len(columns)} columns of json"
    for file, source in sorted(written.all_sources(subject).items()):
        if f"{DRIVER}" not in source.text:
            continue
        for name in written.imports_of(source):
            if name.module in (DRIVER, f"{DRIVER}/postgres") and name.name == "drizzle":
                message = (
                    f"{DRIVER} 0.45 encodes json twice: {count} ({table.name}.{column.name}) would hold strings, "
                    "which no @> and no GIN index sees into"
                )
                statements = [
                    f"UPDATE {qualified(each.schema, each.name)} SET {quote(own.name)} = ({quote(own.name)} #>> '{{}}')"
                    f"::{own.builder} WHERE {own.builder}_typeof({quote(own.name)}) = 'string'"
                    for each, own in columns
                ]
                fix = fixes.display("use drizzle-orm/node-postgres, and decode what is stored", *statements)
                span = source.span(name.statement)
                yield RULE.finding(subject, address("file", file), message, span=span, fixes=[fix])


SCHEMA = """import { jsonb, pgTable, uuid } from 'drizzle-orm/pg-core'

export const events = pgTable('events', { id: uuid('id').primaryKey(), payload: jsonb('payload').notNull() })
"""
CLIENT = """import { drizzle } from 'drizzle-orm/bun-sql'

export const db = drizzle(process.env.DATABASE_URL ?? '')
"""
EXAMPLES = (
    Example({"schema.ts": SCHEMA, "client.ts": CLIENT}, ('file:"client.ts"',)),
    Example({"schema.ts": SCHEMA, "client.ts": CLIENT.replace("bun-sql", "node-postgres")}),
    Example(
        {"schema.ts": SCHEMA, "client.ts": CLIENT.replace("bun-sql", "bun-sqlite")}, title="a driver of another name"
    ),
    Example({"schema.ts": SCHEMA.replace("jsonb", "text"), "client.ts": CLIENT}, title="no json, no harm"),
)
DEMONSTRATION = (
    Do("create table events (payload jsonb);"
       """insert into events values ('{"kind": "paid"}'), (to_jsonb('{"kind": "paid"}'::text))"""),
    Shows("select jsonb_typeof(payload) from events", "object\nstring", "encoded twice, an object is a string"),
    Shows("""select count(*) from events where payload @> '{"kind": "paid"}'""", "1", "and is not found any more"),
    Do("update events set payload = (payload #>> '{}')::jsonb where jsonb_typeof(payload) = 'string'"),
    Shows("""select count(*) from events where payload @> '{"kind": "paid"}'""", "2", "decoded, it is"),
)  # fmt: skip
