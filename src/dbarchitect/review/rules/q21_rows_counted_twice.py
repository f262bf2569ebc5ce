"""A sum or count over two joins to many counts each row several times.

Why
    A customer with two orders and three payments gives six rows when both are joined: every order is counted three
    times, every payment twice. Grouping by the customer does not help, since the rows are multiplied before.
    `countDistinct` of a key is right and left alone; so is one join to many, and a join that finds at most one row.

Fix
    Aggregate each side in a subquery of its own and join those, or count keys by `countDistinct`. No fix is made.

Sources
    https://www.postgresql.org/docs/current/queries-table-expressions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Compare, Join, Query
from dbarchitect.read.drizzle.query.predicates import pins, required
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import holds_key, service, spoken, table_of
from dbarchitect.review.rule import Rule, queries
from dbarchitect.review.specimen import HEAD, SCHEMA, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q21", "rows-counted-twice", "fact", "warning", needs="queries")
AGGREGATE = re.compile(r"\b(?:sum|count|avg)\s*\((?!\s*distinct\b)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """Each select with a sum, count or average over two joins to tables with many rows for one of its own."""
    for query in service(subject, "select"):
        first = query.links[0].arguments
        if len(query.joins) < 2 or not first or not AGGREGATE.search(query.file.text(first[0])):
            continue
        many = [join for join in query.joins if _many(subject, query, join)]
        if len(many) < 2:
            continue
        names = " and ".join(join.table.table.name for join in many[:2] if join.table.table)
        message = (
            f"the select of {spoken(query)} sums over the joins of {names}: each row of one counts once for every row "
            "of the other"
        )
        yield RULE.finding(subject, query.address, message, span=query.span, related=[join.span for join in many])


def _many(subject: Subject, query: Query, join: Join) -> bool:
    """Whether the join may find several rows of a child for one row of the query's own table."""
    child = join.table.table
    if child is None or join.kind not in ("left", "inner") or not subject.is_whole(child):
        return False
    own, theirs = query.table.identity, join.table.identity
    tied: set[str] = set()
    for item in required(join.on):
        if not isinstance(item, Compare) or item.operator != "eq" or not item.values:
            continue
        sides = (item.column, item.values[0].column)
        for side, other in (sides, sides[::-1]):
            if side is not None and other is not None and (side.of.identity, other.of.identity) == (theirs, own):
                tied |= {side.name} if side.name else set()
    parent = table_of(query)
    refers = any(
        reference.parent == parent and set(reference.foreign_key.columns) <= tied
        for reference in subject.facts.references_from(child)
    )
    given = {column for identity, column in pins(join.on) if identity == theirs}
    return refers and not holds_key(child, frozenset(tied | given))


PAYMENTS = """
export const payments = pgTable('payments', {
  id: uuid('id').primaryKey(),
  customerId: uuid('customer_id').notNull().references(() => customers.id),
  amount: integer('amount').notNull(),
})
"""
EXAMPLES = (
    queries(
        SCHEMA + PAYMENTS,
        HEAD.replace("orders,", "orders, payments,")
        + "export const f = async () => {\n  return db.select({ id: customers.id, total: sum(orders.total), paid: "
        "sum(payments.amount) }).from(customers)\n    .leftJoin(orders, eq(orders.customerId, customers.id))\n"
        "    .leftJoin(payments, eq(payments.customerId, customers.id)).groupBy(customers.id).limit(9)\n}\n",
        "table:public.customers",
    ),
    example(
        "export const f = async () => {\n  return db.select({ id: customers.id, n: count(orders.id) }).from(customers)"
        "\n    .leftJoin(orders, eq(orders.customerId, customers.id))"
        "\n    .leftJoin(organizations, eq(organizations.id, customers.organizationId))"
        ".groupBy(customers.id).limit(9)\n}\n",
        title="only one join to many",
    ),
)
DEMONSTRATION = (
    Do("create table buyers (id int primary key); insert into buyers values (1);"
       "create table bills (buyer int, total int); insert into bills values (1, 10), (1, 20);"
       "create table payments (buyer int, amount int); insert into payments values (1, 5), (1, 6), (1, 7)"),
    Shows("select sum(total) from buyers join bills on buyer = id", "30", "the bills come to 30"),
    Shows("select sum(total) from buyers b join bills on bills.buyer = b.id join payments p on p.buyer = b.id", "90",
          "with three payments joined they come to 90"),
)  # fmt: skip
