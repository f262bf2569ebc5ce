"""Rows are fetched only to be counted.

Why
    `(await db.select()…).length` sends every row over the wire for one number; `db.$count(table, condition)` sends the
    number. To know whether there is one, `limit(1)` is enough.
    Queries with a limit, and those for one row, are left alone.

Fix
    Use `db.$count`. The fix replaces the length of a plain select that stands in place. Safe: the number is the same.

Sources
    https://orm.drizzle.team/docs/select#count
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.read.drizzle.query.scope import WRAPPERS
from dbarchitect.review.query_facts import looks_up_one, pinned, service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node

RULE = Rule("Q14", "count-by-length", "house", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each list of which nothing but the length is used."""
    for query in service(subject, "select", "findMany"):
        if query.limit or query.offset or query.single or query.aggregate or not query.complete:
            continue
        if query.link("groupBy", "for") or looks_up_one(query, pinned(query)):
            continue
        place = _length(query)
        if place is None and not _only_length(query):
            continue
        fix = _fix(query, place) if place is not None else None
        message = (
            f"the {query.verb} of {spoken(query)} fetches rows only to count them: db.$count gives the number alone"
        )
        yield RULE.finding(subject, query.address, message, span=query.span, fixes=[fix] if fix else [])


def _length(query: Query) -> Node | None:
    """The node of `(await …).length`."""
    below, above = query.node, query.node.parent
    while above is not None and above.type in (*WRAPPERS, "await_expression"):
        below, above = above, above.parent
    if above is None or above.type != "member_expression" or above.child_by_field_name("object") != below:
        return None
    key = above.child_by_field_name("property")
    return above if key is not None and query.file.text(key) == "length" else None


def _only_length(query: Query) -> bool:
    if not query.variable or query.result is None:
        return False
    item = query.file.meaning(query.result)
    uses = query.file.uses(item) if item is not None and item.node == query.result else ()
    return bool(uses) and all(_is_length(query, use) for use in uses)


def _is_length(query: Query, use: Node) -> bool:
    above = use.parent
    key = above.child_by_field_name("property") if above is not None and above.type == "member_expression" else None
    return key is not None and query.file.text(key) == "length"


def _fix(query: Query, place: Node) -> Fix | None:
    if (
        query.verb != "select"
        or query.joins
        or {link.name for link in query.links} - {"select", "from", "where", "orderBy"}
    ):
        return None
    where = query.link("where")
    condition = f", {query.file.text(where.arguments[0])}" if where and where.arguments else ""
    text = f"await {query.handle}.$count({query.table.text}{condition})"
    outer = place.parent
    if outer is not None and outer.type not in ("variable_declarator", "return_statement", "pair", "arguments"):
        text = f"({text})"
    return Fix("Let PostgreSQL count", "safe", (Edit(query.file.source.span(place), text),))


EXAMPLES = (
    example(
        "export const f = async (id: string) => {\n"
        "  const n = (await db.select().from(orders).where(eq(orders.customerId, id))).length\n  return n\n}\n",
        ORDERS,
        fixed="export const f = async (id: string) => {\n"
        "  const n = await db.$count(orders, eq(orders.customerId, id))\n  return n\n}\n",
    ),
    example("export const f = async (id: string) => db.$count(orders, eq(orders.customerId, id))\n"),
    example(
        "export const f = async (id: string) => {\n"
        "  const found = await db.query.orders.findMany({ where: eq(orders.customerId, id) })\n"
        "  return found.length > 0\n}\n",
        ORDERS,
        title="only to know whether there is one",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  const found = await db.select().from(orders).where(eq(orders.customerId, id)).limit(1)\n"
        "  return found.length > 0\n}\n",
        title="with a limit",
    ),
)
