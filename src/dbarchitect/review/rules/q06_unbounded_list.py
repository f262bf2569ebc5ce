"""A list without a limit grows with the table.

Why
    What gives twenty rows today gives all rows of the table in a year: memory, time and the browser pay for it. Only
    lists are meant that nothing bounds, or that are ordered and bounded by nothing but the tenant: a condition on
    another column (a foreign key, a status), a list of given keys, an aggregate, a grouping or a single row is a bound.
    Small tables (statistics of a live database say so), tests, scripts and functions that treat all rows are left
    alone.

Fix
    Give it a limit and page through it. The fix adds `.limit(100)` where the function hands the list on
    as it is. Unsafe: callers may count on all rows.

Sources
    Seed: "Use limit() and offset() for pagination".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Fix
from dbarchitect.read.drizzle.query.model import Compare, Nothing, Query
from dbarchitect.read.drizzle.query.predicates import opaque, required
from dbarchitect.review.mending.query_edits import add_setting, append_link
from dbarchitect.review.query_facts import pinned, rows, service, spoken, table_of, wholesale
from dbarchitect.review.query_names import says
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q06", "unbounded-list", "house", "info", needs="queries")
WHOLE = frozenset("export exports backup sitemap cron crons job jobs worker workers admin".split())
"""Words in paths of files that treat all rows."""
SMALL = 1000
"""Rows up to which a table may be read as a whole."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each list that neither a limit nor a condition bounds."""
    for query in service(subject, "select", "findMany"):
        table = table_of(query)
        if query.limit or query.aggregate or query.single or not query.complete or opaque(query.where):
            continue
        if query.ending not in ("awaited", "returned") or query.link("groupBy", "for", "union", "unionAll", "limit"):
            continue
        if wholesale(query.around) or says(WHOLE, query.file.path) or _bounded(subject, query):
            continue
        known = rows(subject, table)
        if known is not None and known <= SMALL:
            continue
        of = "all rows" if isinstance(query.where, Nothing) else "every row that fits"
        message = f"the list of {spoken(query)} has no limit: it gives {of}, however many there will be"
        fix = _fix(query)
        yield RULE.finding(subject, query.address, message, span=query.span, fixes=[fix] if fix else [])


def _bounded(subject: Subject, query: Query) -> bool:
    if any(join.kind in ("inner", "right") for join in query.joins):
        return True
    if query.links[0].name != "select" and not query.relational:
        return True  # distinct values
    tenant = subject.roles.tenant_column
    conditions = [item for item in required(query.where) if not isinstance(item, Nothing)]
    if not conditions:
        return False
    whole = all(
        isinstance(item, Compare) and (item.operator == "isNull" or item.column.name == tenant) for item in conditions
    )
    return not (whole and query.order and pinned(query, lists=True) <= {tenant})


def _fix(query: Query) -> Fix | None:
    if query.variable:
        return None  # what the function does with the rows may need them all
    title = "Give at most 100 rows"
    if query.relational:
        return add_setting(query, "limit", "100", title)
    last = next(
        (link for link in reversed(query.links) if link.name in ("from", "where", "orderBy", "leftJoin", "having")),
        None,
    )
    return append_link(query, ".limit(100)", title, last) if last and last.sure else None


EXAMPLES = (
    example(
        "export const f = async () => {\n  return db.select().from(customers)\n}\n",
        CUSTOMERS,
        fixed="export const f = async () => {\n  return db.select().from(customers).limit(100)\n}\n",
    ),
    example("export const f = async () => {\n  return db.select().from(customers).limit(50)\n}\n"),
    example(
        "export const f = async (id: string) => {\n  return db.query.orders.findMany({ where: "
        "eq(orders.organizationId, id), orderBy: desc(orders.createdAt) })\n}\n",
        ORDERS,
        fixed="export const f = async (id: string) => {\n"
        "  return db.query.orders.findMany({ where: eq(orders.organizationId, id), orderBy: "
        "desc(orders.createdAt), limit: 100 })\n}\n",
        title="all rows of a tenant",
    ),
    example(
        "export const f = async (id: string) => {\n  return "
        "db.select().from(orders).where(eq(orders.customerId, id))\n}\n",
        title="the rows of one parent",
    ),
    example(
        "export const f = async () => {\n  return db.select({ n: count() }).from(orders)\n}\n", title="an aggregate"
    ),
    example(
        "export const exportAll = async () => {\n  return db.select().from(orders)\n}\n", title="all rows are meant"
    ),
)
