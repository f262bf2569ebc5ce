"""An index does nothing that another one does not do.

Why
    Each index is written on every insert and on most updates, takes memory, and keeps HOT updates from happening. One
    that has the same keys as another index, unique constraint or primary key, or whose keys are the first keys of
    another one, finds and orders nothing that the other does not.

    Compared are method, keys with their order, operator class and collation, included columns and condition. A unique
    index is superfluous only beside a unique one of exactly its columns. Where a live database tells sizes, S03 says
    the same with the bytes.

Fix
    Drop it. Safe for one that is the same as another; unsafe for one that is the beginning of a longer one, which is
    larger to read, and which a query planner may miss where it chose the short one.

Sources
    https://www.postgresql.org/docs/current/indexes-multicolumn.html
    Seed: "Create composite indexes for multi-column queries", "Index strategy and optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.coverage import superfluous
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("I01", "superfluous-index", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each index whose work another one does."""
    for table in subject.schema.tables:
        for found in superfluous(table) if not table.partition_of else ():
            if measured.of_index(subject, table, found.index):
                continue  # S03 says it with the size
            same = found.how == "same"
            does = "has the same keys" if same else "begins with the same keys"
            message = f"the index {found.index.name} is written for nothing: {found.by} {does}"
            mend = fixes.drop_index(subject, table, found.index, safety="safe" if same else "unsafe")
            address = table.index_address(found.index.name)
            weight: Severity = "warning" if same else "info"
            yield RULE.finding(subject, address, message, severity=weight, fixes=[mend])


TABLE = "create table orders (id bigint primary key, customer_id bigint, placed_at timestamptz);\n"

EXAMPLES = (
    sql(
        TABLE
        + "create index by_customer on orders (customer_id);\ncreate index by_customer_2 on orders (customer_id);\n"
        "create index by_id on orders (id);\n",
        "index:public.by_customer_2",
        "index:public.by_id",
    ),
    sql(
        TABLE + "create index by_customer on orders (customer_id) where placed_at is null;\n"
        "create index by_customer_and_time on orders (customer_id, placed_at);\n"
        "create index by_time on orders (placed_at desc nulls last);\n"
        "create unique index one_order on orders (customer_id);\n",
        title="partial, unique, or in another order",
    ),
    sql(
        TABLE + "create index by_customer on orders (customer_id);\n"
        "create index by_customer_and_time on orders (customer_id, placed_at);\n",
        "index:public.by_customer",
        title="the beginning of a longer one",
    ),
    drizzle(
        "import { index, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  a: integer('a').notNull(),\n"
        "  b: integer('b').notNull(),\n"
        "}, (t) => [index('by_a').on(t.a), index('by_a_2').on(t.a)])\n",
        "index:public.by_a_2",
        fixed="import { index, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  a: integer('a').notNull(),\n"
        "  b: integer('b').notNull(),\n"
        "}, (t) => [index('by_a').on(t.a)])\n",
    ),
)
DEMONSTRATION = (
    Do("create table orders (id int primary key, customer_id int); create index one on orders (customer_id);"
       "create index two on orders (customer_id); insert into orders select n, n from generate_series(1, 20000) n;"
       "analyze"),
    Shows("select pg_relation_size('one') = pg_relation_size('two'), pg_relation_size('two') > 300000", "True | True",
          "both are written for every row"),
    Do("drop index two"),
    Plan("select from orders where customer_id = 7", "one of them is enough", has="using one"),
)  # fmt: skip
