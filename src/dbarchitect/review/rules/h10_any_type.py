"""A file that works with the database uses the type any.

Why
    `any` turns the types of the schema off: a helper for `table: any` compiles for a table without the column, and
    the query fails at run time. `unknown` with a check, or a type parameter, says what is really needed.

Fix
    None by machine: which type is meant is for people to say.

Sources
    Seed: "Use `any` type - use `unknown` with type guards" under NEVER.
    docs/conventions.md: "A filter that takes any table compiles for a table without tenants".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.address import address
from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, Source

_WORD = re.compile(r"any(?<=[:<,|&(=\s]any)\b")
RULE = Rule("H10", "any-type", "house", "warning", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding a file that imports drizzle-orm and says `any`."""
    for file, source in sorted(written.all_sources(subject).items()):
        if "drizzle-orm" not in source.text or not _WORD.search(source.text):
            continue
        if not any(name.module.startswith("drizzle-orm") for name in written.imports_of(source)):
            continue
        found = [node for match in _WORD.finditer(source.text) if (node := _type(source, match.end()))]
        if found:
            times = "" if len(found) == 1 else f" {len(found)} times"
            message = f"this file says any{times}: there TypeScript checks nothing"
            related = [source.span(node) for node in found[1:]]
            yield RULE.finding(subject, address("file", file), message, span=source.span(found[0]), related=related)


def _type(source: Source, end: int) -> Node | None:
    """The type `any` that ends at a place; None where the word is something else."""
    node = source.root.descendant_for_byte_range(end - 3, end)
    while node is not None and node.type != "predefined_type" and node.end_byte == end and node.start_byte == end - 3:
        node = node.parent
    return node if node is not None and node.type == "predefined_type" and node.start_byte == end - 3 else None


TABLE = """import { eq } from 'drizzle-orm'
import { pgTable, uuid } from 'drizzle-orm/pg-core'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey(), orgId: uuid('org_id') })
"""
EXAMPLES = (
    drizzle(TABLE + "export const ofOrg = (table: any, id: string) => eq(table.orgId, id)\n", 'file:"schema.ts"'),
    drizzle(
        TABLE
        + "type Owned = PgTable & { orgId: PgColumn }\n"
        + "export const ofOrg = <T extends Owned>(table: T, id: string) => eq(table.orgId, id)\n"
    ),
)
