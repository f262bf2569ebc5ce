"""A managed timestamp is not as the house writes it.

Why
    `createdAt` and `updatedAt` are never unknown: NOT NULL, and the database fills them when the program does not.
    `deletedAt` is empty while a row lives: a default or NOT NULL would make every row a deleted one.

Fix
    `notNull()`, `defaultNow()`, or neither. Unsafe: rows may lack a value, and reads of deleted rows change.

Sources
    Seed: "Use `defaultNow()` for createdAt", "Mark as `notNull()` for data integrity", "Include `deletedAt` for soft
    deletes (timestamp without default)".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H05", "timestamp-shape", "house", "info", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each createdAt or updatedAt that may be NULL, createdAt without a default, deletedAt with one or required."""
    roles = subject.roles
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for name in (roles.created_column(table), roles.updated_column(table)):
            if name is not None:
                yield from _kept(subject, table, name, must_default=name == roles.created_column(table))
        name = roles.deleted_column(table)
        column = table.column(name) if name else None
        if column is None:
            continue
        place = table.column_address(column.name)
        if column.default is not None:
            fix = fixes.drop_default(subject, table, column.name)
            yield RULE.finding(
                subject, place, f"{table.name}.{column.name} has a default: every new row is deleted", fixes=[fix]
            )
        elif not column.nullable:
            yield RULE.finding(subject, place, f"{table.name}.{column.name} is required: no row can be alive")


def _kept(subject: Subject, table: Table, name: str, *, must_default: bool) -> Iterator[Finding]:
    column = table.column(name)
    place = table.column_address(name)
    if must_default and column.default is None and not column.generated:
        fix = fixes.set_default(subject, table, name, "now()")
        yield RULE.finding(subject, place, f"{table.name}.{name} has no default: defaultNow()", fixes=[fix])
    if column.nullable:
        fix = fixes.set_not_null(subject, table, name)
        yield RULE.finding(subject, place, f"{table.name}.{name} may be NULL: notNull()", fixes=[fix])


BAD = """import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  createdAt: timestamp('created_at', { withTimezone: true }).defaultNow(),
  deletedAt: timestamp('deleted_at', { withTimezone: true }).defaultNow(),
})
"""
GOOD = """import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  createdAt: timestamp('created_at', { withTimezone: true }).defaultNow().notNull(),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
})
"""
EXAMPLES = (
    drizzle(BAD, "column:public.users.created_at", "column:public.users.deleted_at", fixed=GOOD),
    drizzle(GOOD),
    sql(
        "create table users (id int primary key, created_at timestamptz not null);\n", "column:public.users.created_at"
    ),
)
