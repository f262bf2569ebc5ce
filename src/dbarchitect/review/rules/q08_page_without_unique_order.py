"""Pages follow an order in which rows may be equal, or no order at all.

Why
    Rows that are equal in the order have no place: PostgreSQL gives them as the plan happens to find them, so that one
    page may repeat a row of the last and skip another. A cursor on such a column skips all that equal its last row.
    Only queries that page are meant (an offset, or a comparison with the last value of the order); the first ten rows
    of something are not.

Fix
    End the order with a unique column, such as the primary key. The fix adds it. Safe: where the order was told, it
    stays so. For a cursor compare both columns.

Sources
    https://www.postgresql.org/docs/current/queries-limit.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Edit, Finding, Fix
from dbarchitect.read.drizzle.query.model import Compare, Query
from dbarchitect.read.drizzle.query.predicates import everything
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending.query_edits import at, bring, following
from dbarchitect.review.query_facts import key_of, looks_up_one, pinned, service, spoken, table_of
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q08", "page-without-unique-order", "fact", "warning", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each page whose order does not tell every row from the others."""
    for query in service(subject, "select", "findMany"):
        if query.limit in (None, "1") or query.order is None or query.aggregate or not query.complete:
            continue
        if query.link("groupBy") or (query.links[0].name != "select" and not query.relational):
            continue
        keyset = _cursor(query)
        if query.offset is None and not keyset:
            continue
        if not query.order:
            message = f"the pages of {spoken(query)} have no order: PostgreSQL gives the rows as it finds them"
            yield RULE.finding(subject, query.address, message, span=query.span)
            continue
        if _unique(query) or not subject.is_whole(table_of(query)):
            continue
        by = ", ".join(key.column.key if key.column else key.text for key in query.order)
        what = "a cursor skips them" if keyset and query.offset is None else "pages repeat some and skip others"
        message = f"the pages of {spoken(query)} are ordered by {by}, in which rows may be equal: {what}"
        fix = _fix(query) if query.offset is not None else None
        yield RULE.finding(subject, query.address, message, span=query.span, fixes=[fix] if fix else [])


def _cursor(query: Query) -> bool:
    """Whether the first column of the order is compared with a given value, at the top of the condition."""
    first = query.order[0].column if query.order else None
    if first is None or query.limit is None or len(query.order or ()) > 1:
        return False
    found = [
        item
        for item in everything(query.where)
        if isinstance(item, Compare) and item.operator in ("lt", "gt", "lte", "gte") and item.column.name == first.name
    ]
    words = ("cursor", "last", "after", "before", "next")
    return len(found) == 1 and any(
        value.kind == "other" and any(word in value.text.lower() for word in words) for value in found[0].values
    )


def _unique(query: Query) -> bool:
    if any(join.table.identity != query.table.identity and _many(query, join.table.identity) for join in query.joins):
        return True
    own = {
        key.column.name
        for key in query.order or ()
        if key.column is not None and key.column.name and key.column.of.identity == query.table.identity
    }
    foreign = any(key.column is None or key.column.of.identity != query.table.identity for key in query.order or ())
    return looks_up_one(query, frozenset(own) | pinned(query)) or (foreign and not own)


def _many(query: Query, identity: str) -> bool:
    """Whether the order ends with a key of a joined table, whose rows then tell more than ours."""
    return any(
        key.column is not None and key.column.of.identity == identity and key.column.key == "id"
        for key in query.order or ()
    )


def _fix(query: Query) -> Fix | None:
    table = table_of(query)
    last = query.order[-1] if query.order else None
    if table.primary_key is None or len(table.primary_key.columns) != 1 or last is None or query.relational:
        return None
    link = query.link("orderBy")
    if link is None or not link.sure or not link.arguments:
        return None
    key = f"{query.table.text}.{key_of(query.table, table.primary_key.columns[0])}"
    word = "desc" if last.descending else ""
    brought = bring(query.file, word) if word else ()
    if brought is None:
        return None
    end = link.arguments[-1]
    place = at(query.file, end.end_byte)
    text = following(query.file, end, f"{word}({key})" if word else key)
    return Fix("End the order with the primary key", "safe", (*brought, Edit(place, text)))


EXAMPLES = (
    example(
        "export const f = async (page: number) => {\n"
        "  return db.select().from(orders).orderBy(desc(orders.createdAt)).limit(20).offset(page * 20)\n}\n",
        ORDERS,
        fixed="export const f = async (page: number) => {\n"
        "  return db.select().from(orders).orderBy(desc(orders.createdAt), desc(orders.id)).limit(20)"
        ".offset(page * 20)\n}\n",
    ),
    example(
        "export const f = async (page: number) => {\n"
        "  return db.select().from(orders).orderBy(desc(orders.createdAt), orders.id).limit(20).offset(page * 20)\n}\n"
    ),
    example(
        "export const f = async (page: number) => {\n  return db.query.orders.findMany({ limit: 20, offset: "
        "page * 20 })\n}\n",
        ORDERS,
        title="no order at all",
    ),
    example(
        "export const f = async (cursor: Date) => {\n  return db.select().from(orders)"
        ".where(lt(orders.createdAt, cursor)).orderBy(desc(orders.createdAt)).limit(20)\n}\n",
        ORDERS,
        title="a cursor on a column with equal values",
    ),
    example(
        "export const f = async () => {\n  return "
        "db.select().from(orders).orderBy(desc(orders.createdAt)).limit(5)\n}\n",
        title="the latest five, no pages",
    ),
)
DEMONSTRATION = (
    Do("create table posts (id int primary key, day date not null);"
       "insert into posts select n, '2026-01-01' from generate_series(1, 6) n"),
    Do("create table pages as select 1 as page, id from (select id from posts order by day limit 3) first"),
    Do("update posts set day = day where id in (select id from pages)", "the rows are touched, their day stays"),
    Do("insert into pages select 2, id from (select id from posts order by day limit 3 offset 3) second"),
    Shows("select count(distinct id) < 6 from pages", "True", "two pages of three do not show all six posts"),
)  # fmt: skip
