"""An index on a yes-or-no column alone, or more indexes than a table can bear.

Why
    An index pays when it leads to few rows. One on a boolean leads to half of them, which is read faster from the table
    itself; where one of the two answers is rare, a partial index on those rows is a fraction of the size and is not
    written for the others. Where a live database tells how the values are spread, S07 speaks instead.

    Not found are flags that may be NULL without a default: most rows may have none.

    Every further index that is not partial costs each insert; from fifteen on it is worth asking which of them are
    used (information; S02 knows it from a live database).

Fix
    Put a partial index on what the rows are looked up by in its place, such as `(created_at) where not done`; or drop
    it. Unsafe: only you know which of the two answers is rare and asked for.

Sources
    https://www.postgresql.org/docs/current/indexes-partial.html
    Seed: "Consider partial indexes for filtered queries".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import is_boolean
from dbarchitect.model.finding import Finding
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("I02", "weak-index", "fact", "warning")

MANY = 15


def check(subject: Subject) -> Iterator[Finding]:
    """Each index whose only keys are booleans, and each table with many indexes."""
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for index in table.indexes:
            keys = [part.column for part in index.parts if part.column and table.has(part.column)]
            flags = [name for name in keys if is_boolean(table.column(name))]
            if any(table.column(name).nullable and not table.column(name).default for name in flags):
                continue
            bare = len(flags) == len(index.parts) and index.method in ("btree", "hash")
            if not bare or index.unique or index.where or index.include or measured.large(subject, table):
                continue
            message = f"the index {index.name} leads to large parts of {table.name}: only a rare value gains by it"
            mend = fixes.drop_index(subject, table, index)
            yield RULE.finding(subject, table.index_address(index.name), message, fixes=[mend])
        whole = [index for index in table.indexes if not index.where]
        if len(whole) >= MANY:
            message = f"{table.name} has {len(whole)} indexes beside its constraints: each insert writes them all"
            yield RULE.finding(subject, table.address, message, severity="info")


TABLE = "create table tasks (id bigint primary key, done boolean not null, owner bigint, created_at timestamptz);\n"

EXAMPLES = (
    sql(TABLE + "create index tasks_done_idx on tasks (done);\n", "index:public.tasks_done_idx"),
    sql(
        TABLE + "create index on tasks (created_at) where not done;\ncreate index on tasks (owner, done);\n"
        "create index on tasks (done) where not done;\n",
        title="partial, or beside a key that leads to few rows",
    ),
    sql(
        "create table answers (id bigint primary key, helpful boolean);\ncreate index on answers (helpful);\n",
        title="most answers may have none",
    ),
    drizzle(
        "import { boolean, index, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  done: boolean('done').notNull(),\n"
        "}, (t) => [index('by_done').on(t.done)])\n",
        "index:public.by_done",
    ),
)
DEMONSTRATION = (
    Do("create table tasks (id int, done boolean, note text);"
       "insert into tasks select n, n % 2 = 0, repeat('x', 50) from generate_series(1, 10000) n;"
       "create index tasks_done_idx on tasks (done); analyze"),
    Plan("select * from tasks where done", "the planner leaves it alone", has="Seq Scan"),
    Do("update tasks set done = n.done from (select id, id > 50 as done from tasks) n where n.id = tasks.id"),
    Do("create index tasks_open_idx on tasks (id) where not done; analyze"),
    Shows("select pg_relation_size('tasks_open_idx') * 2 < pg_relation_size('tasks_done_idx')", "True",
          "a partial index on the few open ones is a fraction of it"),
    Do("drop index tasks_done_idx"),
    Plan("select * from tasks where not done", "and leads straight to them", has="tasks_open_idx"),
)  # fmt: skip
