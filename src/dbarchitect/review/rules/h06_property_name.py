"""A property of a table is not camelCase.

Why
    In TypeScript the house writes `organizationId`, in the database `organization_id`: each side reads as its own
    language does, and the explicit name in the column ties them.

Fix
    None by machine: the property is used all over the program.

Sources
    Seed: "TypeScript property names: camelCase (organizationId, createdAt, etc.)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H06", "property-name", "house", "info", "drizzle", profiles=("house",))
_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*\Z")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding a table with properties that are not camelCase."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        odd = [column for column in declared.columns if not _CAMEL.match(column.key)]
        if table is not None and odd:
            message = f"properties of {declared.name} are not camelCase: {listed(column.key for column in odd)}"
            yield RULE.finding(subject, table.address, message, span=odd[0].span)


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const posts = pgTable('posts', { id: uuid('id').primaryKey(), user_id: uuid('user_id') })
"""
EXAMPLES = (
    drizzle(BAD, "table:public.posts"),
    drizzle(BAD.replace("user_id:", "userId:")),
)
