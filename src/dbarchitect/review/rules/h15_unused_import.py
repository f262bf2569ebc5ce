"""A file imports something from Drizzle that it does not use.

Why
    With `noUnusedLocals` the program does not compile (TS6133); without it, who reads the file looks for what uses
    it.

Fix
    Take the name out of the import. Safe.

Sources
    Seed: "Use proper imports and type definitions".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.mending import batch
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H15", "unused-import", "house", "info", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each name from a module of Drizzle that stands in an import and nowhere else."""
    for file, source in sorted(written.all_sources(subject).items()):
        if "drizzle-" not in source.text:
            continue
        for name in written.imports_of(source):
            package = name.module.split("/")[0]
            if package not in ("drizzle-orm", "drizzle-zod") or written.speaks_of(source, name):
                continue
            message = f"{name.local} is imported from {name.module} and not used"
            span = source.span(name.node or name.statement)
            yield RULE.finding(subject, address("file", file), message, span=span, fixes=batch.unimported(source, name))


BAD = """import { sql } from 'drizzle-orm'
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
"""
GOOD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
"""
EXAMPLES = (
    drizzle(BAD, 'file:"schema.ts"', 'file:"schema.ts"', fixed=GOOD),
    drizzle(GOOD),
    drizzle(GOOD + "export { pgTable, uuid }\n", title="handing a name on is using it"),
)
