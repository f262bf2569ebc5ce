"""A page of a list is sorted anew, because no index has the list's order.

Why
    `order by created_at desc limit 20` reads twenty rows where an index has that order behind the columns of the
    query's equalities; without one PostgreSQL reads every row that matches, sorts them all and throws all but twenty
    away, for each page again. An index on (equalities…, sort, id) makes the first page and every keyset page alike in
    cost.

    Found in Drizzle's queries of one table with an order and a limit, all of whose conditions could be followed. A
    query that finds its rows by a unique key, or wants one row, is fine; one that finds its rows by no index at all is
    the matter of Q13. On small tables it does not matter, so it is information, and nothing is said of a function whose
    comment says that it is for small sets; where a live database says that the table is large it is a warning.

Fix
    Add the index. Unsafe: it changes no result, but each write pays for it, and only you know whether the page is
    worth that.

Sources
    https://www.postgresql.org/docs/current/indexes-ordering.html
    Seed: "Consider cursor-based pagination for large datasets", "Create composite indexes for multi-column queries".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import plain
from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query.model import All, Compare, Condition, Nothing, Query
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.mending import fixes
from dbarchitect.review.query_facts import meant_for_few, service
from dbarchitect.review.rule import Rule, queries
from dbarchitect.review.subject import Subject

RULE = Rule("I06", "page-without-index", "fact", "info", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each ordered and limited query whose order no index has; queries that want the same index are one finding."""
    wanted: dict[tuple[str, tuple[str, ...], tuple[tuple[str, bool], ...]], list[Query]] = {}
    for query in service(subject, "select", "findMany"):
        found = _wanted(query)
        table = query.table.table
        if found and table and subject.is_whole(table) and not _served(table, *found):
            wanted.setdefault((table.address, *found), []).append(query)
    for (address, equal, order), found_in in wanted.items():
        table = subject.facts.by_address[address]
        weight: Severity = "warning" if measured.large(subject, table) else "info"
        if weight == "info" and all(meant_for_few(query) for query in found_in):
            continue
        keys = ", ".join((*equal, *(f"{name} desc" if down else name for name, down in order)))
        message = f"each page of {table.name} is sorted anew: no index has the order ({keys})"
        parts = (*(IndexPart(column=name) for name in equal),
                 *(IndexPart(column=name, descending=down) for name, down in order))  # fmt: skip
        name = fit("_".join((table.name, *equal, *(name for name, _ in order), "idx")))
        mend = fixes.add_index(subject, table, Index(name, parts), safety="unsafe")
        yield RULE.finding(
            subject, address, message, span=found_in[0].span, severity=weight,
            related=[query.span for query in found_in[1:]], fixes=[mend],
        )  # fmt: skip


def _wanted(query: Query) -> tuple[tuple[str, ...], tuple[tuple[str, bool], ...]] | None:
    """The columns that are compared for equality and the order of a page; None when the query is no plain page."""
    settled = query.complete or query.ending == "returned"
    if not (settled and query.reads and query.order) or query.joins or query.link("groupBy"):
        return None
    if query.limit is None or query.limit == "1":
        return None
    equal = _equalities(query.where)
    order = []
    for key in query.order:
        if key.column is None or key.column.name is None or key.column.of.table != query.table.table:
            return None
        if key.column.name not in (equal or ()):
            order.append((key.column.name, key.descending))
    return (equal, tuple(order)) if equal is not None and order else None


def _equalities(condition: Condition) -> tuple[str, ...] | None:
    """The columns that must equal a value, in order of the text; None when the condition says anything else."""
    if isinstance(condition, Nothing):
        return ()
    if isinstance(condition, All):
        found = [_equalities(item) for item in condition.items]
        return None if None in found else tuple(dict.fromkeys(name for names in found for name in names or ()))
    if not isinstance(condition, Compare) or condition.column.name is None:
        return None
    if condition.operator == "isNull":
        return ()
    return (condition.column.name,) if condition.operator == "eq" else None


def _served(table: Table, equal: tuple[str, ...], order: tuple[tuple[str, bool], ...]) -> bool:
    """Whether a unique rule leaves one row, or an index has the order behind some of the equalities."""
    paths = [IndexPart(column=name) for name in table.primary_key.columns] if table.primary_key else []
    keys = [tuple(paths)] if paths else []
    keys.extend(tuple(IndexPart(column=name) for name in unique.columns) for unique in table.uniques)
    if any({part.column for part in key} <= set(equal) for key in keys):
        return True
    for index in table.indexes:
        if index.method == "btree" and not (index.where and "is null" not in plain(index.where)):
            keys.append(index.parts)
            if index.unique and {part.column for part in index.parts} <= set(equal):
                return True
    if equal and not any(key[0].column in equal for key in keys):
        return True  # Q13 speaks of queries that find their rows by no index
    return any(_begins(key, set(equal), order) for key in keys)


def _begins(key: tuple[IndexPart, ...], equal: set[str], order: tuple[tuple[str, bool], ...]) -> bool:
    rest = list(key)
    while rest and rest[0].column in equal:
        rest.pop(0)
    matched = [(part.column, part.descending) for part in rest[: len(order)]]
    backward = [(name, not down) for name, down in order]
    if len(matched) < len(order):  # the first keys of the order still spare most of the sorting
        return bool(matched) and (matched == list(order[: len(matched)]) or matched == backward[: len(matched)])
    return matched in (list(order), backward)


SCHEMA = (
    "import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'\n"
    "export const posts = pgTable('posts', {\n  id: uuid('id').primaryKey(),\n"
    "  author: text('author').notNull(),\n  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),\n})\n"
)
BY_AUTHOR = SCHEMA[:-2] + ", (t) => [index('posts_author_idx').on(t.author)])\n"
INDEXED = SCHEMA[:-2] + ", (t) => [index('posts_author_created_at_idx').on(t.author, t.createdAt)])\n"
LATEST = (
    "import { desc, eq } from 'drizzle-orm'\nimport { posts } from './schema'\n"
    "export const latest = (db: Db, author: string) =>\n"
    "  db.select().from(posts).where(eq(posts.author, author)).orderBy(desc(posts.createdAt)).limit(20)\n"
)

EXAMPLES = (
    queries(BY_AUTHOR, LATEST, "table:public.posts"),
    queries(SCHEMA, LATEST, title="no index finds the rows either: that is Q13"),
    queries(INDEXED, LATEST, title="the index is read backwards"),
    queries(SCHEMA, LATEST.replace("eq(posts.author, author)", "eq(posts.id, author)"), title="one row needs no order"),
    queries(SCHEMA, LATEST.replace("eq(posts.author, author)", "search(author)"), title="an unknown condition"),
)
PAGE = "select * from posts where author = 3 order by created_at desc limit 20"
DEMONSTRATION = (
    Do("create table posts (id int primary key, author int, created_at timestamptz);"
       "insert into posts select n, n % 5, now() - n * interval '1 minute' from generate_series(1, 20000) n;"
       "create index posts_author_idx on posts (author); analyze"),
    Plan(PAGE, "all posts of the author are sorted",
         has="Sort"),
    Do("create index posts_author_created_at_idx on posts (author, created_at)"),
    Plan(PAGE, "twenty are read, from the end",
         has="Index Scan Backward using posts_author_created_at_idx", lacks="Sort"),
)  # fmt: skip
