"""A composite primary key is wide where others copy it, or is declared as if it could be null.

Why
    Every table that refers to a key of four columns carries all four, joins on four and indexes four. And PostgreSQL
    makes each column of a primary key NOT NULL: a declaration that leaves `notNull()` out gives a TypeScript type
    which lets an insert omit the value or pass null, and the database refuses it then.

Fix
    Give a table that others refer to an id, and keep the composite key unique. Declare the columns of a composite key
    with `notNull()`: safe, the database has it so already.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.model.types import REGISTRY
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K05", "wide-primary-key", "house", "info")
REQUIRED = ("notNull", "primaryKey", "generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity")
BUILDERS = frozenset(info.drizzle for info in REGISTRY.values() if info.drizzle)
"""Builders of Drizzle that leave a column nullable; `serial` and functions of the project's own do not."""
WIDE = 3
"""Columns of a key that a child may reasonably copy, the tenant's and those of the partitioning aside."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each wide key that others refer to, each part of a key that TypeScript takes for optional."""
    for table in subject.schema.tables:
        key = table.primary_key
        if not key or len(key.columns) < 2 or table.partition_of:
            continue
        aside = {subject.roles.tenant_column, *(table.partitioning.keys if table.partitioning else ())}
        children = sorted({item.child.name for item in subject.facts.references_to(table)})
        if len([name for name in key.columns if name not in aside]) > WIDE and children:
            message = (
                f"the key of {table.name} has {len(key.columns)} columns, and {listed(children)} "
                f"{'carry' if len(children) > 1 else 'carries'} them all: an id is narrower"
            )
            yield RULE.finding(subject, table.constraint_address(key.name), message)
        yield from _optional(subject, table, key.columns)


def _optional(subject: Subject, table: Table, columns: tuple[str, ...]) -> Iterator[Finding]:
    for name in columns:
        declared = subject.declared_column(table.key, name)
        if declared is None or not declared.chain or declared.modifier(*REQUIRED):
            continue
        if declared.builder not in BUILDERS:
            continue
        message = (
            f"{table.name}.{name} is part of the primary key and not declared notNull(): "
            "TypeScript lets an insert leave it out, and PostgreSQL refuses the row unless a trigger fills it"
        )
        mended = fixes.set_not_null(subject, table, name)
        yield RULE.finding(subject, table.column_address(name), message, span=declared.span, fixes=(mended,))


EXAMPLES = (
    sql(
        "create table slots (site int, day date, hour int, room int, primary key (site, day, hour, room));\n"
        "create table notes (id bigint primary key, site int, day date, hour int, room int,\n"
        "  foreign key (site, day, hour, room) references slots (site, day, hour, room));",
        "constraint:public.slots.slots_pkey",
    ),
    sql(
        "create table slots (site int, day date, hour int, room int, primary key (site, day, hour, room));",
        title="nobody copies it",
    ),
    drizzle(
        """import { integer, pgTable, primaryKey } from "drizzle-orm/pg-core";
export const slots = pgTable("slots", {
  day: integer("day").notNull(),
  room: integer("room"),
}, (t) => [primaryKey({ columns: [t.day, t.room] })]);
""",
        "column:public.slots.room",
        fixed="""import { integer, pgTable, primaryKey } from "drizzle-orm/pg-core";
export const slots = pgTable("slots", {
  day: integer("day").notNull(),
  room: integer("room").notNull(),
}, (t) => [primaryKey({ columns: [t.day, t.room] })]);
""",
    ),
)
DEMONSTRATION = (
    Do("create table slots (day int not null, room int, primary key (day, room))"),
    Refuses("insert into slots (day) values (1)", "23502", "a part of a primary key is never null"),
)  # fmt: skip
