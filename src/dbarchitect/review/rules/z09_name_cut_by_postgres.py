"""Drizzle makes a name that is too long, and PostgreSQL cuts it.

Why
    `.references()` takes no name: Drizzle puts one together from both tables and columns. PostgreSQL keeps 63 bytes
    of it and says so only in a NOTICE. Two names with the same beginning become one and the migration fails (42710);
    with `drizzle-kit push` the schema and the database never agree.

Fix
    Name the foreign key in the extra configuration: `foreignKey({ name: … })`. Unsafe: drizzle-kit drops the
    constraint and adds it again, which checks every row; the statement that is given renames it instead.

Sources
    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    https://github.com/drizzle-team/drizzle-orm/issues/4003
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import MAX_BYTES, fit, qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses, Shows
from dbarchitect.review.mending import places
from dbarchitect.review.mending.site import site
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z09", "name-cut-by-postgres", "fact", "warning", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key without a name of its own whose name, as Drizzle makes it, has more than 63 bytes."""
    for table in subject.schema.tables if subject.line != "1" else ():
        kept = Counter(_cut(key.name) for key in table.foreign_keys)
        declared = subject.declared_table(table.key)
        named = {entry.name for entry in declared.extras} if declared else set()
        for key in table.foreign_keys if declared else ():
            if len(key.name.encode()) <= MAX_BYTES or key.name in named:
                continue
            clash = kept[_cut(key.name)] > 1
            follows = "two constraints would have the same name" if clash else "Drizzle and the database disagree on it"
            message = (
                f"Drizzle names the foreign key of {table.name} ({', '.join(key.columns)}) with "
                f"{len(key.name.encode())} bytes, PostgreSQL keeps 63 of them"
                f": {follows}"
            )
            yield RULE.finding(
                subject,
                table.constraint_address(key.name),
                message,
                severity="error" if clash else None,
                fixes=_fixes(subject, table, key),
            )


def _cut(name: str) -> str:
    return name.encode()[:MAX_BYTES].decode(errors="ignore")


def _fixes(subject: Subject, table: Table, key: ForeignKey) -> list[Fix]:
    place = site(subject, table)
    named = replace(key, name=fit("_".join((table.name, *key.columns, "fk"))))
    edits = places.named(place, key, named) if place else ()
    statement = (
        f"ALTER TABLE {qualified(table.schema, table.name)} "
        f"RENAME CONSTRAINT {quote(_cut(key.name))} TO {quote(named.name)}"
    )
    return [Fix(f"name it {named.name}", "unsafe" if edits else "display", edits, (statement,))]


HEAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const invoices = pgTable('organization_subscription_invoices', { id: uuid('id').primaryKey() })
"""
BAD = (
    HEAD
    + """
export const corrections = pgTable('organization_subscription_invoice_corrections', {
  id: uuid('id').primaryKey(),
  invoiceId: uuid('corrected_invoice_id').references(() => invoices.id, { onDelete: 'cascade' }),
})
"""
)
NAME = "organization_subscription_invoice_corrections_corrected_invoice_id_organization_subscription_invoices_id_fk"
FIXED = (
    HEAD.replace("{ pgTable", "{ foreignKey, pgTable")
    + """
export const corrections = pgTable('organization_subscription_invoice_corrections', {
  id: uuid('id').primaryKey(),
  invoiceId: uuid('corrected_invoice_id'),
}, (table) => [
  foreignKey({
    name: '"""
    + fit("organization_subscription_invoice_corrections_corrected_invoice_id_fk")
    + """',
    columns: [table.invoiceId],
    foreignColumns: [invoices.id],
  }).onDelete('cascade'),
])
"""
)
EXAMPLES = (
    drizzle(BAD, f"constraint:public.organization_subscription_invoice_corrections.{NAME}", fixed=FIXED),
    drizzle(FIXED),
    drizzle(BAD.replace("organization_subscription_", "").replace("corrected_invoice_id", "invoice_id")),
)
_LONG = "organization_subscription_invoice_corrections_corrected_invoice_"
DEMONSTRATION = (
    Do("create table parents (id int primary key);"
       "create table children (a int, b int,"
       f" constraint {_LONG}id_parents_id_fk foreign key (a) references parents (id))"),
    Shows("select length(conname) from pg_constraint where conrelid = 'children'::regclass and contype = 'f'", "63",
          "PostgreSQL keeps 63 bytes"),
    Refuses(f"alter table children add constraint {_LONG}number_parents_id_fk foreign key (b) references parents (id)",
            "42710", "another name with the same beginning is the same name"),
)  # fmt: skip
