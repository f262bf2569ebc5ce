"""`notInArray` with a subquery that may give NULL finds nothing.

Why
    `x not in (1, NULL)` is never true: whether x equals the unknown value cannot be told. One NULL among the values of
    the subquery, and the query gives no rows at all.

Fix
    Use `notExists`, or keep NULL out of the subquery with `isNotNull`. No fix is made.

Sources
    https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-NOTIN
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.keys import is_nullable
from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import ColumnUse, Compare, Condition, Negated, Raw, Value
from dbarchitect.read.drizzle.query.predicates import everything, opaque, required
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q12", "not-in-with-null", "fact", "error", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each notInArray whose subquery selects a column that takes NULL and does not keep NULL out."""
    for query in service(subject):
        conditions = (query.where, *(join.on for join in query.joins))
        for condition in (found for item in conditions for found in _excluding(item)):
            if isinstance(condition, Raw):
                column = _raw(condition)
                if column is not None and column.of.table is not None:
                    message = f"NOT IN in the {query.verb} of {spoken(query)} is never true once " \
                        f"{column.of.table.name}.{column.name} is NULL in one row"  # fmt: skip
                    yield RULE.finding(subject, query.address, message, span=condition.span)
                continue
            for value in condition.values:
                if value.kind != "subquery" or value.column is None or not _gives_null(value):
                    continue
                inner = value.column
                table = inner.of.table.name if inner.of.table else inner.of.text
                message = (
                    f"notInArray in the {query.verb} of {spoken(query)} is never true once "
                    f"{table}.{inner.name} is NULL "
                    "in one row"
                )
                yield RULE.finding(subject, query.address, message, span=condition.span)


def _excluding(condition: Condition) -> Iterator[Compare | Raw]:
    """What leaves out the rows of a list: `notInArray`, `not(inArray(…))`, NOT IN of a template."""
    for item in everything(condition):
        inner = item.item if isinstance(item, Negated) else item
        word = "inArray" if isinstance(item, Negated) else "notInArray"
        if isinstance(inner, Compare) and inner.operator == word:
            yield inner
        elif isinstance(item, Raw):
            yield item


def _raw(condition: Raw) -> ColumnUse | None:
    """The column that a template's NOT IN selects, when it takes NULL and nothing keeps NULL out."""
    found = re.search(r"\bnot\s+in\s*\(\s*select\s+(?:distinct\s+)?\{(\w+)\}\s+from\b", condition.sql, re.IGNORECASE)
    if found is None or re.search(r"is\s+not\s+null", condition.sql, re.IGNORECASE):
        return None
    for use in condition.columns[1:]:
        if use.key == found[1] and use.name and use.of.table is not None and is_nullable(use.of.table, use.name):
            return use
    return None


def _gives_null(value: Value) -> bool:
    column = value.column
    if column is None or column.of.table is None or column.name is None or value.filters is None:
        return False
    if not is_nullable(column.of.table, column.name) or opaque(value.filters):
        return False
    for item in required(value.filters):
        if isinstance(item, Compare) and item.column.name == column.name and item.operator != "isNull":
            return False
        if isinstance(item, Raw) and re.search(r"is\s+not\s+null", item.sql, re.IGNORECASE):
            return False
    return True


EXAMPLES = (
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".where(notInArray(customers.id, db.select({ id: orders.customerId }).from(orders))).limit(9)\n}\n",
        CUSTOMERS,
    ),
    example(
        "export const f = async () => {\n  const buyers = db.select({ id: orders.customerId }).from(orders)"
        ".where(isNotNull(orders.customerId))\n"
        "  return db.select().from(customers).where(notInArray(customers.id, buyers)).limit(9)\n}\n"
    ),
    example(
        "export const f = async (tx: Transaction) => {\n"
        "  const buyers = tx.select({ id: orders.customerId }).from(orders).where(eq(orders.status, 'paid'))\n"
        "  return tx.select().from(customers).where(and(eq(customers.points, 0), not(inArray(customers.id, buyers))))"
        ".limit(9)\n}\n",
        CUSTOMERS,
        title="not(inArray(…)) of a subquery in a constant",
    ),
    example(
        "export const f = async () => db.select().from(customers)\n"
        "  .where(sql`${customers.id} not in (select ${orders.customerId} from ${orders})`).limit(9)\n",
        CUSTOMERS,
        title="NOT IN of a template",
    ),
    example(
        "export const prune = async () => {\n"
        "  await db.delete(customers).where(notInArray(customers.id, db.selectDistinct({ id: orders.customerId })"
        ".from(orders)))\n}\n",
        CUSTOMERS,
        title="a delete that deletes nothing",
    ),
    example(
        "export const f = async () => db.select().from(customers).where(inArray(customers.id, "
        "db.select({ id: orders.customerId }).from(orders))).limit(9)\n",
        title="IN does not mind NULL",
    ),
    example(
        "export const f = async () => db.select().from(orders).where(notInArray(orders.organizationId, "
        "db.select({ id: organizations.id }).from(organizations))).limit(9)\n",
        title="a column that never is NULL",
    ),
)
DEMONSTRATION = (
    Do("create table buyers (id int primary key); insert into buyers values (1), (2);"
       "create table sales (buyer int); insert into sales values (1)"),
    Shows("select id from buyers where id not in (select buyer from sales)", "2", "buyer 2 never bought"),
    Do("insert into sales values (null)", "a sale without a buyer"),
    Shows("select count(*) from buyers where id not in (select buyer from sales)", "0", "now nobody is found"),
)  # fmt: skip
