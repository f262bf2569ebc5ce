"""A small schema in TypeScript that the examples of query rules share, and the first lines of their queries."""

from __future__ import annotations

from dbarchitect.review.rule import Example, queries

SCHEMA = """\
import { index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'

export const organizations = pgTable('organizations', { id: uuid('id').primaryKey(), name: text('name').notNull() })

export const customers = pgTable(
  'customers',
  {
    id: uuid('id').primaryKey(),
    organizationId: uuid('organization_id').notNull().references(() => organizations.id),
    email: text('email').notNull(),
    name: text('name').notNull(),
    note: text('note'),
    points: integer('points').notNull().default(0),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('customers_organization_id_email_unique').on(table.organizationId, table.email),
    index('customers_created_at_idx').on(table.createdAt),
  ],
)

export const orders = pgTable(
  'orders',
  {
    id: uuid('id').primaryKey(),
    organizationId: uuid('organization_id').notNull().references(() => organizations.id),
    customerId: uuid('customer_id').references(() => customers.id),
    status: text('status').notNull(),
    total: integer('total').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    index('orders_organization_id_created_at_idx').on(table.organizationId, table.createdAt),
    index('orders_customer_id_idx').on(table.customerId),
  ],
)
"""
OPERATORS = "and, asc, count, desc, eq, gt, ilike, inArray, isNotNull, isNull, like, lt, notInArray, or, sql"
HEAD = f"""\
import {{ {OPERATORS} }} from 'drizzle-orm'
import {{ db }} from './client'
import {{ customers, orders, organizations }} from './schema'

"""
CUSTOMERS, ORDERS, ORGANIZATIONS = (f"table:public.{name}" for name in ("customers", "orders", "organizations"))


def example(text: str, *finds: str, fixed: str | None = None, title: str = "") -> Example:
    """An example of queries on the shared schema.

    Args:
        text: the queries, without the imports.
        finds: the addresses of the findings.
        fixed: the queries after all fixes, without the imports.
        title: what it is about.
    """
    return queries(SCHEMA, HEAD + text, *finds, fixed=None if fixed is None else HEAD + fixed, title=title)
