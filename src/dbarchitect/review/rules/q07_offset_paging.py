"""Pages are skipped to by offset.

Why
    PostgreSQL reads and throws away every row before the page: page 1,000 costs a thousand times page 1, and rows that
    come or go between two pages are shown twice or never. For a few pages of a small table that is fine, so this is
    information, and nothing is said of a function whose comment speaks of offsets or of small sets; where the
    statistics of a live database show a large table it is a warning.

Fix
    Go on from the last row seen: `where(or(lt(t.createdAt, at), and(eq(t.createdAt, at), lt(t.id, id))))` with an
    index on the same columns. No fix is made: the caller must carry the cursor.

Sources
    https://www.postgresql.org/docs/current/queries-limit.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.query_facts import meant_for_few, rows, service, spoken, table_of
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q07", "offset-paging", "house", "info", needs="queries")
LARGE = 100_000
"""Rows from which on deep pages hurt."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each query with an offset that is not a number."""
    for query in service(subject, "select", "findMany"):
        if query.offset is None or re.fullmatch(r"\d+|undefined", query.offset):
            continue
        known = rows(subject, table_of(query))
        if known is not None and known < LARGE / 100:
            continue
        large = known is not None and known >= LARGE
        if not large and meant_for_few(query):
            continue
        size = f" ({known:,.0f} rows)" if known is not None and large else ""
        message = f"the pages of {spoken(query)}{size} are reached by offset: a later page reads all rows before it"
        yield RULE.finding(subject, query.address, message, span=query.span, severity="warning" if large else "info")


EXAMPLES = (
    example(
        "export const f = async (page: number) => {\n"
        "  return db.select().from(orders).orderBy(orders.id).limit(20).offset((page - 1) * 20)\n}\n",
        ORDERS,
    ),
    example(
        "export const f = async (last: string) => {\n"
        "  return db.select().from(orders).where(gt(orders.id, last)).orderBy(orders.id).limit(20)\n}\n"
    ),
    example(
        "/** Numbered pages, for small sets only. */\nexport const f = async (page: number) => {\n"
        "  return db.select().from(orders).orderBy(orders.id).limit(20).offset((page - 1) * 20)\n}\n",
        title="a comment says that it is meant",
    ),
)
