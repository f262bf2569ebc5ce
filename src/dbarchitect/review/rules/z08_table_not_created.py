"""A table is written that drizzle-kit never creates.

Why
    drizzle-kit sees what the files named in drizzle.config export. A table that is not exported, or whose file the
    schema does not hand on, is in no migration; a foreign key to it fails, a query on it finds no relation (42P01).

Fix
    Export the constant, or hand its file on from the schema's index. Unsafe: the next migration creates the table.

Sources
    https://orm.drizzle.team/docs/sql-schema-declaration
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding, Fix, Severity
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.review import written
from dbarchitect.review.demonstration import Emits
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z08", "table-not-created", "fact", "warning", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each constant with a table that no file of the schema exports."""
    declared = subject.declared
    if declared is None:
        return
    seen = written.visible(subject)
    for table in declared.tables:
        if not table.variable or written.unit(declared.sources[table.span.file]).bindings.get(table.variable) is None:
            continue
        hidden = seen is not None and (table.span.file, table.variable) not in seen
        if table.exported and not hidden:
            continue
        if seen is not None and not any(file == table.span.file for file, _ in seen) and not table.exported:
            continue  # a script's own table
        shown = [other for other in declared.tables if other.exported and other is not table]
        if seen is not None:
            shown = [other for other in shown if (other.span.file, other.variable) in seen]
        users = [other.name for other in shown if _refers(other, table)]
        if table.exported and not users:
            continue  # it may well belong to another schema
        how = "is not exported" if not table.exported else "is exported by no file that drizzle.config names"
        tail = f", and {users[0]} refers to it" if users else ""
        message = f"the table {table.name} {how}: drizzle-kit does not create it{tail}"
        severity: Severity | None = "error" if users else None
        place = address("table", table.schema, table.name)
        yield RULE.finding(
            subject, place, message, span=table.name_span, severity=severity, fixes=_fixes(subject, table)
        )


def _refers(table: DeclaredTable, other: DeclaredTable) -> bool:
    calls = [column.modifier("references") for column in table.columns]
    written_targets = [call.arguments[0].replace(" ", "") for call in calls if call and call.arguments]
    return any(f"=>{other.variable}." in text for text in written_targets)


def _fixes(subject: Subject, table: DeclaredTable) -> list[Fix]:
    assert subject.declared is not None
    source = subject.declared.sources[table.span.file]
    binding = written.unit(source).bindings.get(table.variable)
    if table.exported or binding is None or binding.statement.type != "lexical_declaration":
        return []
    file = script(source)
    start = file.start(binding.statement)
    return [Fix(f"export {table.variable}", "unsafe", (file.edit(start, start, "export "),))]


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

const users = pgTable('users', { id: uuid('id').primaryKey() })

export const posts = pgTable('posts', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').references(() => users.id),
})
"""
GOOD = BAD.replace("const users", "export const users", 1)
EXAMPLES = (
    drizzle(BAD, "table:public.users", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace("export const posts", "const posts") + "\nexport { posts, users }\n", title="exported below"),
)
DEMONSTRATION = (
    Emits(BAD, "the foreign key is written, the table that it points at is not",
          has=('REFERENCES "public"."users"',), lacks=('CREATE TABLE "users"',)),
)  # fmt: skip
