"""A column that every row needs may be NULL.

Why
    A default fills in only what a statement leaves out; whoever writes NULL gets NULL. A counter that is NULL stays
    NULL however often one adds to it, a row without its time of creation sorts before all others in a newest-first
    list, and a link that names only one of its two ends links nothing.

    Found are times of creation, counters that begin at 0, times of change with a default, and the two ends of a table
    that does nothing but link.

Fix
    Fill the NULLs, then make the column NOT NULL. Unsafe: it fails while a row holds NULL, and writes that pass NULL on
    purpose begin to fail.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL
    Seed: "Use notNull() for required fields", "Mark as notNull() for data integrity".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.values import is_counter
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C01", "required-column-takes-null", "fact", "warning")

_ZERO = re.compile(r"\(?'?0(\.0+)?'?\)?(::[\w ]+(\(.*\))?)?")


def check(subject: Subject) -> Iterator[Finding]:
    """Each column that may be NULL although a row without it makes no sense."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            if column.nullable and not column.generated and (why := _why(subject, table, column)):
                message = f"{table.name}.{column.name} may be NULL: {why}"
                mend = fixes.set_not_null(subject, table, column.name)
                yield RULE.finding(subject, table.column_address(column.name), message, fixes=[mend])


def _why(subject: Subject, table: Table, column: Column) -> str:
    roles = subject.roles
    if column.name == roles.created_column(table):
        return "a row that does not say when it was made sorts before the newest"
    if column.name == roles.updated_column(table) and column.default:
        return "its default does not help a row that is written with NULL"
    if is_counter(column) and column.default and _ZERO.fullmatch(column.default):
        return "the default does not help a row that is written with NULL, and NULL + 1 is NULL"
    ends = {name for link in roles.links(table) for name in link.foreign_key.columns}
    if column.name not in ends:
        return ""
    one_of_two = all(table.column(name).nullable for name in ends if table.has(name))
    if not one_of_two and roles.is_junction(table):
        return "a link without one of its two ends links nothing"
    return ""


EXAMPLES = (
    sql(
        "create table posts (id bigint primary key, views integer default 0, created_at timestamptz default now());\n",
        "column:public.posts.views",
        "column:public.posts.created_at",
    ),
    sql(
        "create table posts (id bigint primary key, views integer not null default 0,\n"
        "  created_at timestamptz not null default now(), updated_at timestamptz, position integer default 1);\n",
        title="a time of change without a default may mean: never changed",
    ),
    sql(
        "create table posts (id int primary key);\ncreate table tags (id int primary key);\n"
        "create table hearts (post_id int references posts (id), tag_id int references tags (id));\n",
        title="a heart for one of the two",
    ),
    sql(
        "create table posts (id int primary key);\ncreate table tags (id int primary key);\n"
        "create table posts_tags (post_id int references posts (id), tag_id int not null references tags (id));\n",
        "column:public.posts_tags.post_id",
        title="an end of a link",
    ),
    drizzle(
        "import { integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  hits: integer('hits').default(0),\n"
        "})\n",
        "column:public.things.hits",
        fixed="import { integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  hits: integer('hits').default(0).notNull(),\n"
        "})\n",
    ),
)
DEMONSTRATION = (
    Do("create table posts (id bigint primary key, views integer default 0)"),
    Accepts("insert into posts values (1, null)", "the default does not keep NULL out"),
    Do("update posts set views = views + 1; update posts set views = views + 1"),
    Shows("select views from posts", "", "two visits later the counter is still NULL"),
)
