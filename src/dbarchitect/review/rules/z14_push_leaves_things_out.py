"""`drizzle-kit push` brings less than the migrations do.

Why
    What Drizzle cannot say lives in migrations alone: triggers, functions, FORCE ROW LEVEL SECURITY, exclusion and
    deferrable constraints. `push` compares the schema with the database and runs no migration, so that a database
    that it made has none of them, and whatever they guard is unguarded.

Fix
    Apply the migrations everywhere, development and tests included; take the script out.

Sources
    https://orm.drizzle.team/docs/drizzle-kit-push
    https://github.com/drizzle-team/drizzle-orm/issues/843
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.edit.apply import Offsets
from dbarchitect.facts.naming import listed
from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.model.source import Span
from dbarchitect.review.demonstration import Emits
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("Z14", "push-leaves-things-out", "fact", "info", "drizzle")
_PUSH = re.compile(r"drizzle-kit\s+push\b")
_UNSAID = {
    "triggers": re.compile(r"\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b", re.IGNORECASE),
    "functions": re.compile(r"\bcreate\s+(?:or\s+replace\s+)?function\b", re.IGNORECASE),
    "forced row security": re.compile(r"\bforce\s+row\s+level\s+security\b", re.IGNORECASE),
    "exclusion constraints": re.compile(r"\bexclude\s+using\b", re.IGNORECASE),
    "deferrable constraints": re.compile(r"\binitially\s+deferred\b|\bdeferrable\b", re.IGNORECASE),
}


def check(subject: Subject) -> Iterator[Finding]:
    """Each package.json with a script that pushes, in a project whose migrations hold what Drizzle cannot say."""
    sql = {file: text for file, text in subject.texts.items() if file.endswith(".sql")}
    unsaid = [what for what, form in _UNSAID.items() if any(form.search(text) for text in sql.values())]
    if not unsaid:
        return
    for file in sorted(file for file in subject.texts if file.rpartition("/")[2] == "package.json"):
        found = _PUSH.search(subject.texts[file])
        if found:
            places = Offsets(file, subject.texts[file])
            span = Span(file, places.position(found.start()), places.position(found.end()))
            message = f"drizzle-kit push runs no migration: a database that it made has no {listed(unsaid)}"
            yield RULE.finding(subject, address("file", file), message, span=span)


SCHEMA = """import { sql } from 'drizzle-orm'
import { pgPolicy, pgTable, uuid } from 'drizzle-orm/pg-core'

export const notes = pgTable(
  'notes',
  { id: uuid('id').primaryKey(), ownerId: uuid('owner_id').notNull() },
  (table) => [pgPolicy('own', { using: sql`${table.ownerId} = current_setting('app.user')::uuid` })],
)
"""
PACKAGE = '{ "scripts": { "db": "drizzle-kit push" } }\n'
FORCED = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\nALTER TABLE notes FORCE ROW LEVEL SECURITY;\n"
EXAMPLES = (
    Example({"schema.ts": SCHEMA, "package.json": PACKAGE, "drizzle/0001_more.sql": FORCED}, ('file:"package.json"',)),
    Example({"schema.ts": SCHEMA, "package.json": PACKAGE.replace("push", "migrate"), "drizzle/0001_more.sql": FORCED}),
    Example({"schema.ts": SCHEMA, "package.json": PACKAGE}, title="nothing that push would leave out"),
)
DEMONSTRATION = (
    Emits(
        SCHEMA, "Drizzle enables row security and cannot force it", has=("ENABLE ROW LEVEL SECURITY",), lacks=("FORCE",)
    ),
)
