"""A table lacks one of the three timestamps of the house.

Why
    `createdAt`, `updatedAt` and `deletedAt` on all tables, junctions too: who looks for what happened finds it in
    each of them, and a row that was deleted by mistake comes back.

Fix
    Add the columns. Safe: the first two have a default, the third may be empty; rows that are there get the moment of
    the migration.

Sources
    Seed: "Skip timestamp columns (createdAt, updatedAt, deletedAt are MANDATORY)" under NEVER.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.review.mending import ddl
from dbarchitect.review.mending.imports import Imports
from dbarchitect.review.mending.items import append
from dbarchitect.review.mending.site import site
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H04", "missing-timestamps", "house", "warning", profiles=("house",))
_MOMENT = SqlType("timestamptz")
_COLUMNS = {
    "created_at": Column("created_at", _MOMENT, nullable=False, default="now()"),
    "updated_at": Column("updated_at", _MOMENT, nullable=False, default="now()"),
    "deleted_at": Column("deleted_at", _MOMENT),
}
_WRITTEN = {
    "created_at": "createdAt: {t}({created_at}, {{ withTimezone: true }}).defaultNow().notNull()",
    "updated_at": "updatedAt: {t}({updated_at}, {{ withTimezone: true }}).notNull().defaultNow()"
    ".$onUpdate(() => new Date())",
    "deleted_at": "deletedAt: {t}({deleted_at}, {{ withTimezone: true }})",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a column for one of the three moments; partitions have those of their parent."""
    roles = subject.roles
    for table in subject.schema.tables:
        if table.partition_of or table.inherits:
            continue
        there = {
            "created_at": roles.created_column(table),
            "updated_at": roles.updated_column(table),
            "deleted_at": roles.deleted_column(table),
        }
        declared = subject.declared_table(table.key)
        missing = [name for name, column in there.items() if column is None]
        if not missing or (declared is not None and not declared.complete):
            continue
        message = f"{table.name} has no {', '.join(missing)}"
        yield RULE.finding(subject, table.address, message, fixes=[_fix(subject, table, missing)])


def _fix(subject: Subject, table: Table, missing: list[str]) -> Fix:
    statements = tuple(ddl.add_column(table, _COLUMNS[name]) for name in missing)
    title = f"add {', '.join(missing)}"
    place = site(subject, table)
    span = place.declared.columns_span if place else None
    node = place.script.node_of(span, "object") if place and span else None
    if place is None or node is None:
        return Fix(title, "display", ddl=statements)
    imports = Imports(place.script)
    values = {name: place.script.literal(name) for name in _COLUMNS}
    builder = imports.core("timestamp")
    text = ",\n".join(_WRITTEN[name].format(t=builder, **values) for name in missing)
    return Fix(title, "safe", (*append(place.script, node, text), *imports.edits), statements)


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
  createdAt: timestamp('created_at', { withTimezone: true }).defaultNow().notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow().$onUpdate(() => new Date()),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
})
"""
EXAMPLES = (
    drizzle(BAD, "table:public.users", fixed=GOOD),
    drizzle(GOOD),
    sql("create table users (id int primary key, created_at timestamptz, updated_at timestamptz);\n",
        "table:public.users"),
    sql("create table users (id int, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz);\n"),
)  # fmt: skip
