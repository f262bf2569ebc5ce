"""A function looks whether a row exists and inserts it if not, and nothing in the database forbids two.

Why
    Two runs at the same time both find nothing and both insert. Only a unique constraint can forbid the second row;
    with one, `onConflictDoNothing` or `onConflictDoUpdate` makes the look unnecessary.
    Where a unique key lies within the columns that were looked for, the database forbids it and nothing is said.

Fix
    Add a unique constraint on the columns and insert with `onConflictDoNothing({ target: […] })`. No fix is made:
    whether rows may be equal in those columns must be decided.

Sources
    https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.chains import ancestors
from dbarchitect.read.drizzle.query.model import Compare, Query
from dbarchitect.read.drizzle.query.objects import pairs
from dbarchitect.read.drizzle.query.predicates import opaque, required
from dbarchitect.read.drizzle.query.scope import bare
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.query_facts import key_of, locked, looks_up_one, pinned, service, spoken, table_of
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q20", "check-then-insert", "fact", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each insert that depends on a look for the same values, on a table without a unique key on them."""
    reads: dict[tuple[str, int], list[Query]] = {}
    for query in service(subject, "select", "findFirst", "findMany"):
        if query.variable and query.around.node is not None:
            reads.setdefault((query.file.path, query.around.node.start_byte), []).append(query)
    for query in service(subject, "insert"):
        around = query.around.node
        if (
            around is None
            or not subject.is_whole(table_of(query))
            or query.link("onConflictDoNothing", "onConflictDoUpdate")
            or locked(query)
        ):
            continue
        for read in reads.get((query.file.path, around.start_byte), ()):
            columns = _looked_for(read, query)
            if not columns:
                continue
            keys = ", ".join(key_of(query.table, column) for column in columns)
            message = (
                f"the insert into {spoken(query)} relies on having found no row with the same {keys}: "
                "two runs at once insert two, for no unique key forbids it"
            )
            yield RULE.finding(subject, query.address, message, span=query.span, related=[read.span])
            break


def _looked_for(read: Query, write: Query) -> tuple[str, ...]:
    """The columns that the read compares with what the insert writes; empty when the two are no such pair."""
    if read.address != write.address or read.node.start_byte > write.node.start_byte or opaque(read.where):
        return ()
    if read.link("for") or read.joins or looks_up_one(read) or not _guards(read, write):
        return ()
    link = write.link("values")
    node = bare(link.arguments[0]) if link and link.arguments else None
    if node is None or node.type != "object":
        return ()
    written = write.file.text(node)
    columns = sorted(pinned(read))
    asked = [item for item in required(read.where) if isinstance(item, Compare)]
    if not columns or len(asked) < len(list(required(read.where))):
        return ()
    if all(value.kind == "literal" for item in asked for value in item.values):
        return ()  # the first owner, the only default: no key could hold that
    if _another_key(write, frozenset(columns)):
        return ()
    if any("${" in text and any(key_of(read.table, column) in text for column in columns) for text in _keys(write)):
        return ()
    same = all(re.search(rf"\b{re.escape(key_of(read.table, column))}\b", written) for column in columns)
    return tuple(columns) if same else ()


def _another_key(write: Query, columns: frozenset[str]) -> bool:
    """Whether a wider unique key holds the columns, and the insert fills the rest of it from the same things: two runs
    that look for the same row then write the same key.
    """
    link, table = write.link("values"), table_of(write)
    node = bare(link.arguments[0]) if link and link.arguments else None
    if node is None or node.type != "object":
        return False
    values = {key: write.file.text(value) for key, value in pairs(write.file, node)[0].items()}
    roots = {values.get(key_of(write.table, name), "").partition(".")[0] for name in columns}
    keys = [unique.columns for unique in table.uniques]
    keys += [index.columns for index in table.indexes if index.unique and not index.where]
    for key in keys:
        rest = [values.get(key_of(write.table, name), "") for name in key if name not in columns]
        if rest and columns <= set(key) and all("." in text and text.partition(".")[0] in roots for text in rest):
            return True
    return False


def _keys(write: Query) -> list[str]:
    """The texts of what the insert writes into the primary key: one that is made of the same values forbids a second
    row.
    """
    link = write.link("values")
    node = bare(link.arguments[0]) if link and link.arguments else None
    key = table_of(write).primary_key
    if node is None or node.type != "object" or key is None:
        return []
    written = pairs(write.file, node)[0]
    names = [key_of(write.table, column) for column in key.columns]
    return [write.file.text(written[name]) for name in names if name in written]


def _guards(read: Query, write: Query) -> bool:
    """Whether the insert runs only when the read found nothing."""
    name = re.escape(read.variable)
    absent = re.compile(
        rf"!\s*{name}\b(?!\s*[.\[(])|{name}(?:\?)?\.length\s*===?\s*0|!\s*{name}\??\.length|!\s*{name}\[0\]"
    )
    present = re.compile(rf"^\(\s*(?:{name}|{name}\??\.length(?:\s*>\s*0)?|{name}\[0\])\s*\)$")
    for above, below in ancestors(write.node):
        if above.type == "if_statement":
            condition = above.child_by_field_name("condition")
            text = read.file.text(condition) if condition is not None else ""
            branch = above.child_by_field_name("consequence")
            if (below == branch and absent.search(text) and "||" not in text) or (
                below != branch and present.match(text)
            ):
                return True
        if above.type == "statement_block":
            for statement in above.named_children:
                if not read.node.end_byte < statement.start_byte < below.start_byte or statement.type != "if_statement":
                    continue
                condition = statement.child_by_field_name("condition")
                body = statement.child_by_field_name("consequence")
                leaves = body is not None and re.search(r"\b(?:return|throw|continue)\b", read.file.text(body))
                if condition is not None and present.match(read.file.text(condition)) and leaves:
                    return True
        if above == read.around.node:
            return False
    return False


EXAMPLES = (
    example(
        "export const f = async (organizationId: string, name: string) => {\n"
        "  const existing = await db.query.customers.findFirst({ where: and(eq(customers.organizationId, "
        "organizationId), "
        "eq(customers.name, name)) })\n  if (existing) return existing\n"
        "  await db.insert(customers).values({ organizationId, name, email: '' })\n}\n",
        CUSTOMERS,
    ),
    example(
        "export const f = async (organizationId: string, email: string) => {\n"
        "  const existing = await db.query.customers.findFirst({ where: and(eq(customers.organizationId, "
        "organizationId), "
        "eq(customers.email, email)) })\n  if (existing) return existing\n"
        "  await db.insert(customers).values({ organizationId, email, name: '' })\n}\n",
        title="a unique key forbids the second row",
    ),
    example(
        "export const f = async (customerId: string, status: string) => {\n"
        "  const [last] = await db.select().from(orders).where(eq(orders.customerId, customerId)).limit(1)\n"
        "  await db.insert(orders).values({ customerId, status: last ? 'next' : 'first', total: 0 })\n}\n",
        title="the insert does not depend on it",
    ),
    example(
        "export const f = async (who: Who) => {\n"
        "  const first = await db.query.customers.findFirst({ where: "
        "eq(customers.organizationId, who.organizationId) })\n  if (first) return first\n"
        "  await db.insert(customers).values({ organizationId: who.organizationId, email: who.email, name: '' })\n}\n",
        title="both runs write the same key of two columns",
    ),
    example(
        "export const f = async () => {\n"
        "  const first = await db.query.orders.findFirst({ where: eq(orders.status, 'first') })\n"
        "  if (!first) {\n    await db.insert(orders).values({ status: 'first', total: 0 })\n  }\n}\n",
        title="no key could say that one order is the first",
    ),
)
DEMONSTRATION = (
    Do("create table tags (id int generated always as identity, name text)"),
    Shows("select count(*) from tags where name = 'new'", "0", "the first run finds nothing"),
    Shows("select count(*) from tags where name = 'new'", "0", "the second run finds nothing"),
    Accepts("insert into tags (name) values ('new')", "the first run inserts"),
    Accepts("insert into tags (name) values ('new')", "and so does the second: nothing forbids it"),
    Shows("select count(*) from tags where name = 'new'", "2", "two tags of one name"),
)
