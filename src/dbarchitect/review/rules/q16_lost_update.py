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
from dbarchitect.read.drizzle.query.scope import File, bare
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.query_facts import locked, service, spoken
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Node

RULE = Rule("Q16", "lost-update", "fact", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each update that sets a column to arithmetic on what the same function read of it before."""
    reads: dict[tuple[str, int], list[Query]] = {}
    for query in service(subject, "select", "findFirst"):
        if query.around.node is not None and _rows(query):
            reads.setdefault((query.file.path, query.around.node.start_byte), []).append(query)
    for query in service(subject, "update"):
        around = query.around.node
        for read in reads.get((query.file.path, around.start_byte), ()) if around is not None else ():
            key = _written_back(read, query)
            if key is None:
                continue
            message = (
                f"the update of {spoken(query)} writes back {key} that the function read before: "
                "what another run wrote in between is lost"
            )
            yield RULE.finding(subject, query.address, message, span=query.span, related=[read.span])
            break


def _written_back(read: Query, write: Query) -> str | None:
    if read.address != write.address or read.node.start_byte > write.node.start_byte or locked(read):
        return None
    transaction = write.around.transaction
    if transaction is not None and transaction.node.parent is not None:
        settings = write.file.whole[transaction.node.end_byte : transaction.node.parent.end_byte]
        if "serializable" in settings or "repeatable" in settings:
            return None
    link = write.link("set")
    node = bare(link.arguments[0]) if link and link.arguments else None
    if node is None or node.type != "object":
        return None
    for key, value in pairs(write.file, node)[0].items():
        text = _text(write.file, value)
        row = rf"\b(?:{'|'.join(_names(read, key))})\b"
        added = re.search(rf"(?<![\w.]){row}\s*(?:\+\+|--|[-+*/]=)", _between(read, write))
        if added and re.fullmatch(row, text):
            return key if not mentions(write.where, _column(write, key)) else None
        changed = rf"{row}(?:\s*(?:\?\?|\|\|)\s*[\w.'\"]+\s*\)?)?\s*[+*/-]|[+*-]\s*\(?{row}"
        if "sql" not in text and re.search(changed, text) and not mentions(write.where, _column(write, key)):
            return key
    return None


def _column(write: Query, key: str) -> str:
    columns = write.table.declared.columns if write.table.declared else ()
    return next((column.name for column in columns if column.key == key), key)


def _text(file: File, value: Node) -> str:
    """A value as it is written, or what the constant holds that it names."""
    node = bare(value)
    item = file.meaning(node) if node.type in ("identifier", "shorthand_property_identifier") else None
    if item is not None and item.kind in ("const", "let") and item.value is not None and not item.path:
        return file.text(item.value)
    return file.text(value)


def _between(read: Query, write: Query) -> str:
    return write.file.whole[read.node.end_byte : write.node.start_byte]


def _rows(read: Query) -> dict[str, str]:
    """The names that stand for the row that a query gave: name to the key it holds, '' for the whole row."""
    file = read.file
    if read.variable and read.single:
        return {read.variable: ""}
    above = read.node.parent
    while above is not None and above.type in ("await_expression", "parenthesized_expression", "non_null_expression"):
        above = above.parent
    pattern = above.child_by_field_name("name") if above is not None and above.type == "variable_declarator" else None
    if pattern is not None and pattern.type == "array_pattern" and len(pattern.named_children) == 1:
        pattern = pattern.named_children[0]
    if pattern is not None and pattern.type == "object_pattern":
        found = {}
        for part in pattern.named_children:
            key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
            if part.type == "shorthand_property_identifier_pattern":
                found[file.text(part)] = file.text(part)
            elif key is not None and value is not None and value.type == "identifier":
                found[file.text(value)] = file.text(key)
        return found
    if not read.variable or read.result is None:
        return {}
    item = file.meaning(read.result)
    names = {}
    for use in file.uses(item) if item is not None else ():
        first = use.parent
        while first is not None and first.type in ("subscript_expression", "non_null_expression"):
            below, first = first, first.parent
            name = (
                first.child_by_field_name("name") if first is not None and first.type == "variable_declarator" else None
            )
            if name is not None and name.type == "identifier" and re.search(r"\[0\]!?$", file.text(below)):
                names[file.text(name)] = ""
    return names


def _names(read: Query, key: str) -> list[str]:
    return [
        re.escape(name) if own else rf"{re.escape(name)}[?!]?\.{re.escape(key)}"
        for name, own in _rows(read).items()
        if own in ("", key)
    ] or ["(?!)"]


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
    example(
        "export const f = async (id: string, amount: number) => {\n"
        "  const customer = await db.query.customers.findFirst({ where: eq(customers.id, id), columns: { points: "
        "true } })\n  const points = (customer?.points ?? 0) - amount\n  if (points < 0) throw new Error('too few')\n"
        "  await db.update(customers).set({ points }).where(eq(customers.id, id))\n}\n",
        CUSTOMERS,
        title="by way of a constant",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  const rows = await db.select().from(customers).where(eq(customers.id, id)).limit(1)\n"
        "  const customer = rows[0]\n"
        "  await db.update(customers).set({ points: customer.points + 1 }).where(eq(customers.id, id))\n}\n",
        CUSTOMERS,
        title="the first of the rows",
    ),
    example(
        "export const f = protectedProcedure.mutation(async ({ ctx, input }) => {\n"
        "  await ctx.db.transaction(async (tx) => {\n"
        "    const [{ points }] = await tx.select({ points: customers.points }).from(customers)"
        ".where(eq(customers.id, input.id))\n"
        "    await tx.update(customers).set({ points: points * 2 }).where(eq(customers.id, input.id))\n  })\n})\n",
        CUSTOMERS,
        title="destructured, in a transaction, which does not help",
    ),
    example(
        "export const f = async (id: string, points: number) => {\n"
        "  const [customer] = await db.select().from(customers).where(eq(customers.id, id))\n"
        "  if (!customer) throw new Error('none')\n"
        "  await db.update(customers).set({ points: points + 1 }).where(eq(customers.id, id))\n}\n",
        title="another value of the same name",
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
