"""A reference leads back to its own table without the type that TypeScript needs.

Why
    The type of `comments` would follow from `parentId`, and that of `parentId` from `comments`: TypeScript gives up,
    makes both `any` (TS7022, TS7024) and every query on the table loses its types; without `strict` it says nothing.
    The same holds for two tables that refer to each other.

Fix
    `(): AnyPgColumn => comments.id`. Safe: the database stays as it is.

Sources
    https://orm.drizzle.team/docs/indexes-constraints#foreign-key
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.read.drizzle.declared import Call, DeclaredColumn, DeclaredTable
from dbarchitect.review.demonstration import Emits
from dbarchitect.review.mending import options
from dbarchitect.review.mending.imports import PG_CORE, Imports
from dbarchitect.review.mending.items import items
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z05", "self-reference-without-type", "fact", "warning", "drizzle")
_BARE = re.compile(r"\(\s*\)\s*=>\s*([\w$]+)\s*(?:\.|\[)")


def check(subject: Subject) -> Iterator[Finding]:
    """Each reference without a return type that leads back to its own table, directly or over one other table."""
    tables = {
        table.variable: table for table in (subject.declared.tables if subject.declared else ()) if table.variable
    }
    bare = {name: {target for *_, target in _references(table)} for name, table in tables.items()}
    for name, declared in tables.items():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None:
            continue
        for column, call, target in _references(declared):
            mutual = target != name and name in bare.get(target, ()) and name < target
            if target != name and not mutual:
                continue
            over = "to its own table" if target == name else f"to {target}, which refers back,"
            message = (
                f"{declared.name}.{column.name} refers {over} without a type: TypeScript makes {name} any; "
                "write (): AnyPgColumn =>"
            )
            yield RULE.finding(
                subject, table.column_address(column.name), message, span=call.span, fixes=_fixes(subject, column, call)
            )


def _references(table: DeclaredTable) -> Iterator[tuple[DeclaredColumn, Call, str]]:
    for column in table.columns:
        call = column.modifier("references")
        found = _BARE.match(call.arguments[0]) if call and call.arguments else None
        if call and found and not column.shared:
            yield column, call, found[1]


def _fixes(subject: Subject, column: DeclaredColumn, call: Call) -> list[Fix]:
    assert subject.declared is not None
    file = script(subject.declared.sources[column.span.file])
    listed = options.listing(call)
    function = items(listed)[0] if listed is not None and items(listed) else None
    parameters = function.child_by_field_name("parameters") if function is not None else None
    if parameters is None:
        return []
    imports = Imports(file)
    name = imports.need(PG_CORE, "AnyPgColumn", type_only=True)
    end = file.end(parameters)
    edits: tuple[Edit, ...] = (file.edit(end, end, f": {name}"), *imports.edits)
    return [Fix("say the type of the column that is referred to", "safe", edits)]


BAD = """import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const comments = pgTable('comments', {
  id: uuid('id').primaryKey(),
  parentId: uuid('parent_id').references(() => comments.id, { onDelete: 'cascade' }),
  body: text('body').notNull(),
})
"""
GOOD = BAD.replace("{ pgTable", "{ type AnyPgColumn, pgTable").replace("() => comments", "(): AnyPgColumn => comments")
EXAMPLES = (
    drizzle(BAD, "column:public.comments.parent_id", fixed=GOOD),
    drizzle(GOOD),
    drizzle(
        "import { pgTable, uuid } from 'drizzle-orm/pg-core'\n\n"
        "export const a = pgTable('a', { id: uuid('id').primaryKey() })\n"
        "export const b = pgTable('b', { id: uuid('id').primaryKey(), aId: uuid('a_id').references(() => a.id) })\n",
        title="a reference to another table needs no type",
    ),
)
DEMONSTRATION = (
    Emits(GOOD, "with the type the table and its foreign key are the same in the database",
          has=('FOREIGN KEY ("parent_id") REFERENCES "public"."comments"("id") ON DELETE cascade',)),
)  # fmt: skip
