"""A unique index stands where an index was meant: on a reference, a tenant or a moment alone.

Why
    `uniqueIndex(…).on(table.organizationId)` does not make a lookup by organization fast, it allows one row for each
    organization; on `deletedAt` it refuses the second row that is deleted in the same moment. The form is widespread
    in code that wanted an index. Findings need more than the form: a moment is never a key; a reference is one only
    in 1:1 relationships, and what contradicts that is another unique rule that contains it, `many()` in the
    relations, or the same mistake beside it.

Fix
    `index` in the place of `uniqueIndex`; unsafe, because a rule goes. On a moment alone the index can go altogether.

Sources
    https://www.postgresql.org/docs/current/indexes-unique.html
    docs/conventions.md: "A unique index on organization_id allows one row for each organization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.review import written
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject
from dbarchitect.review.written import WrittenIndex

RULE = Rule("Z02", "unique-index-for-a-lookup", "fact", "error", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each unique index on one column that cannot be a key, or that something else contradicts."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        if table is None:
            continue
        alone = [
            item for item in written.indexes(declared) if item.unique and len(item.columns) == 1 and not item.partial
        ]
        moments = {item.columns[0] for item in alone} & _moments(subject, table)
        for item in alone:
            column = item.columns[0]
            why = (
                f"two rows of {table.name} cannot have the same {column}"
                if column in moments
                else _contradiction(subject, table, declared, item, bool(moments))
            )
            if why:
                message = f"{item.name or item.entry.kind} makes {column} unique where an index was meant: {why}"
                yield RULE.finding(
                    subject, table.address, message, span=item.entry.span, fixes=_fixes(subject, table, item)
                )


def _moments(subject: Subject, table: Table) -> set[str]:
    """The columns that say when a row was made, changed or deleted."""
    roles = subject.roles
    found = {roles.deleted_column(table), roles.created_column(table), roles.updated_column(table)}
    return {name for name in found if name is not None}


def _contradiction(
    subject: Subject, table: Table, declared: DeclaredTable, item: WrittenIndex, beside: bool
) -> str | None:
    """What shows that many rows share a value of the reference; None when nothing does."""
    column = item.columns[0]
    if item.entry.kind == "unique" or "uniq" in item.name or item.name.endswith(("_key", "_uk", "_uq")):
        return None  # whoever wrote that meant it
    key = declared.column(column)
    refers = any(reference.columns == (column,) for reference in table.foreign_keys)
    refers = refers or (key is not None and key.modifier("references") is not None)
    if not refers or (table.primary_key is not None and table.primary_key.columns == (column,)):
        return None
    wider = [
        other
        for other in written.indexes(declared)
        if other.unique and column in other.columns and len(other.columns) > 1
    ]
    if wider:
        return f"{wider[0].name or 'another unique rule'} expects several rows for one {column}"
    parents = {reference.target_table for reference in table.foreign_keys if reference.columns == (column,)}
    variables = (
        {other.variable for other in subject.declared.tables if other.name in parents} if subject.declared else ()
    )
    for relation in subject.declared.relations if subject.declared else ():
        many = relation.kind == "many" and relation.target == declared.variable and relation.table in variables
        if many and not relation.relation_name and len(_to(table, parents)) == 1:
            return f"relations() gives {relation.table} many of them ({relation.name}), the index allows one"
    return f"{table.name} may have one row for each {column}" if beside else None


def _to(table: Table, parents: set[str]) -> list[str]:
    return [key.name for key in table.foreign_keys if key.target_table in parents]


def _fixes(subject: Subject, table: Table, item: WrittenIndex) -> list[Fix]:
    if item.entry.lost or item.entry.kind != "uniqueIndex":
        return []
    part = (IndexPart(item.columns[0]),)
    name = item.name or f"{table.name}_{item.columns[0]}_idx"
    title = f"make {name} an index that is not unique"
    return [fixes.replace_index(subject, table, Index(name, part, unique=True), Index(name, part), title=title)]


HEAD = """import { pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

export const orgs = pgTable('orgs', { id: uuid('id').primaryKey() })
"""
BAD = (
    HEAD
    + """
export const products = pgTable(
  'products',
  {
    id: uuid('id').primaryKey(),
    orgId: uuid('org_id').notNull().references(() => orgs.id),
    sku: text('sku').notNull(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('products_org_id_idx').on(table.orgId),
    uniqueIndex('products_org_id_sku_idx').on(table.orgId, table.sku),
    uniqueIndex('products_deleted_at_idx').on(table.deletedAt),
  ],
)
"""
)
GOOD = (
    BAD.replace("{ pgTable", "{ index, pgTable")
    .replace("uniqueIndex('products_org_id_idx')", "index('products_org_id_idx')")
    .replace("uniqueIndex('products_deleted", "index('products_deleted")
)
EXAMPLES = (
    drizzle(BAD, "table:public.products", "table:public.products", fixed=GOOD),
    drizzle(GOOD),
    drizzle(
        HEAD
        + """
export const settings = pgTable(
  'settings',
  {
    id: uuid('id').primaryKey(),
    orgId: uuid('org_id').notNull().references(() => orgs.id),
    theme: text('theme'),
    createdAt: timestamp('created_at', { withTimezone: true }),
  },
  (table) => [uniqueIndex('settings_org_id_idx').on(table.orgId)],
)
""",
        title="one row for each organization may well be meant",
    ),
    drizzle(
        BAD.replace("'products_org_id_idx'", "'products_org_id_unique'").replace(
            "    uniqueIndex('products_deleted_at_idx').on(table.deletedAt),\n", ""
        ),
        title="a name that says unique was meant",
    ),
)
DEMONSTRATION = (
    Do("create table orgs (id int primary key);"
       "create table products (id int primary key, org_id int references orgs (id), deleted_at timestamptz);"
       "insert into orgs values (1); insert into products values (1, 1);"
       "create unique index products_org_id_idx on products (org_id);"),
    Refuses("insert into products values (2, 1)", "23505", "the second product of an organization is refused"),
    Do("drop index products_org_id_idx; insert into products values (2, 1);"
       "create unique index products_deleted_at_idx on products (deleted_at);"),
    Refuses("update products set deleted_at = now()", "23505", "two rows cannot be deleted in one statement"),
    Do("drop index products_deleted_at_idx; create index products_org_id_idx on products (org_id);"),
    Accepts("update products set deleted_at = now()", "an index that is not unique forbids nothing"),
)  # fmt: skip
