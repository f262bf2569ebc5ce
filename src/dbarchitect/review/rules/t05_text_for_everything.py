"""A moment, number or truth is kept as text.

Why
    A text takes 'soon' for a date, sorts 10 before 9 and a year written otherwise to a place of its own, cannot be
    compared with `now()` without a cast that one bad row makes fail, and takes two to five times the room.

    Found are texts whose name promises a moment (`created_at`, `expiresAt`), texts with 'true' or 'false' as default,
    and texts called count or quantity with a number as default.

Fix
    Change the type, `using column::timestamptz` and so on. Unsafe: it fails on the first value that is none, and code
    that handles the text must handle a date, number or boolean.

Sources
    https://www.postgresql.org/docs/current/datatype.html
    Seed: "Choose appropriate column types and constraints".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.values import is_clock_name, is_text, parts
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import quote
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Accepts, Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T05", "text-for-everything", "fact", "warning")

_TRUTH = re.compile(r"'(true|false)'(::[\w ]+)?")
_NUMBER = re.compile(r"'\d+'(::[\w ]+)?")
COUNTS = frozenset("count quantity qty total attempts retries".split())


def check(subject: Subject) -> Iterator[Finding]:
    """Each text that is a moment by its name, or a truth or number by its default."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            kind = _kind(column) if is_text(column) and not column.generated else None
            if kind is None:
                continue
            message = f"{table.name}.{column.name} keeps a {_SAID[kind]} as text: any text is taken, and sorted as one"
            using = f"{quote(column.name)}::{kind}"
            mend = fixes.change_type(subject, table, column.name, SqlType(kind), using)
            yield RULE.finding(subject, table.column_address(column.name), message, fixes=[mend])


_SAID = {"timestamptz": "moment", "boolean": "truth", "integer": "number"}


def _kind(column: Column) -> str | None:
    if is_clock_name(column.name):
        return "timestamptz"
    if column.default and _TRUTH.fullmatch(column.default):
        return "boolean"
    counts = COUNTS & set(parts(column.name)[-1:])
    return "integer" if counts and column.default and _NUMBER.fullmatch(column.default) else None


EXAMPLES = (
    sql(
        "create table jobs (id bigint primary key, created_at text not null, enabled text default 'true',\n"
        "  retry_count varchar(10) default '0');\n",
        "column:public.jobs.created_at",
        "column:public.jobs.enabled",
        "column:public.jobs.retry_count",
    ),
    sql(
        "create table jobs (id bigint primary key, created_at timestamptz not null, version text default '1',\n"
        "  looked_at text, phone text, postal_code text);\n"
    ),
    drizzle(
        "import { integer, pgTable, text } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  createdAt: text('created_at').notNull(),\n"
        "})\n",
        "column:public.things.created_at",
    ),
)
DEMONSTRATION = (
    Do("create table jobs (created_at text, retry_count text default '0')"),
    Accepts(
        "insert into jobs values ('soon', '9'), ('1/2/2026', '10')", "neither is a moment that everybody reads alike"
    ),
    Shows("select max(retry_count) from jobs", "9", "as texts, 9 comes after 10"),
    Refuses("select from jobs where created_at::timestamptz < now()", "22007", "one bad value fails the whole query"),
)
