"""The constant of a table is not named as the house names it.

Why
    `usersSchema` for the table `users`: who reads a query knows the table from a row, and the names of types follow
    (`UsersSelectSchema`).

Fix
    None by machine: the name is used all over the program. An editor renames it in one step.

Sources
    Seed: "Use `tableNameSchema` naming pattern for schema variables".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.names import camel
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H07", "schema-variable-name", "house", "info", "drizzle", profiles=("house",))
_NAME = re.compile(r"[a-z][A-Za-z0-9]*Schema\Z")


def check(subject: Subject) -> Iterator[Finding]:
    """Each constant with a table whose name is not camelCase with the suffix Schema."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None or not declared.exported or not declared.variable or _NAME.match(declared.variable):
            continue
        wanted = f"{camel(declared.name.removeprefix('org_'))}Schema"
        message = f"the table {declared.name} is in the constant {declared.variable}; the house calls it {wanted}"
        yield RULE.finding(subject, table.address, message)


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const orderItems = pgTable('order_items', { id: uuid('id').primaryKey() })
"""
EXAMPLES = (
    drizzle(BAD, "table:public.order_items"),
    drizzle(BAD.replace("orderItems", "orderItemsSchema")),
)
