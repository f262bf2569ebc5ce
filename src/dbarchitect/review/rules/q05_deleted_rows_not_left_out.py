"""A query reads rows that were deleted softly, or deletes for good where the others only mark.

Why
    A row with `deleted_at` set is gone for the user; a query without `isNull(deletedAt)` brings it back into lists,
    counts and look-ups. A hard delete takes with it what the mark was meant to keep.
    Only tables count whose mark the project sets or asks for somewhere. Rows that are found by their primary key are
    left alone: the key comes from a query that asked.
    A query that names the column anywhere is left alone (it decides by it), and so is one in a function with a comment
    on deleted rows, one that looks for a clash with a unique key before an insert, conditions that cannot be followed,
    functions that restore, purge or export, or that delete from many tables at once, tests and scripts.
    Relations to many that a relational query loads along (`with`) count as well.

Fix
    Add `isNull(table.deletedAt)` to the condition; for a delete, set the column instead. Unsafe: the result changes,
    which is the point.

Sources
    Seed: "Query only active users (filter soft-deleted)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.values import is_moment
from dbarchitect.model.finding import Finding
from dbarchitect.read.drizzle.query.model import Compare, Query
from dbarchitect.read.drizzle.query.predicates import everything, mentions, opaque, pins, uses
from dbarchitect.review.mending.query_edits import add_condition
from dbarchitect.review.query_facts import key_of, pinned, service, spoken, table_of
from dbarchitect.review.query_names import DELIBERATE, says
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject

SWEEP = 4
"""Tables that a function deletes from, from which on it clears up after something that goes for good."""
RULE = Rule("Q05", "deleted-rows-not-left-out", "house", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each read without a word on the deleted rows of its table, and each hard delete."""
    kept = {query.address for query in subject.queries or () if _marks(subject, query)}
    deletes: dict[tuple[str, int], set[str]] = {}
    inserts: set[tuple[tuple[str, int], str]] = set()
    for query in service(subject, "delete", "insert"):
        if query.verb == "delete":
            deletes.setdefault(_function(query), set()).add(query.address)
        else:
            inserts.add((_function(query), query.address))
    for query in service(subject, "select", "findMany", "findFirst", "count", "delete"):
        yield from _along(subject, query, kept)
        column = subject.roles.deleted_column(table_of(query))
        if column is None or not query.complete or says(DELIBERATE, query.around.function, query.file.path):
            continue
        key = key_of(query.table, column)
        if _speaks(query, key, column) or opaque(query.where):
            continue
        if query.verb == "delete":
            if query.address in kept and len(deletes[_function(query)]) < SWEEP:
                message = f"the delete of {spoken(query)} removes rows for good, where others only set {column}"
                yield RULE.finding(subject, query.address, message, span=query.span, severity="info")
            continue
        if query.address not in kept or _by_key(query) or _other_state(subject, query):
            continue
        if (_function(query), query.address) in inserts and _may_clash(query):
            continue
        if query.link("for") or re.search(r"\b(?:min|max)\(", query.file.text(query.node)):
            continue
        message = f"the {query.verb} of {spoken(query)} gives deleted rows as well: nothing asks for {column} null"
        fix = add_condition(query, f"isNull({_left(query)}{key})", "isNull", f"Leave out rows with {column} set")
        yield RULE.finding(subject, query.address, message, span=query.span, fixes=[fix] if fix else [])


def _along(subject: Subject, query: Query, kept: set[str]) -> Iterator[Finding]:
    """Each relation to many that a relational query loads along with the deleted rows."""
    if not query.nested or says(DELIBERATE, query.around.function, query.file.path):
        return
    whole = query.file.text(query.around.node) if query.around.node is not None else ""
    for item in query.nested:
        child = item.table.table
        column = subject.roles.deleted_column(child) if child is not None and item.kind == "many" else None
        if child is None or column is None or child.address not in kept or not item.complete or opaque(item.where):
            continue
        key = key_of(item.table, column)
        if mentions(item.where, column) or re.search(rf"\b(?:{re.escape(key)}|{re.escape(column)})\b", item.text):
            continue
        if item.columns is None and re.search(rf"\.{re.escape(key)}\b", whole):
            continue
        message = (
            f"{item.name} in the {query.verb} of {spoken(query)} gives deleted rows of {child.name} as well: "
            f"nothing asks for {column} null"
        )
        yield RULE.finding(subject, child.address, message, span=item.span)


def _function(query: Query) -> tuple[str, int]:
    return query.file.path, query.around.node.start_byte if query.around.node is not None else -1


def _may_clash(query: Query) -> bool:
    """Whether the query looks, before an insert, for values that a deleted row still holds in a unique key."""
    table = table_of(query)
    keys = [unique.columns for unique in table.uniques]
    keys += [index.columns for index in table.indexes if index.unique and index.columns and not index.where]
    asked = {use.name for use in uses(query.where) if use.of.identity == query.table.identity}
    return any(set(key) <= asked for key in keys)


def _by_key(query: Query) -> bool:
    """Whether the rows are found by ids, which come from where the mark was looked at."""
    key = table_of(query).primary_key
    if key is not None and set(key.columns) <= pinned(query, lists=True):
        return True
    given = pins(query.where, lists=True)
    return any(
        join.table.table is not None
        and join.table.table.primary_key is not None
        and all((join.table.identity, column) in given for column in join.table.table.primary_key.columns)
        for join in query.joins
    )


def _other_state(subject: Subject, query: Query) -> bool:
    """Whether another moment tells what counts (`isNull(archivedAt)`)."""
    own = subject.roles.deleted_column(table_of(query))
    moments = {column.name for column in table_of(query).columns if is_moment(column)} - {own}
    return any(
        isinstance(item, Compare) and item.operator in ("isNull", "isNotNull") and item.column.name in moments
        for item in everything(query.where)
    )


def _marks(subject: Subject, query: Query) -> bool:
    """Whether the query marks rows of its table as deleted, or asks for those that are not."""
    if query.table.table is None:
        return False
    column = subject.roles.deleted_column(query.table.table)
    if column is None:
        return False
    key = key_of(query.table, column)
    if query.relational and re.search(rf"\b{re.escape(key)}: false\b", query.file.text(query.node)):
        return False  # it only hides the column
    return query.verb != "insert" and _speaks(query, key, column)


def _speaks(query: Query, key: str, column: str) -> bool:
    if mentions(query.where, column) or any(mentions(join.on, column) for join in query.joins):
        return True
    around = query.around.node
    start = query.node.start_byte
    first = max(around.start_byte - 400, 0) if around is not None and query.reads else max(0, start - 400)
    before = query.file.whole[first:start]
    comments = "".join(re.findall(r"//[^\n]*|/\*.*?\*/", before, re.DOTALL))
    if re.search(r"soft[- ]?delet|\b(?:deleted|deletion)\b", comments, re.IGNORECASE):
        return True
    whole = comments + query.file.text(query.node)
    if query.reads and query.verb != "count" and query.columns is None and around is not None:
        whole = query.file.text(around)
    return re.search(rf"\b(?:{re.escape(key)}|{re.escape(column)})\b", whole) is not None


def _left(query: Query) -> str:
    return f"{query.table.text}." if query.table.text else ""


EXAMPLES = (
    example(
        "export const drop = async (id: string) => {\n"
        "  await db.update(orders).set({ deletedAt: new Date() }).where(eq(orders.id, id))\n}\n"
        "export const f = async (id: string) => {\n  return "
        "db.select().from(orders).where(eq(orders.customerId, id))\n}\n",
        ORDERS,
        fixed="export const drop = async (id: string) => {\n"
        "  await db.update(orders).set({ deletedAt: new Date() }).where(eq(orders.id, id))\n}\n"
        "export const f = async (id: string) => {\n"
        "  return db.select().from(orders).where(and(eq(orders.customerId, id), isNull(orders.deletedAt)))\n}\n",
    ),
    example(
        "export const f = async (id: string) => {\n"
        "  return db.select().from(orders).where(and(eq(orders.customerId, id), isNull(orders.deletedAt)))\n}\n"
    ),
    example(
        "export const f = async (id: string) => {\n  await db.delete(orders).where(eq(orders.id, id))\n}\n"
        "export const g = async (id: string) => {\n"
        "  await db.update(orders).set({ deletedAt: new Date() }).where(eq(orders.id, id))\n}\n",
        ORDERS,
        title="a hard delete",
    ),
    example(
        "export const f = async (id: string) => {\n  const [order] = await db.select().from(orders)"
        ".where(eq(orders.id, id))\n  return order?.deletedAt ? undefined : order\n}\n",
        title="the caller looks at the mark",
    ),
)
