"""A table cannot mark a row as deleted.

Why
    The house deletes softly everywhere, junctions too: `deletedAt` beside `createdAt` and `updatedAt` (which A01 looks
    for). A row that was deleted by mistake comes back, and what refers to it still finds it.

Fix
    Add the column; rows that are there live. Unsafe: from then on deletes and queries must heed it.

Sources
    Seed: "Skip timestamp columns (createdAt, updatedAt, deletedAt are MANDATORY)" under NEVER.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.types import SqlType
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H04", "no-soft-delete", "house", "warning", profiles=("house",))
COLUMN = Column("deleted_at", SqlType("timestamptz"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a column for the moment of deletion; partitions have that of their parent."""
    for table in subject.schema.tables:
        if table.partition_of or table.inherits or subject.roles.deleted_column(table) or not subject.is_whole(table):
            continue
        mend = fixes.add_column(subject, table, COLUMN, safety="unsafe")
        message = f"{table.name} has no deleted_at: a deleted row is gone for good"
        yield RULE.finding(subject, table.address, message, fixes=[mend])


BAD = """import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  name: text('name'),
})
"""
GOOD = """import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  name: text('name'),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
})
"""
EXAMPLES = (
    drizzle(BAD, "table:public.users", fixed=GOOD),
    drizzle(GOOD),
    sql("create table users (id int primary key);\n", "table:public.users"),
    sql("create table users (id int primary key, deleted_at timestamptz);\n"),
)
