"""A condition on the right table of a left join throws away the rows that the join was to keep.

Why
    Rows without a partner have NULL in the right table's columns, and no comparison with NULL is true: the condition
    removes exactly those rows, as an inner join would. What looks like "with their orders, if any" becomes "only those
    with orders".

    Not found are joins in which each row has a partner for sure: along a foreign key that may not be NULL.

Fix
    Move the condition into the join (`leftJoin(orders, and(eq(…), eq(orders.status, 'open')))`) or write `innerJoin`.
    No fix is made: only you know which one is meant.

Sources
    https://www.postgresql.org/docs/current/queries-table-expressions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Compare, Join, Query
from dbarchitect.read.drizzle.query.predicates import required
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q17", "left-join-turned-inner", "fact", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each left join with a condition that is never true for a row without a partner."""
    for query in service(subject, "select"):
        kept = {join.table.identity: join for join in query.joins if join.kind == "left" and join.table.table}
        for condition in required(query.where):
            if not isinstance(condition, Compare) or condition.operator == "isNull":
                continue
            join = kept.pop(condition.column.of.identity, None)
            if join is None or _has_partner(query, join):
                continue
            name = join.table.table.name if join.table.table else join.table.text
            message = (
                f"the left join of {name} in the select of {spoken(query)} works as an inner join: the condition on "
                f"{condition.column.key} removes the rows without {name}"
            )
            yield RULE.finding(subject, query.address, message, span=join.span, related=[condition.span])


def _has_partner(query: Query, join: Join) -> bool:
    """Whether the join follows a required foreign key of the query's own table, and asks for nothing else."""
    child, parent, on = query.table.table, join.table.table, join.on
    if child is None or parent is None or not isinstance(on, Compare) or on.operator != "eq":
        return False
    ends = {use.of.identity: use.name for use in (on.column, on.values[0].column) if use is not None}
    own, other = ends.get(query.table.identity), ends.get(join.table.identity)
    return (
        own is not None
        and child.has(own)
        and not child.column(own).nullable
        and any(
            key.columns == (own,) and key.target_columns == (other,) and key.target_table == parent.name
            for key in child.foreign_keys
        )
    )


EXAMPLES = (
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".leftJoin(orders, eq(orders.customerId, customers.id)).where(eq(orders.status, 'open')).limit(9)\n}\n",
        CUSTOMERS,
    ),
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".leftJoin(orders, and(eq(orders.customerId, customers.id), eq(orders.status, 'open'))).limit(9)\n}\n"
    ),
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".leftJoin(orders, eq(orders.customerId, customers.id)).where(isNull(orders.id)).limit(9)\n}\n",
        title="those without orders",
    ),
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".leftJoin(organizations, eq(customers.organizationId, organizations.id))"
        ".where(eq(organizations.name, 'Acme')).limit(9)\n}\n",
        title="each customer has an organization",
    ),
    example(
        "export const f = async () => {\n  return db.select().from(customers)"
        ".leftJoin(orders, eq(orders.customerId, customers.id))"
        ".where(or(isNull(orders.id), eq(orders.status, 'open'))).limit(9)\n}\n",
        title="NULL is allowed for",
    ),
)
DEMONSTRATION = (
    Do("create table writers (id int primary key); insert into writers values (1), (2);"
       "create table books (writer int, state text); insert into books values (1, 'out')"),
    Shows("select id from writers left join books on writer = id where state = 'out'", "1",
          "the writer without books is gone"),
    Shows("select id from writers left join books on writer = id and state = 'out' order by id", "1\n2",
          "with the condition in the join both are there"),
)  # fmt: skip
