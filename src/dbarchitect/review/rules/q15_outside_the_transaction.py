"""A query in a transaction's callback does not belong to the transaction, or a query is never run.

Why
    Within `db.transaction(async (tx) => …)` only what goes through `tx` is part of it: a write through `db` runs on
    another connection, is committed at once and stays when the transaction rolls back; it cannot see the rows that the
    transaction wrote, and may wait for its locks for ever. The same holds for a function that the callback calls
    without the handle.
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
from dbarchitect.review.query_facts import service, spoken, table_of
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node, arguments, walk

REQUEST = re.compile(
    r"\bawait\s+((?:fetch|axios(?:\.\w+)?|ky(?:\.\w+)?|got(?:\.\w+)?|(?:stripe|resend|openai|twilio)(?:\.\w+)+"
    r"|\w+\.sendMail))\s*[(<]",
    re.ASCII,
)
CHANGES = {"insert": "inserts into", "update": "updates", "delete": "deletes from"}
RULE = Rule("Q15", "outside-the-transaction", "fact", "error", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each query through another handle than the transaction's, and each that nobody awaits."""
    for query in service(subject):
        within = query.around.transaction
        if within is not None and _outside(query, within.handle):
            done = "reads" if query.reads or query.verb == "count" else "writes"
            instead = within.handle or "the handle that the callback does not take"
            message = (
                f"the {query.verb} of {spoken(query)} goes through {query.handle}, not {instead}: "
                f"it {done} outside the transaction around it"
            )
            severity = "error" if done == "writes" else "warning"
            fix = _through(query, within.handle) if within.handle else None
            fixes = [fix] if fix else []
            yield RULE.finding(subject, query.address, message, span=query.span, severity=severity, fixes=fixes)  # type: ignore[arg-type]
        if query.ending == "dropped" and query.complete and not query.link("prepare", "toSQL", "as"):
            message = f"the {query.verb} of {spoken(query)} never runs: nobody awaits it"
            yield RULE.finding(subject, query.address, message, span=query.span, fixes=_awaited(query))
        elif query.ending == "stored" and query.complete is False and _forgotten(query):
            message = f"the {query.verb} of {spoken(query)} never runs: nobody awaits {_kept(query)}"
            yield RULE.finding(subject, query.address, message, span=query.span)
    yield from _waits(subject)
    yield from _called(subject)


def _waits(subject: Subject) -> Iterator[Finding]:
    """Each transaction that waits for another service, at the first request in it."""
    seen: set[tuple[str, int]] = set()
    for query in service(subject):
        within = query.around.transaction
        if within is None or (query.file.path, within.node.start_byte) in seen:
            continue
        seen.add((query.file.path, within.node.start_byte))
        found = REQUEST.search(query.file.whole, within.node.start_byte, within.node.end_byte)
        if found is None:
            continue
        message = (
            f"the transaction on {spoken(query)} waits for {found[1]}: "
            "it holds its locks and its connection as long as that takes"
        )
        span = query.file.source.between(found.start(), found.end())
        yield RULE.finding(subject, query.address, message, span=span, severity="warning")


def _outside(query: Query, handle: str) -> bool:
    if not re.fullmatch(r"[\w$]*", handle) or query.handle.split(".")[0] == handle:
        return False
    if query.ending in ("passed", "stored"):
        return False  # a subquery takes the connection of the query around it
    if not _plain(query.handle):
        return False
    guards = query.around.guards
    return not any(word in ("afterCommit", "onCommit", "waitUntil", "after", "setTimeout", "catch") for word in guards)


def _plain(handle: str) -> bool:
    """Whether a handle is that of the whole database by its name."""
    return re.fullmatch(r"_?#?(?:db|database|drizzle|\w*D[bB])", handle.split(".")[-1]) is not None


def _kept(query: Query) -> str:
    above = query.node.parent
    name = above.child_by_field_name("name") if above is not None and above.type == "variable_declarator" else None
    return query.file.text(name) if name is not None and name.type == "identifier" else ""


def _forgotten(query: Query) -> bool:
    """Whether the variable in a function that keeps the builder is used nowhere."""
    name = _kept(query)
    if not name or query.around.node is None or query.link("prepare", "toSQL", "as"):
        return False
    return len([node for node in query.file.occurrences(name) if _inside(node, query.around.node)]) == 1


def _inside(node: Node, outer: Node) -> bool:
    return outer.start_byte <= node.start_byte < outer.end_byte


def _called(subject: Subject) -> Iterator[Finding]:
    """Each call in a transaction's callback of a function that writes through the database's own handle."""
    if subject.queries is None or subject.queries.modules is None:
        return
    writers: dict[tuple[str, int], Query] = {}
    for query in service(subject, "insert", "update", "delete"):
        around = query.around
        if around.node is not None and around.transaction is None and not around.guards and _global(query):
            writers.setdefault((query.file.path, around.node.start_byte), query)
    seen: set[tuple[str, int]] = set()
    for query in service(subject):
        within = query.around.transaction
        if within is None or not within.handle or query.handle != within.handle:
            continue
        if (query.file.path, within.node.start_byte) in seen:
            continue
        seen.add((query.file.path, within.node.start_byte))
        for call in walk(within.node):
            function = call.child_by_field_name("function") if call.type == "call_expression" else None
            if (
                function is None
                or call.parent is None
                or call.parent.type not in ("await_expression", "return_statement")
            ):
                continue
            target = subject.queries.modules.function(query.file, function)
            written = writers.get((target[0].path, target[1].start_byte)) if target is not None else None
            given = [query.file.text(part) for part in arguments(call)]
            if written is None or any(re.search(rf"\b{re.escape(within.handle)}\b", text) for text in given):
                continue
            message = (
                f"{query.file.text(function)}() {CHANGES[written.verb]} {table_of(written).name} through "
                f"{written.handle}, not {within.handle}: it writes outside the transaction around it"
            )
            span = query.file.source.span(call)
            yield RULE.finding(subject, written.address, message, span=span, severity="warning", related=[written.span])


def _global(query: Query) -> bool:
    """Whether the handle is the module's own: one that the function takes may be a transaction's."""
    if not re.fullmatch(r"[\w$]+", query.handle) or not _plain(query.handle):
        return False
    return all(item.kind in ("const", "let", "import") and item.start in (0, query.file.root.start_byte)
               for item in query.file.bindings(query.handle))  # fmt: skip


def _through(query: Query, handle: str) -> Fix | None:
    start = query.node.start_byte
    text = query.handle
    if query.file.whole[start : start + len(text)] != text:
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
    example(
        "async function touch(id: string) {\n"
        "  await db.update(orders).set({ status: 'x' }).where(eq(orders.id, id))\n}\n"
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.delete(orders).where(eq(orders.customerId, id))\n    await touch(id)\n  })\n}\n",
        ORDERS,
        title="a function that does not take the handle",
    ),
    example(
        "async function touch(id: string, on = db) {\n"
        "  await on.update(orders).set({ status: 'x' }).where(eq(orders.id, id))\n}\n"
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    await tx.delete(orders).where(eq(orders.customerId, id))\n    await touch(id, tx)\n  })\n}\n",
        title="a function that takes the handle",
    ),
    example(
        "export const f = protectedProcedure.mutation(async ({ ctx, input }) => {\n"
        "  await ctx.db.transaction(async () => {\n"
        "    await ctx.db.delete(orders).where(eq(orders.id, input.id))\n  })\n})\n",
        ORDERS,
        title="a callback that takes no handle",
    ),
    example(
        "export const f = async (id: string) => {\n  const query = db.delete(orders).where(eq(orders.id, id))\n"
        "  log('deleted', id)\n}\n",
        ORDERS,
        title="a builder that nobody awaits",
    ),
)
DEMONSTRATION = (
    Do("create table invoices (id int primary key); create table audit (id int primary key)"),
    Do("insert into audit values (1)", "through db: a transaction of its own, committed at once"),
    Do("begin; insert into invoices values (1); rollback", "the transaction fails"),
    Shows("select (select count(*) from invoices), (select count(*) from audit)", "0 | 1",
          "what went through db stays, although its transaction never happened"),
)  # fmt: skip
