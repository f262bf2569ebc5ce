"""A foreign key points at a unique index that is created after it.

Why
    drizzle-kit 0.31 writes tables, then foreign keys, then indexes. A foreign key needs its target to be unique
    already: a unique constraint is part of its table, a unique index is not there yet, and the migration fails
    (42830) when both are new.

Fix
    `unique()` in the place of `uniqueIndex()`. Unsafe: in a database that has the index, the constraint is built anew
    and the foreign keys that use the index must go first.

Sources
    https://github.com/drizzle-team/drizzle-orm/issues/4638
    docs/conventions.md: "A unique index cannot be the target of a composite foreign key in one migration".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.constraint import Unique
from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z12", "unique-index-as-target", "fact", "warning", "drizzle")


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key whose target is unique by an index alone, on the line where indexes come last."""
    if subject.declared is None or subject.line == "1":
        return
    for reference in subject.facts.references:
        parent, key = reference.parent, reference.foreign_key
        if parent is None or _constrained(parent, frozenset(key.target_columns)):
            continue
        index = _index(parent, frozenset(key.target_columns))
        if index is None:
            continue
        message = (
            f"{reference.child.name} refers to {parent.name} ({', '.join(key.target_columns)}), which is unique by the "
            f"index {index.name}: drizzle-kit creates it after the foreign key, and one migration with both fails"
        )
        fix = fixes.replace_constraint(
            subject, parent, index, Unique(index.name, index.columns, nulls_not_distinct=index.nulls_not_distinct),
            title=f"make {index.name} a unique constraint",
        )  # fmt: skip
        span = subject.span(parent.index_address(index.name))
        yield RULE.finding(subject, reference.address, message, related=[span] if span else (), fixes=[fix])


def _constrained(table: Table, columns: frozenset[str]) -> bool:
    keys = [unique.columns for unique in table.uniques] + ([table.primary_key.columns] if table.primary_key else [])
    return any(frozenset(key) == columns for key in keys)


def _index(table: Table, columns: frozenset[str]) -> Index | None:
    for index in table.indexes:
        plain = index.unique and index.where is None and all(part.column for part in index.parts)
        if plain and frozenset(index.columns) == columns:
            return index
    return None


BAD = """import { foreignKey, pgTable, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

export const orders = pgTable(
  'orders',
  { id: uuid('id').primaryKey(), orgId: uuid('org_id').notNull() },
  (table) => [uniqueIndex('orders_org_id_id_idx').on(table.orgId, table.id)],
)

export const items = pgTable(
  'items',
  { id: uuid('id').primaryKey(), orgId: uuid('org_id').notNull(), orderId: uuid('order_id').notNull() },
  (table) => [
    foreignKey({
      name: 'items_order_fk',
      columns: [table.orgId, table.orderId],
      foreignColumns: [orders.orgId, orders.id],
    }),
  ],
)
"""
GOOD = BAD.replace("uniqueIndex", "unique").replace("pgTable, unique, uuid", "pgTable, unique, uuid")
EXAMPLES = (
    drizzle(BAD, "constraint:public.items.items_order_fk", fixed=GOOD),
    drizzle(GOOD),
)
DEMONSTRATION = (
    Do("create table orders (id int primary key, org_id int not null);"
       "create table items (id int primary key, org_id int, order_id int);"),
    Refuses("alter table items add foreign key (org_id, order_id) references orders (org_id, id)", "42830",
            "before the index there is nothing to point at"),
    Do("create unique index orders_org_id_id_idx on orders (org_id, id)"),
    Accepts("alter table items add foreign key (org_id, order_id) references orders (org_id, id)",
            "after it the same statement works"),
)  # fmt: skip
