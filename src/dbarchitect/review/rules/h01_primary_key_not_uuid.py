"""A table's own id is no uuid.

Why
    The house uses UUIDv7: made in the application before the insert, unique over all systems, and ascending, so that
    the index of the key grows at its end. A counter must be asked for, and tells outsiders how many rows there are.

Fix
    None by machine: the type of a key is the type of everything that refers to it. Choose it when the table is made.

Sources
    Seed: "Use UUIDv7 for distributed systems and better performance".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H01", "primary-key-not-uuid", "house", "info", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each primary key of one column that is no reference and no uuid."""
    for table in subject.schema.tables:
        key = table.primary_key
        if key is None or len(key.columns) != 1 or table.partition_of:
            continue
        name = key.columns[0]
        refers = any(name in reference.columns for reference in table.foreign_keys)
        if refers or not table.has(name) or table.column(name).type.name == "uuid":
            continue
        message = f"{table.name}.{name} is {table.column(name).type.sql()}; the house makes ids as UUIDv7"
        yield RULE.finding(subject, table.column_address(name), message)


TEXT = """import { pgTable, serial, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: serial('id').primaryKey() })
export const profiles = pgTable('profiles', { userId: serial('user_id').primaryKey().references(() => users.id) })
"""
EXAMPLES = (
    drizzle(TEXT, "column:public.users.id", title="a key that is a reference has the type of its target"),
    drizzle("import { pgTable, uuid } from 'drizzle-orm/pg-core'\n\n"
            "export const users = pgTable('users', { id: uuid('id').primaryKey() })\n"),
    sql("create table users (id bigint generated always as identity primary key);\n", "column:public.users.id"),
)  # fmt: skip
