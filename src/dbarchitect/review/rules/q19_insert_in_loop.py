"""Rows are inserted one by one in a loop.

Why
    Each insert is a round trip and a transaction of its own; `values([…])` takes a list, and a thousand rows in one
    statement cost little more than one.
    Inserts between other queries of the round, those that wait for another service, chunks, retries, one transaction
    for each element, tests, seeds and scripts are left alone.

Fix
    Collect the rows and insert them by `values(rows)`, in chunks of a few thousand (a statement takes 65,535
    parameters). No fix is made: what happens to each row afterwards must be written anew.

Sources
    https://www.postgresql.org/docs/current/populate.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.query_facts import service, spoken
from dbarchitect.review.query_loops import repeated, waits_elsewhere
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q19", "insert-in-loop", "house", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each insert that runs once for each element of a list and could take them all."""
    places: dict[str, set[int]] = {}
    others: dict[str, set[int]] = {}
    for query in subject.queries or ():
        if query.verb != "insert":
            others.setdefault(query.file.path, set()).add(query.node.start_byte)
        places.setdefault(query.file.path, set()).add(query.node.start_byte)
    for query in service(subject, "insert"):
        if query.ending not in ("awaited", "returned") or query.variable:
            continue
        loop = repeated(query)
        if loop is None or waits_elsewhere(query, loop, frozenset(places[query.file.path])):
            continue
        inside = range(loop.node.start_byte, loop.node.end_byte)
        if any(place in inside for place in others.get(query.file.path, ())):
            continue
        values = query.link("values")
        if values is None or not values.arguments or values.arguments[0].type == "array":
            continue
        message = f"the loop inserts into {spoken(query)} row by row: values() takes them all in one statement"
        yield RULE.finding(subject, query.address, message, span=query.span)


EXAMPLES = (
    example(
        "export const f = async (list: New[]) => {\n  for (const order of list) {\n"
        "    await db.insert(orders).values(order)\n  }\n}\n",
        ORDERS,
    ),
    example("export const f = async (list: New[]) => {\n  await db.insert(orders).values(list)\n}\n"),
    example(
        "export const f = async (list: New[]) => {\n  for (const batch of chunk(list, 1000)) {\n"
        "    await db.insert(orders).values(batch)\n  }\n}\n",
        title="chunks",
    ),
    example(
        "export const f = async (list: New[]) => {\n  for (const order of list) {\n"
        "    const [made] = await db.insert(orders).values(order).returning()\n"
        "    await notify(made.id)\n  }\n}\n",
        title="the row is needed in the round",
    ),
)
