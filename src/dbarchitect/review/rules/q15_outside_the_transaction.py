"""A query in a transaction's callback does not belong to the transaction, or a query is never run.

Why
    Within `db.transaction(async (tx) => …)` only what goes through `tx` is part of it: a write through `db` runs on
    another connection, is committed at once and stays when the transaction rolls back; it cannot see the rows that the
    transaction wrote, and may wait for its locks for ever.
    A transaction that waits for another service (`await fetch(…)`) keeps its locks and its connection as long as that
    takes, and cannot take the request back when it fails.
    A builder that nobody awaits never runs: Drizzle sends a query when its `then` is called, and `void` does not.

Fix
    Use the transaction's handle. The fix replaces the handle; unsafe, since what was committed at once no longer is.
    Await the query; that fix is unsafe too, since a query that never ran will. Where the function is not async, no fix
    is made.

Sources
    https://orm.drizzle.team/docs/transactions
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending.query_edits import at
from dbarchitect.review.query_facts import service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject

REQUEST = re.compile(
    rb"\bawait\s+((?:fetch|axios(?:\.\w+)?|ky(?:\.\w+)?|got(?:\.\w+)?|(?:stripe|resend|openai|twilio)(?:\.\w+)+"
    rb"|\w+\.sendMail))\s*[(<]"
)
RULE = Rule("Q15", "outside-the-transaction", "fact", "error", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each query through another handle than the transaction's, and each that nobody awaits."""
    for query in service(subject):
        within = query.around.transaction
        if within is not None and _outside(query, within.handle):
            done = "reads" if query.reads or query.verb == "count" else "writes"
            message = (
                f"the {query.verb} of {spoken(query)} goes through {query.handle}, not {within.handle}: "
                f"it {done} outside the transaction around it"
            )
            severity = "error" if done == "writes" else "warning"
            fix = _through(query, within.handle)
            fixes = [fix] if fix else []
            yield RULE.finding(subject, query.address, message, span=query.span, severity=severity, fixes=fixes)  # type: ignore[arg-type]
        if query.ending == "dropped" and query.complete and not query.link("prepare", "toSQL", "as"):
            message = f"the {query.verb} of {spoken(query)} never runs: nobody awaits it"
            yield RULE.finding(subject, query.address, message, span=query.span, fixes=_awaited(query))
    yield from _waits(subject)


def _waits(subject: Subject) -> Iterator[Finding]:
    """Each transaction that waits for another service, at the first request in it."""
    seen: set[tuple[str, int]] = set()
    for query in service(subject):
        within = query.around.transaction
        if within is None or (query.file.path, within.node.start_byte) in seen:
            continue
        seen.add((query.file.path, within.node.start_byte))
        found = REQUEST.search(query.file.bytes, within.node.start_byte, within.node.end_byte)
        if found is None:
            continue
        message = (
            f"the transaction on {spoken(query)} waits for {found[1].decode()}: "
            "it holds its locks and its connection as long as that takes"
        )
        span = query.file.source.between(found.start(), found.end())
        yield RULE.finding(subject, query.address, message, span=span, severity="warning")


def _outside(query: Query, handle: str) -> bool:
    if not re.fullmatch(r"[\w$]+", handle) or query.handle.split(".")[0] == handle:
        return False
    if query.ending in ("passed", "stored"):
        return False  # a subquery takes the connection of the query around it
    plain = query.handle.removeprefix("this.").split(".")[-1]
    if not re.fullmatch(r"_?#?(?:db|database|drizzle|\w*D[bB])", plain):
        return False
    guards = query.around.guards
    return not any(word in ("afterCommit", "onCommit", "waitUntil", "after", "setTimeout", "catch") for word in guards)


def _through(query: Query, handle: str) -> Fix | None:
    start = query.node.start_byte
    text = query.handle.encode()
    if query.file.bytes[start : start + len(text)] != text:
        return None
    span = query.file.source.between(start, start + len(text))
    return Fix(f"Go through {handle}", "unsafe", (Edit(span, handle),))


def _awaited(query: Query) -> list[Fix]:
    above = query.node.parent
    if not query.around.asynchronous or above is None or above.type != "expression_statement":
        return []
    return [Fix("Await the query", "unsafe", (Edit(at(query.file, query.node.start_byte), "await "),))]


EXAMPLES = (
    example(
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.update(orders).set({ status: 'paid' }).where(eq(orders.id, id))\n"
        "    await db.delete(orders).where(eq(orders.customerId, id))\n  })\n}\n",
        ORDERS,
        fixed="export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.update(orders).set({ status: 'paid' }).where(eq(orders.id, id))\n"
        "    await tx.delete(orders).where(eq(orders.customerId, id))\n  })\n}\n",
    ),
    example(
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.delete(orders).where(inArray(orders.customerId, db.select({ id: customers.id })"
        ".from(customers).where(eq(customers.id, id))))\n  })\n}\n",
        title="a subquery takes the connection of the query around it",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id))\n}\n",
        ORDERS,
        fixed="export const f = async (id: string) => {\n"
        "  await db.update(orders).set({ status: 'paid' }).where(eq(orders.id, id))\n}\n",
        title="nobody awaits it",
    ),
    example(
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.update(orders).set({ status: 'paid' }).where(eq(orders.id, id))\n"
        "    await fetch(`https://pay.example/${id}`)\n  })\n}\n",
        ORDERS,
        title="a request within the transaction",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  db.delete(orders).where(eq(orders.id, id)).catch(console.error)\n"
        "  await Promise.all([db.delete(orders).where(eq(orders.customerId, id))])\n}\n",
        title="catch and Promise.all run it",
    ),
)
DEMONSTRATION = (
    Do("create table invoices (id int primary key); create table audit (id int primary key)"),
    Do("insert into audit values (1)", "through db: a transaction of its own, committed at once"),
    Do("begin; insert into invoices values (1); rollback", "the transaction fails"),
    Shows("select (select count(*) from invoices), (select count(*) from audit)", "0 | 1",
          "what went through db stays, although its transaction never happened"),
)  # fmt: skip
