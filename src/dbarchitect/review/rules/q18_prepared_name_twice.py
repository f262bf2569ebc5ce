"""Two prepared queries have the same name.

Why
    A prepared statement's name holds for the whole connection. The second query with the same name fails, or, with a
    driver that remembers by name, runs the first one's SQL.

Fix
    Give each query a name of its own. No fix is made: names are read in logs and monitors.

Sources
    https://www.postgresql.org/docs/current/sql-prepare.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.read.drizzle.query.scope import bare
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.query_facts import service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node

RULE = Rule("Q18", "prepared-name-twice", "fact", "error", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each prepared query whose name an earlier one has, with another text."""
    first: dict[str, Query] = {}
    for query in service(subject):
        link = query.link("prepare")
        name = _name(query, link.arguments[0]) if link is not None and link.arguments else ""
        if link is None or not name:
            continue
        other = first.setdefault(name, query)
        if other is not query and _text(other) != _text(query):
            message = f"the prepared {query.verb} of {spoken(query)} takes the name {name!r} of another query"
            yield RULE.finding(subject, query.address, message, span=link.span, related=[other.span])


def _name(query: Query, node: Node) -> str:
    """The name as a text, here or in a constant; '' when it is put together."""
    node = bare(node)
    if node.type == "identifier":
        item = query.file.meaning(node)
        node = bare(item.value) if item is not None and item.kind == "const" and item.value and not item.path else node
    plain = node.type == "string" or (node.type == "template_string" and b"${" not in (node.text or b"${"))
    return query.file.text(node)[1:-1] if plain else ""


def _text(query: Query) -> str:
    return " ".join(query.file.text(query.node).split())


EXAMPLES = (
    example(
        "export const one = db.select().from(orders).where(eq(orders.id, sql.placeholder('id'))).prepare('by_id')\n"
        "export const two = db.select().from(customers).where(eq(customers.id, "
        "sql.placeholder('id'))).prepare('by_id')\n",
        CUSTOMERS,
    ),
    example(
        "export const one = db.select().from(orders).where(eq(orders.id, "
        "sql.placeholder('id'))).prepare('order_by_id')\n"
        "export const two = db.select().from(customers).where(eq(customers.id, sql.placeholder('id')))"
        ".prepare('customer_by_id')\n"
    ),
    example(
        "export const one = db.query.orders.findFirst({ where: eq(orders.id, sql.placeholder('id')) }).prepare('one')\n"
        "export const two = db.query.orders.findMany({ limit: 5 }).prepare('one')\n",
        ORDERS,
        title="relational queries as well",
    ),
    example(
        "const NAME = 'by_id'\nexport const a = db.select().from(customers).where(eq(customers.id, "
        "sql.placeholder('id'))).prepare(NAME)\n"
        "export const b = db.query.orders.findFirst({ where: eq(orders.id, sql.placeholder('id')) })"
        ".prepare(`by_id`)\n",
        ORDERS,
        title="the name in a constant",
    ),
)
DEMONSTRATION = (
    Do("prepare by_id as select 1"),
    Refuses("prepare by_id as select 2", "42P05", "the connection knows the name already"),
)
