"""A value is read, changed in the program and written back.

Why
    Two runs at the same time both read 10, both write 11, and one of them is lost. PostgreSQL's default isolation does
    not notice. A lock on the row when it is read (`.for('update')`), serializable isolation, a condition on the old
    value in the update, or arithmetic in SQL prevents it.

Fix
    Let PostgreSQL count: set({ points: sql`${customers.points} + 1` }). No fix is made: checks between reading and
    writing would have to move as well.

Sources
    https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.read.drizzle.query.objects import pairs
from dbarchitect.read.drizzle.query.predicates import mentions
from dbarchitect.read.drizzle.query.scope import bare
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import locked, service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q16", "lost-update", "fact", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each update that sets a column to arithmetic on what the same function read of it before."""
    reads: dict[tuple[str, int], list[Query]] = {}
    for query in service(subject, "select", "findFirst"):
        if query.variable and query.single and query.around.node is not None:
            reads.setdefault((query.file.path, query.around.node.start_byte), []).append(query)
    for query in service(subject, "update"):
        around = query.around.node
        for read in reads.get((query.file.path, around.start_byte), ()) if around is not None else ():
            key = _written_back(read, query)
            if key is None:
                continue
            message = (
                f"the update of {spoken(query)} writes back {key} that {read.variable} read before: "
                "what another run wrote in between is lost"
            )
            yield RULE.finding(subject, query.address, message, span=query.span, related=[read.span])
            break


def _written_back(read: Query, write: Query) -> str | None:
    if read.address != write.address or read.node.start_byte > write.node.start_byte or locked(read):
        return None
    transaction = write.around.transaction
    if transaction is not None and transaction.node.parent is not None:
        settings = write.file.bytes[transaction.node.end_byte : transaction.node.parent.end_byte]
        if b"serializable" in settings or b"repeatable" in settings:
            return None
    link = write.link("set")
    node = bare(link.arguments[0]) if link and link.arguments else None
    if node is None or node.type != "object":
        return None
    for key, value in pairs(write.file, node)[0].items():
        text = write.file.text(value)
        row = rf"\b{re.escape(read.variable)}[?!]?\.{re.escape(key)}\b"
        changed = rf"{row}(?:\s*(?:\?\?|\|\|)\s*[\w.'\"]+\s*\)?)?\s*[+*/-]|[+*-]\s*\(?{row}"
        if "sql" not in text and re.search(changed, text):
            name = next((column.name for column in write.table.declared.columns if column.key == key), key) \
                if write.table.declared else key  # fmt: skip
            if not mentions(write.where, name):
                return key
    return None


EXAMPLES = (
    example(
        "export const f = async (id: string) => {\n"
        "  const [customer] = await db.select().from(customers).where(eq(customers.id, id))\n"
        "  await db.update(customers).set({ points: customer.points + 1 }).where(eq(customers.id, id))\n}\n",
        CUSTOMERS,
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  await db.update(customers).set({ points: sql`${customers.points} + 1` }).where(eq(customers.id, id))\n}\n"
    ),
    example(
        "export const f = async (id: string) => {\n  await db.transaction(async (tx) => {\n"
        "    const [customer] = await tx.select().from(customers).where(eq(customers.id, id)).for('update')\n"
        "    await tx.update(customers).set({ points: customer.points + 1 }).where(eq(customers.id, id))\n  })\n}\n",
        title="the row is locked",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  const [customer] = await db.select().from(customers).where(eq(customers.id, id))\n"
        "  await db.update(customers).set({ points: customer.points + 1 })"
        ".where(and(eq(customers.id, id), eq(customers.points, customer.points)))\n}\n",
        title="the old value is a condition",
    ),
)
DEMONSTRATION = (
    Do("create table counters (id int primary key, n int); insert into counters values (1, 10);"
       "create table readings (run text, n int)"),
    Do("insert into readings select 'first', n from counters", "the first run reads"),
    Do("insert into readings select 'second', n from counters", "the second run reads"),
    Do("update counters set n = (select n + 1 from readings where run = 'first')", "the first run writes"),
    Do("update counters set n = (select n + 1 from readings where run = 'second')", "the second run writes"),
    Shows("select n from counters", "11", "two runs counted, and one of them is lost"),
    Do("update counters set n = 10; update counters set n = n + 1; update counters set n = n + 1"),
    Shows("select n from counters", "12", "arithmetic in SQL loses nothing"),
)  # fmt: skip
