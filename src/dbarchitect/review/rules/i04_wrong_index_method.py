"""An index is of a kind that its column's questions cannot use.

Why
    A B-tree orders whole values. Of a `jsonb`, an array, a `tsvector` or a vector it answers only "equal as a whole"
    and "before", which nobody asks: `@>`, `?`, `&&`, `@@` and nearest neighbours need GIN, GiST or HNSW. A long value
    does not even fit: one row above 2,704 bytes makes the insert fail with 54000. BRIN keeps the least and greatest
    value of each stretch of the table, which for random ids is everything everywhere.

Fix
    GIN for `jsonb` (`jsonb_path_ops` when only `@>` is asked), arrays and `tsvector`; a B-tree for the random id.
    Vectors are for you to say: the operator class depends on the distance. A unique B-tree is a rule and stays.

Sources
    https://www.postgresql.org/docs/current/gin.html
    https://www.postgresql.org/docs/current/brin.html
    Seed: "Leveraging Postgres-specific features (JSONB, arrays, full-text search, etc.)".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Plan, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("I04", "wrong-index-method", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each B-tree over documents, arrays, search vectors and embeddings; each BRIN over random ids."""
    for table in subject.schema.tables:
        for index in table.indexes if not table.partition_of else ():
            for part in index.parts:
                column = table.column(part.column) if part.column and table.has(part.column) else None
                if column and (why := _why(index, column)):
                    message = f"the index {index.name} is a {_NAMES[index.method]} on {table.name}.{column.name}: {why}"
                    mend = _fix(subject, table, index, column)
                    yield RULE.finding(subject, table.index_address(index.name), message, fixes=mend)
                    break


_NAMES = {"btree": "B-tree", "brin": "BRIN"}


def _why(index: Index, column: Column) -> str:
    kind = column.type
    if index.method == "brin" and not kind.dimensions and kind.name == "uuid":
        return "ids that come in no order are in every stretch of the table"
    if index.method != "btree" or index.unique:
        return ""
    if kind.dimensions:
        return "it finds whole arrays, not what they hold"
    if kind.name == "jsonb":
        return "it finds whole documents, not what they hold"
    if kind.name == "tsvector":
        return "it answers no search"
    if kind.category == "vector":
        return "it finds no nearest neighbours"
    return ""


def _fix(subject: Subject, table: Table, index: Index, column: Column) -> list[Fix]:
    if len(index.parts) != 1 or column.type.category == "vector":
        return []
    method = "btree" if index.method == "brin" else "gin"
    new = replace(index, method=method, parts=(IndexPart(column=column.name),), include=(), options=())
    return [fixes.replace_index(subject, table, index, new, title=f"make {index.name} a {method} index")]


TABLE = "create table events (id uuid primary key, tags text[], payload jsonb, words tsvector, at timestamptz);\n"

EXAMPLES = (
    sql(
        TABLE + "create index by_payload on events (payload);\ncreate index by_tags on events (at, tags);\n"
        "create index by_words on events (words);\ncreate index by_id on events using brin (id);\n",
        "index:public.by_id",
        "index:public.by_payload",
        "index:public.by_tags",
        "index:public.by_words",
    ),
    sql(
        TABLE
        + "create index by_payload on events using gin (payload);\ncreate index by_tags on events using gin (tags);\n"
        "create index by_kind on events ((payload ->> 'kind'));\ncreate index by_at on events using brin (at);\n"
        "create unique index one_set on events (tags);\n",
    ),
    drizzle(
        "import { index, integer, jsonb, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  data: jsonb('data').notNull(),\n"
        "}, (t) => [index('by_data').on(t.data)])\n",
        "index:public.by_data",
        fixed="import { index, integer, jsonb, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  data: jsonb('data').notNull(),\n"
        "}, (t) => [index('by_data').using('gin', t.data)])\n",
    ),
)
DEMONSTRATION = (
    Do("""create table events (payload jsonb); create index by_payload on events (payload);
       insert into events select jsonb_build_object('n', n) from generate_series(1, 5000) n; analyze"""),
    Plan("""select from events where payload @> '{"n": 7}'""", "the B-tree is of no use", has="Seq Scan"),
    Refuses("""insert into events select jsonb_agg(md5(n::text)) from generate_series(1, 2000) n""", "54000",
            "and refuses a document that is too long for it"),
    Do("drop index by_payload; create index by_payload on events using gin (payload)"),
    Plan("""select from events where payload @> '{"n": 7}'""", "GIN finds it", has="by_payload"),
)  # fmt: skip
