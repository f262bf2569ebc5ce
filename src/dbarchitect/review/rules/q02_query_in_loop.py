"""A query runs once for each element of a list.

Why
    n elements cost n round trips, one after the other or in parallel on as many connections; one query with `inArray`,
    a join, `with` of a relational query or an update from a list of values does the same in one. An update that gives
    each element a value of its own is information only.
    What is one by one by design is left alone: walks along a cursor, retries, chunks and batches, locks (`for update
    skip locked`), one transaction for each element, loops that stop at the first hit, short constant lists and limits,
    what runs only after a failure, rounds that wait for another service in between, tests, seeds, scripts, migrations
    and jobs that treat all rows.

Fix
    Collect the keys first and ask once: `inArray(orders.customerId, ids)`, then group in memory; or join. No fix is
    made: where the rows go afterwards must be written anew.

Sources
    Seed: performance considerations. The waiver classes come from public reviews of such a rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Severity
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.review.query_facts import locked, service, spoken
from dbarchitect.review.query_loops import repeated, waits_elsewhere, writes_own_values
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q02", "query-in-loop", "house", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each loop with queries that depend on its element; one finding a loop."""
    places: dict[str, set[int]] = {}
    for query in subject.queries or ():
        places.setdefault(query.file.path, set()).add(query.node.start_byte)
    loops: dict[tuple[str, int], list[Query]] = {}
    for query in service(subject, "select", "findMany", "findFirst", "count", "update", "delete"):
        if query.ending not in ("awaited", "returned"):
            continue
        loop = repeated(query)
        if loop is None:
            continue
        own = frozenset(places[query.file.path])
        writes = query.verb in ("update", "delete")
        if writes and (locked(query) or waits_elsewhere(query, loop, own)):
            continue
        loops.setdefault((query.file.path, loop.node.start_byte), []).append(query)
    for found in loops.values():
        query = found[0]
        loop = query.around.loops[0]
        many = "in parallel, one" if loop.kind == "parallel" else "one"
        word = {"update": "updates", "delete": "deletes"}.get(query.verb, "reads")
        over = " ".join(loop.over.split())
        message = (
            f"the loop over {over if len(over) < 40 else 'the list'} {word} {spoken(query)} {many} query for each "
            "element: one query could do it for all"
        )
        own_values = writes_own_values(query, loop)
        severity: Severity = "info" if own_values else "warning"
        related = [other.span for other in found[1:]]
        yield RULE.finding(subject, query.address, message, span=query.span, severity=severity, related=related)


EXAMPLES = (
    example(
        "export const f = async (ids: string[]) => {\n  const found = []\n  for (const id of ids) {\n"
        "    found.push(await db.select().from(orders).where(eq(orders.customerId, id)))\n  }\n  return found\n}\n",
        ORDERS,
    ),
    example(
        "export const f = async (ids: string[]) =>\n  db.select().from(orders).where(inArray(orders.customerId, ids))\n"
    ),
    example(
        "export const f = async (list: { id: string }[]) =>\n  Promise.all(list.map(async (item) => ({ ...item, owner: "
        "await db.query.customers.findFirst({ where: eq(customers.id, item.id) }) })))\n",
        CUSTOMERS,
        title="in parallel",
    ),
    example(
        "export const f = async () => {\n  let cursor = ''\n  while (true) {\n    const page = await db.select()"
        ".from(orders).where(gt(orders.id, cursor)).orderBy(orders.id).limit(100)\n    if (page.length === 0) break\n"
        "    cursor = page[page.length - 1].id\n  }\n}\n",
        title="a walk along a cursor",
    ),
    example(
        "export const f = async (ids: string[]) => {\n  for (const id of ids) {\n    await db.select().from(orders)"
        ".where(eq(orders.id, id)).for('update', { skipLocked: true })\n  }\n}\n",
        title="locks",
    ),
    example(
        "export const f = async (id: string) => {\n  for (let attempt = 0; attempt < 3; attempt++) {\n"
        "    await db.update(orders).set({ status: 'x' }).where(eq(orders.id, id))\n  }\n}\n",
        title="retries",
    ),
    example(
        "export const f = async (ids: string[]) => {\n  for (const batch of chunks(ids, 500)) {\n"
        "    await db.delete(orders).where(inArray(orders.id, batch))\n  }\n}\n",
        title="chunks",
    ),
    example(
        "export const f = async (list: Order[]) => {\n  for (const order of list) {\n    const answer = await "
        "pay(order)\n"
        "    await db.update(orders).set({ status: answer }).where(eq(orders.id, order.id))\n  }\n}\n",
        title="each round waits for another service",
    ),
    example(
        "export const f = async (ids: string[]) => {\n  for (const id of ids) {\n    try {\n      await invite(id)\n"
        "    } catch {\n      const known = await db.query.customers.findFirst({ where: eq(customers.id, id) })\n"
        "      log(known)\n    }\n  }\n}\n",
        title="only after a failure",
    ),
    example(
        "export const f = async (name: string) => {\n"
        "  const found = await db.select().from(customers).where(eq(customers.name, name)).limit(2)\n"
        "  return Promise.all(found.map(async (item) => ({ ...item, list: await db.select().from(orders)"
        ".where(eq(orders.customerId, item.id)) })))\n}\n",
        title="two rows at most",
    ),
    example(
        "export const recall = protectedProcedure.mutation(async ({ ctx, input }) => {\n"
        "  for (const id of input.ids) {\n    await ctx.db.delete(orders).where(eq(orders.id, id))\n  }\n})\n",
        ORDERS,
        title="a name that only sounds like all",
    ),
)
