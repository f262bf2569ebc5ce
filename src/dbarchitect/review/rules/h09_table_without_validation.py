"""A project that validates by Zod has a table without a Zod schema.

Why
    What comes from outside is checked before it reaches the database, by a schema that follows from the table: then
    the two cannot say different things.

Fix
    `createInsertSchema(table)` from drizzle-zod, with what it misses: checks, ranges, no id and no tenant in updates.

Sources
    Seed: "Use Zod schemas that match database schemas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H09", "table-without-validation", "house", "info", "drizzle", profiles=("house",))
_MADE = re.compile("create(?:Insert|Select|Update)Schema")
_USED = re.compile(r"\bcreate(?:Insert|Select|Update)Schema\s*\(\s*([\w$.]+)")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table that no `createInsertSchema` takes, where others are taken."""
    texts = [source.text for source in written.all_sources(subject).values()]
    validating = [text for text in texts if "Schema" in text and _MADE.search(text)]
    taken = {found[1].rpartition(".")[2] for text in validating for found in _USED.finditer(text)}
    if not taken:
        return
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is not None and declared.variable and declared.variable not in taken:
            yield RULE.finding(subject, table.address, f"no Zod schema is made of {declared.name}, as of other tables")


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'
import { createInsertSchema } from 'drizzle-zod'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
export const posts = pgTable('posts', { id: uuid('id').primaryKey() })
export const usersInsert = createInsertSchema(users)
"""
EXAMPLES = (
    drizzle(BAD, "table:public.posts"),
    drizzle(BAD + "export const postsInsert = createInsertSchema(posts)\n"),
)
