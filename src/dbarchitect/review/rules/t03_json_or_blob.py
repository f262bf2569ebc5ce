r"""A document lies in `json`, or a file in a row.

Why
    `json` keeps the text as it came: with its blanks, with a key written twice, parsed anew by each query. It has no
    `=`, so that `distinct`, `group by`, `union` and a unique rule over it fail with 42883, and no GIN index finds what
    it holds. `jsonb` has all of these. `json` is right only where the exact text must come back, as for a signed
    message; columns called raw are left alone.

    A file in a `bytea` column travels through every dump, replica and `select *`; an object store with the file's key,
    size and checksum in the row serves it better. By name only, so information; ciphertexts, hashes and keys are fine.

Fix
    Change the type to `jsonb` using `column::jsonb`. Unsafe: the table is rewritten, blanks, the order of keys and
    doubled keys are lost, and text with `\u0000` is refused.

Sources
    https://www.postgresql.org/docs/current/datatype-json.html
    Seed: "JSONB (binary, indexed)".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import parts
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import quote
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T03", "json-or-blob", "fact", "warning")

JSON, BYTES = SqlType("json"), SqlType("bytea")
EXACT = frozenset(("raw", "verbatim", "original"))
FILES = frozenset("file image photo picture avatar logo attachment document video audio pdf blob thumbnail".split())
NO_FILE = frozenset("hash checksum digest key encrypted cipher ciphertext signature nonce iv salt id".split())


def check(subject: Subject) -> Iterator[Finding]:
    """Each json column, and each bytea that is called a file."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            if column.type.name not in ("json", "bytea"):
                continue
            spelled = set(parts(column.name))
            address = table.column_address(column.name)
            named = f"{table.name}.{column.name}"
            if column.type == JSON and not EXACT & spelled:
                message = f"{named} is json: it cannot be compared, made distinct or indexed; jsonb can"
                using = f"{quote(column.name)}::jsonb"
                mend = fixes.change_type(subject, table, column.name, SqlType("jsonb"), using)
                yield RULE.finding(subject, address, message, fixes=[mend])
            elif column.type == BYTES and FILES & spelled and not NO_FILE & spelled:
                message = f"{named} keeps a file in the row: every backup, replica and `select *` carries it"
                yield RULE.finding(subject, address, message, severity="info")


EXAMPLES = (
    sql("create table events (id bigint primary key, payload json not null);\n", "column:public.events.payload"),
    sql("create table events (id bigint primary key, payload jsonb not null, raw_body json, key_hash bytea);\n"),
    sql(
        "create table users (id bigint primary key, avatar bytea);\n",
        "column:public.users.avatar",
        title="a file in the row: information",
    ),
    drizzle(
        "import { integer, json, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  data: json('data').notNull(),\n"
        "})\n",
        "column:public.things.data",
        fixed="import { integer, jsonb, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  data: jsonb('data').notNull(),\n"
        "})\n",
    ),
)
DEMONSTRATION = (
    Do("""create table events (a json, b jsonb); insert into events values ('{"k": 1, "k": 2}', '{"k": 1, "k": 2}')"""),
    Shows("select a::text, b::text from events", '{"k": 1, "k": 2} | {"k": 2}', "json keeps a key twice"),
    Refuses("select distinct a from events", "42883", "json has no equality"),
    Refuses("create index on events using gin (a)", "42704", "and no operator class for GIN"),
    Do("create index on events using gin (b)"),
)
