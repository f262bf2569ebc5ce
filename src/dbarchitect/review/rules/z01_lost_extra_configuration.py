"""Indexes and constraints are written, and Drizzle never creates them.

Why
    Drizzle takes the elements of the array that a table's third argument returns for builders. An object among them,
    `(table) => [{ nameIdx: index(…) }]`, type-checks, and 0.45 drops it in silence with all that it holds: no index,
    no unique rule, no check, no foreign key. drizzle-kit writes a migration without them and says nothing; queries
    are slow and duplicates get in. Drizzle 1 refuses to load such a schema.

Fix
    Write the builders as elements of the array: the keys and the inner braces go. Unsafe, because the rules come into
    force: rows may stand in the way of a unique index, and an index on a large table takes time to build.

Sources
    https://orm.drizzle.team/docs/indexes-constraints
    https://github.com/drizzle-team/drizzle-orm/issues/6140
    docs/conventions.md: "Indexes in an array that holds an object are never created".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import DeclaredExtra, DeclaredTable
from dbarchitect.review import written
from dbarchitect.review.demonstration import Emits
from dbarchitect.review.mending import extras
from dbarchitect.review.mending.script import script
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.write.sql.index import index_sql

RULE = Rule("Z01", "lost-extra-configuration", "fact", "error", "drizzle")
_KINDS = {"index": "index", "uniqueIndex": "unique index", "unique": "unique constraint", "check": "check",
          "foreignKey": "foreign key", "primaryKey": "primary key", "pgPolicy": "policy"}  # fmt: skip


def check(subject: Subject) -> Iterator[Finding]:
    """Each table with entries inside an object inside the array; and entries that are missing in what Drizzle makes."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None:
            continue
        lost = [entry for entry in declared.extras if entry.lost]
        if lost:
            message = _said(subject, declared, lost)
            related = [entry.span for entry in lost[1:]]
            fixes = _fixes(subject, table, declared)
            yield RULE.finding(subject, table.address, message, span=lost[0].span, related=related, fixes=fixes)
        yield from _missing(subject, table, declared)


def _said(subject: Subject, declared: DeclaredTable, lost: list[DeclaredExtra]) -> str:
    named = ", ".join(entry.name or entry.key or entry.kind for entry in lost)
    if all(entry.kind == "other" for entry in lost):
        what = "Drizzle 1 refuses to load it" if subject.line == "1" else "Drizzle drops it in silence"
        return f"an object in the extra configuration of {declared.name} is no builder ({named}): {what}"
    number = "an entry" if len(lost) == 1 else f"{len(lost)} entries"
    what = "Drizzle 1 refuses to load them" if subject.line == "1" else "Drizzle creates none of them"
    where = f"{declared.name} has {number} inside an object inside the array"
    return f"{where}: {what}, and TypeScript does not mind ({named})"


def _missing(subject: Subject, table: Table, declared: DeclaredTable) -> Iterator[Finding]:
    if not declared.complete or not declared.exported or subject.declared_table(table.key) is not declared:
        return
    there = {index.name for index in table.indexes} | {unique.name for unique in table.uniques}
    there |= {item.name for item in table.checks} | {item.name for item in table.foreign_keys}
    there |= {policy.name for policy in table.policies}
    there |= {table.primary_key.name} if table.primary_key else set()
    for entry in declared.extras:
        wanted = {entry.name, fit(entry.name), entry.name.encode()[:63].decode(errors="ignore")}
        if entry.name and not entry.lost and entry.kind in _KINDS and not wanted & there:
            message = f"the {_KINDS[entry.kind]} {entry.name} is written, but Drizzle makes nothing of it"
            yield RULE.finding(subject, table.address, message, span=entry.span)


def _fixes(subject: Subject, table: Table, declared: DeclaredTable) -> list[Fix]:
    assert subject.declared is not None
    if any(entry.lost and entry.kind == "other" for entry in declared.extras):
        return []
    edits = extras.unwrap(script(subject.declared.sources[declared.span.file]), declared)
    ddl = tuple(
        index_sql(table, Index(item.name, tuple(IndexPart(column) for column in item.columns), unique=item.unique))
        for item in written.indexes(declared)
        if item.entry.lost and item.name and not item.partial and item.entry.kind != "unique"
    )
    return [Fix("write the entries as elements of the array", "unsafe", edits, ddl)] if edits else []


HEAD = "import { index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'\n"
LOST = (
    HEAD
    + """
export const products = pgTable(
  'products',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    sku: text('sku').notNull(),
  },
  (table) => [
    {
      // found by name
      nameIdx: index('products_name_idx').on(table.name),
      skuIdx: uniqueIndex('products_sku_idx').on(table.sku),
    },
  ],
)
"""
)
FLAT = (
    HEAD
    + """
export const products = pgTable(
  'products',
  {
    id: uuid('id').primaryKey(),
    name: text('name').notNull(),
    sku: text('sku').notNull(),
  },
  (table) => [
    // found by name
    index('products_name_idx').on(table.name),
    uniqueIndex('products_sku_idx').on(table.sku),
  ],
)
"""
)
EXAMPLES = (
    drizzle(LOST, "table:public.products", fixed=FLAT),
    drizzle(FLAT),
    drizzle(
        HEAD.replace("uniqueIndex, ", "")
        + "\nexport const t = pgTable('t', { id: uuid('id').primaryKey(), a: text('a') }, (t) => "
        "[{ aIdx: index('a_idx').on(t.a) }])\n",
        "table:public.t",
        fixed=HEAD.replace("uniqueIndex, ", "")
        + "\nexport const t = pgTable('t', { id: uuid('id').primaryKey(), a: text('a') }, (t) => "
        "[index('a_idx').on(t.a)])\n",
        title="all on one line",
    ),
    drizzle(
        HEAD.replace("uniqueIndex, ", "")
        + "\nexport const t = pgTable('t', { id: uuid('id').primaryKey(), a: text('a') }, (t) => "
        "({ aIdx: index('a_idx').on(t.a) }))\n",
        title="an object alone is an old form that works",
    ),
    drizzle(
        HEAD + "export const t = pgTable('t', { id: uuid('id').primaryKey(), a: text('a') }, (t) => "
        "[index('a_idx').on(t.a), { kind: 'check', name: 'c', expression: uniqueIndex }])\n",
        "table:public.t",
        title="an object that is no builder at all",
    ),
)
DEMONSTRATION = (
    Emits(LOST, "of two indexes inside an object none is created", has=("CREATE TABLE",),
          lacks=("products_name_idx", "products_sku_idx")),
    Emits(FLAT, "as elements of the array both are", has=("products_name_idx", "products_sku_idx")),
)  # fmt: skip
