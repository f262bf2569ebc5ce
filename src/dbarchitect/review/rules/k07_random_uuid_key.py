"""A primary key is a random UUID.

Why
    Random UUIDs (version 4) go to random places of the index: each insert touches another page, pages split in the
    middle and stay about 70 % full, and a table that is larger than memory is read to be written. UUIDv7 begins
    with the time, so that new rows go to the end of the index, and rows that were made together lie together.

Fix
    Make the id in the application with `Bun.randomUUIDv7()`, as the seed does, or let PostgreSQL 18 do it with
    `uuidv7()`. Rows that exist keep their ids. Unsafe: who reads an id of version 7 knows when the row was made.

Sources
    https://www.postgresql.org/docs/current/functions-uuid.html
    https://www.rfc-editor.org/rfc/rfc9562
    Seed: "Use UUIDv7 for distributed systems and better performance".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.keys import generator, single_key
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K07", "random-uuid-key", "fact", "info")
RANDOM = re.compile(r"(?<![\w.])(?:crypto\.|globalThis\.crypto\.)?(?:randomUUID|uuidv4|uuid4|v4)\b")


def check(subject: Subject) -> Iterator[Finding]:
    """Each primary key of one column that gets a random UUID, from PostgreSQL or from Drizzle."""
    for table in subject.schema.tables:
        column = single_key(table)
        if column is None or table.partition_of:
            continue
        source = _source(subject, table, column.name)
        if source:
            message = (
                f"{table.name}.{column.name} gets a random UUID from {source}: "
                "new rows go to random pages of the index, and it grows a quarter larger"
            )
            mended = _fixes(subject, table, column.name)
            yield RULE.finding(subject, table.column_address(column.name), message, fixes=mended)


def _source(subject: Subject, table: Table, name: str) -> str | None:
    column = table.column(name)
    if generator(column) == "uuid4":
        return column.default
    declared = subject.declared_column(table.key, name)
    call = declared.modifier("$defaultFn", "$default") if declared else None
    found = RANDOM.search(call.arguments[0]) if call and call.arguments else None
    return f"{found[0]}()" if found else None


def _fixes(subject: Subject, table: Table, name: str) -> tuple[Fix, ...]:
    if generator(table.column(name)) != "uuid4" or subject.postgres < 18:
        return ()
    title = f"let {name} default to uuidv7() (PostgreSQL 18)"
    return (fixes.set_default(subject, table, name, "uuidv7()", title=title, safety="unsafe"),)


EXAMPLES = (
    sql("create table orders (id uuid primary key default gen_random_uuid());", "column:public.orders.id"),
    sql("create table orders (id uuid primary key);", title="the application makes it"),
    sql("create table orders (id uuid primary key default uuidv7());"),
    sql(
        "create table links (id bigint primary key, token uuid not null default gen_random_uuid());",
        title="a secret must be random",
    ),
    drizzle(
        """import { pgTable, uuid } from "drizzle-orm/pg-core";
export const orders = pgTable("orders", { id: uuid("id").primaryKey().$defaultFn(() => crypto.randomUUID()) });
""",
        "column:public.orders.id",
    ),
    drizzle(
        """import { pgTable, uuid } from "drizzle-orm/pg-core";
export const orders = pgTable("orders", { id: uuid("id").primaryKey().$defaultFn(() => Bun.randomUUIDv7()) });
"""
    ),
)
DEMONSTRATION = (
    Do("create table random (id uuid primary key); create table ordered (id uuid primary key);"
       "insert into random select gen_random_uuid() from generate_series(1, 30000);"
       "insert into ordered select uuidv7() from generate_series(1, 30000)"),
    Shows("select pg_relation_size('random_pkey') > 1.15 * pg_relation_size('ordered_pkey')", "True",
          "the index over random ids is more than 15 % larger for the same rows"),
)  # fmt: skip
