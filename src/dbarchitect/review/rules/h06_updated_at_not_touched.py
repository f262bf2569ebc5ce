"""updatedAt does not follow an update.

Why
    Without `$onUpdate(() => new Date())` the column keeps the moment of the insert for ever, unless each update
    remembers to set it.

Fix
    Add it to the chain. Safe: the database stays as it is. What bypasses Drizzle needs a trigger.

Sources
    Seed: "Omit `.$onUpdate(() => new Date())` on updatedAt fields" under NEVER.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("H06", "updated-at-not-touched", "house", "warning", "drizzle", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each updatedAt without `$onUpdate`, in a table without a trigger that could set it."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        name = subject.roles.updated_column(table) if table else None
        column = declared.column(name) if name else None
        if table is None or column is None or not column.chain or column.modifier("$onUpdate", "$onUpdateFn"):
            continue
        if any("update" in trigger.events for trigger in table.triggers):
            continue
        text = "".join(argument for call in column.chain[:1] for argument in call.arguments)
        now = "new Date().toISOString()" if "string" in text else "new Date()"
        fix = fixes.modify_column(subject, table, column.name, f"$onUpdate(() => {now})")
        message = f"{table.name}.{column.name} keeps its first value: no $onUpdate"
        yield RULE.finding(subject, table.column_address(column.name), message, span=column.span, fixes=[fix])


BAD = """import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  updatedAt: timestamp('updated_at', { withTimezone: true })
    .notNull()
    .defaultNow(),
})
"""
GOOD = BAD.replace("    .defaultNow(),", "    .defaultNow()\n    .$onUpdate(() => new Date()),")
EXAMPLES = (
    drizzle(BAD, "column:public.users.updated_at", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace("'updated_at', { w", "'updated_at', { mode: 'string', w"), "column:public.users.updated_at",
            fixed=GOOD.replace("'updated_at', { w", "'updated_at', { mode: 'string', w")
            .replace("new Date()", "new Date().toISOString()")),
)  # fmt: skip
