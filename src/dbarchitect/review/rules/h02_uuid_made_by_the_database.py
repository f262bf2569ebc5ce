"""A uuid is made by a default of the database.

Why
    The house makes ids in the application: they are known before the insert, tests can choose them, and
    `Bun.randomUUIDv7()` gives ascending ones. `defaultRandom()` gives version 4, whose order is random.

Fix
    `$defaultFn(() => Bun.randomUUIDv7())` in the place of the default. Unsafe: inserts that are not Drizzle's must
    bring their id from then on.

Sources
    Seed: "Generate UUIDs in database with default()" under NEVER.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.finding import Finding
from dbarchitect.review.mending import chains, fixes
from dbarchitect.review.mending.builders import DEFAULTS
from dbarchitect.review.mending.site import site
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H02", "uuid-made-by-the-database", "house", "warning", profiles=("house",))
MAKER = "$defaultFn(() => Bun.randomUUIDv7())"


def check(subject: Subject) -> Iterator[Finding]:
    """Each uuid column with a default that makes one."""
    for table in subject.schema.tables:
        for column in table.columns:
            default = (column.default or "").lower()
            if column.type.name != "uuid" or "(" not in default or "uuid" not in default or table.partition_of:
                continue
            message = f"{table.name}.{column.name} gets its uuid from the database ({column.default})"
            fix = fixes.drop_default(
                subject, table, column.name, title=f"make {column.name} in the application: .{MAKER}"
            )
            place = site(subject, table)
            found = place.column(column.name) if place else None
            old = found[0].modifier(*DEFAULTS) if found else None
            if found and old and fix.edits:
                fix = replace(fix, edits=(chains.replace(found[1], old, MAKER),))
            yield RULE.finding(subject, table.column_address(column.name), message, fixes=[fix])


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey().defaultRandom() })
"""
GOOD = BAD.replace("defaultRandom()", MAKER)
EXAMPLES = (
    drizzle(BAD, "column:public.users.id", fixed=GOOD),
    drizzle(GOOD),
    sql("create table users (id uuid primary key default uuidv7());\n", "column:public.users.id"),
    sql("create table users (id uuid primary key);\n"),
)
