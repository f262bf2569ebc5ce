"""A table does not say what it is for.

Why
    A name tells what is in a table, not why: who may change it, what happens to it, what it must not be taken for.
    The house writes the business purpose as a JSDoc comment before the constant, where editors show it at every use.

Fix
    None by machine: only people know.

Sources
    Seed: "Table description - Business context and purpose".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H09", "table-without-purpose", "house", "info", "drizzle", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a JSDoc comment before it, or before the constant with its name."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None or not declared.variable or declared.comment or table.comment:
            continue
        assert subject.declared is not None
        source = subject.declared.sources[declared.span.file]
        before = [
            binding
            for binding in written.unit(source).order
            if binding.comment and f"'{declared.name}'" in source.text_of(binding.statement).replace('"', "'")
        ]
        if not before:
            message = f"{declared.name} does not say what it is for: no JSDoc before {declared.variable}"
            yield RULE.finding(subject, table.address, message)


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
"""
EXAMPLES = (
    drizzle(BAD, "table:public.users"),
    drizzle(BAD.replace("export const", "/** Everybody who may sign in. */\nexport const")),
    drizzle(
        BAD.replace(
            "export const", "/** Everybody who may sign in. */\nconst TABLE_NAME = 'users'\nexport const"
        ).replace("pgTable('users'", "pgTable(TABLE_NAME"),
        title="before the constant with its name, as the seed writes it",
    ),
)
