"""A row with many columns is read for a few of them.

Why
    Columns that nobody looks at are read, sent and parsed; long texts and documents are stored apart, and each costs a
    further look-up. Only queries are meant whose result visibly stays in the function and of which less than half of
    the columns are used, where there are sixteen or more or where one that is not used holds documents.

Fix
    Name the columns: `db.select({ id: t.id, … })`, `columns: { id: true, … }`. No fix is made, since types that build
    on the row would change.

Sources
    https://www.postgresql.org/docs/current/indexes-index-only-scans.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.query_facts import key_of, service, spoken, table_of
from dbarchitect.review.query_rows import properties_used
from dbarchitect.review.rule import Rule, queries
from dbarchitect.review.specimen import HEAD
from dbarchitect.review.subject import Subject

RULE = Rule("Q10", "reads-more-than-it-uses", "house", "info", needs="queries")
WIDE = 16
"""Columns from which on a table counts as wide."""
HEAVY = re.compile(r"jsonb?$|bytea|vector|halfvec|xml|tsvector")
"""Types whose values are long and stored apart."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each whole row of a wide table of which the function uses less than half."""
    for query in service(subject, "select", "findFirst"):
        table = table_of(query)
        if query.link("for") or query.columns is not None or query.joins or not query.single:
            continue
        if "with" in query.settings or "extras" in query.settings:
            continue
        used = properties_used(query)
        if used is None or len(used) * 2 >= len(table.columns):
            continue
        unread = [column for column in table.columns if key_of(query.table, column.name) not in used]
        if len(table.columns) < WIDE and not any(HEAVY.match(column.type.name) for column in unread):
            continue
        listed = ", ".join(sorted(used)) if used else "none of them"
        message = (
            f"the {query.verb} of {spoken(query)} reads {len(table.columns)} columns and uses {len(used)}: {listed}"
        )
        yield RULE.finding(subject, query.address, message, span=query.span)


WIDE_TABLE = """\
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const orders = pgTable('orders', {
  id: uuid('id').primaryKey(),
""" + "".join(f"  field{n}: text('field_{n}'),\n" for n in range(18)) + "})\n"  # fmt: skip
EXAMPLES = (
    queries(
        WIDE_TABLE,
        HEAD + "export const f = async (id: string) => {\n  const [order] = await db.select().from(orders)"
        ".where(eq(orders.id, id))\n  if (!order) return null\n  return order.field1\n}\n",
        "table:public.orders",
    ),
    queries(
        WIDE_TABLE,
        HEAD + "export const f = async (id: string) => {\n  const [order] = await db.select({ field1: orders.field1 })"
        ".from(orders).where(eq(orders.id, id))\n  return order?.field1\n}\n",
    ),
    queries(
        WIDE_TABLE,
        HEAD + "export const f = async (id: string) => {\n  const [order] = await db.select().from(orders)"
        ".where(eq(orders.id, id))\n  return order\n}\n",
        title="the row is given back",
    ),
)
