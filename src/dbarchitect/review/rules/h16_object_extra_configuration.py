"""A table's extra configuration is an object, the old form.

Why
    `(table) => ({ nameIdx: index(…) })` is deprecated: the keys mean nothing, and wrapping the object in an array by
    mistake loses all of it (Z01). Drizzle 1 still takes it.

Fix
    An array of the same builders. Safe: the names in the database are those in the calls.

Sources
    https://orm.drizzle.team/docs/indexes-constraints
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.review.mending import extras
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H16", "object-extra-configuration", "house", "info", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table whose third argument gives an object."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is not None and declared.form == "object" and declared.extras:
            message = f"the extra configuration of {declared.name} is an object, which is deprecated; make it an array"
            yield RULE.finding(
                subject, table.address, message, span=declared.extras_span, fixes=_fixes(subject, declared)
            )


def _fixes(subject: Subject, declared: DeclaredTable) -> list[Fix]:
    assert subject.declared is not None
    edits = extras.as_array(script(subject.declared.sources[declared.span.file]), declared)
    return [Fix("make it an array", "safe", edits)] if edits else []


BAD = """import { index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

export const links = pgTable(
  'links',
  { a: uuid('a').notNull(), b: uuid('b').notNull() },
  (table) => ({
    // both ends are the key
    pk: primaryKey({ columns: [table.a, table.b] }),
    bIdx: index('links_b_idx').on(table.b),
  }),
)
export const tags = pgTable('tags', { a: uuid('a') }, (t) => ({ a: index('tags_a_idx').on(t.a) }))
"""
GOOD = """import { index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'

export const links = pgTable(
  'links',
  { a: uuid('a').notNull(), b: uuid('b').notNull() },
  (table) => [
    // both ends are the key
    primaryKey({ columns: [table.a, table.b] }),
    index('links_b_idx').on(table.b),
  ],
)
export const tags = pgTable('tags', { a: uuid('a') }, (t) => [index('tags_a_idx').on(t.a)])
"""
EXAMPLES = (
    drizzle(BAD, "table:public.links", "table:public.tags", fixed=GOOD),
    drizzle(GOOD),
)
