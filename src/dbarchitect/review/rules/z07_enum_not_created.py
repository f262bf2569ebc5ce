"""A column uses an enum that drizzle-kit never creates.

Why
    drizzle-kit sees what the files named in drizzle.config export. An enum that is not exported is no part of the
    schema; the table that uses it is, and the migration fails: `type "status" does not exist` (42704).

Fix
    Export the constant; safe. An enum in a file that the schema does not hand on must be handed on by hand.

Sources
    https://orm.drizzle.team/docs/column-types/pg#enum
    docs/conventions.md: "An enum that is not exported is never created".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.read.drizzle.declared import DeclaredEnum
from dbarchitect.review import written
from dbarchitect.review.demonstration import Do, Emits, Refuses
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z07", "enum-not-created", "fact", "error", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each enum that a column of a table in the schema uses, and that is not exported from it."""
    declared = subject.declared
    if declared is None:
        return
    seen = written.visible(subject)
    builders = {
        (column.builder, column.span.file): table
        for table in declared.tables
        for column in table.columns
        if table.exported
    }
    for enum in declared.enums:
        user = next((table for (builder, _), table in builders.items() if builder == enum.variable), None)
        if user is None:
            continue
        hidden = seen is not None and (enum.span.file, enum.variable) not in seen
        table_seen = seen is None or (user.span.file, user.variable) in seen
        if (not enum.exported or hidden) and table_seen:
            how = "is not exported" if not enum.exported else "is exported by no file of the schema"
            message = f"the enum {enum.name} {how}: drizzle-kit does not create it, and {user.name} uses it"
            yield RULE.finding(
                subject, address("enum", enum.schema, enum.name), message, span=enum.span, fixes=_fixes(subject, enum)
            )


def _fixes(subject: Subject, enum: DeclaredEnum) -> list[Fix]:
    assert subject.declared is not None
    if enum.exported:
        return []
    source = subject.declared.sources[enum.span.file]
    binding = written.unit(source).bindings.get(enum.variable)
    if binding is None or binding.statement.type != "lexical_declaration":
        return []
    file = script(source)
    start = file.start(binding.statement)
    return [Fix(f"export {enum.variable}", "safe", (file.edit(start, start, "export "),))]


BAD = """import { pgEnum, pgTable, uuid } from 'drizzle-orm/pg-core'

const roleEnum = pgEnum('role', ['admin', 'user'])

export const users = pgTable('users', { id: uuid('id').primaryKey(), role: roleEnum('role').notNull() })
"""
GOOD = BAD.replace("const roleEnum", "export const roleEnum")
EXAMPLES = (
    drizzle(BAD, "enum:public.role", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace(", role: roleEnum('role').notNull()", ""), title="an enum that no table uses harms nobody"),
)
DEMONSTRATION = (
    Emits(BAD, "the table is created, its type is not", has=('"role" "role" NOT NULL',), lacks=("CREATE TYPE",)),
    Do("create table parents (id int primary key)"),
    Refuses('create table users (id int primary key, "role" "role" not null)', "42704", "so that the migration fails"),
)  # fmt: skip
