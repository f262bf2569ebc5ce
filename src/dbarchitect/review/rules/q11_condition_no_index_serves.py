"""A condition wraps a column in a function, or starts a pattern with a wildcard, and no index is made for that.

Why
    An index on `email` is sorted by `email`, not by `lower(email)`, and a pattern that starts with `%` has no place to
    start at: PostgreSQL looks at every row. An index on the same expression, or a trigram index for patterns, serves.
    Information, since on a small table nobody notices; nothing is said where another condition finds the rows.

Fix
    `index('…').on(sql`lower(${table.email})`)`, or a range instead of a cast to a date
    (`>= day and < day + interval '1 day'`); for patterns
    `index('…').using('gin', sql`${table.name} gin_trgm_ops`)` with the extension pg_trgm. No fix is made.

Sources
    https://www.postgresql.org/docs/current/indexes-expressional.html
    https://www.postgresql.org/docs/current/pgtrgm.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query.model import Compare, Query, Raw
from dbarchitect.read.drizzle.query.predicates import opaque, required
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.query_facts import key_of, pinned, rows, service, spoken, table_of
from dbarchitect.review.rule import Rule
from dbarchitect.review.specimen import CUSTOMERS, ORDERS, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q11", "condition-no-index-serves", "fact", "info", needs="queries")
WRAPPED = re.compile(
    r"(lower|upper|date_trunc|date|extract|to_char|trim|coalesce)\s*\([^()]*\{(\w+)\}[^()]*\)\s*(?:=|<|>|in\b|like\b)",
    re.I,
)
CAST = re.compile(r"\{(\w+)\}\s*::\s*(date|text|timestamp)\s*(?:=|<|>|in\b)", re.IGNORECASE)
SMALL = 10_000


def check(subject: Subject) -> Iterator[Finding]:
    """Each condition on an expression or pattern that no index of the table serves."""
    for query in service(subject, "select", "findMany", "findFirst", "count", "update", "delete"):
        table = table_of(query)
        known = rows(subject, table)
        if query.ending not in ("awaited", "returned") or opaque(query.where) or not subject.is_whole(table):
            continue
        if (known is not None and known < SMALL) or _found(query, table):
            continue
        for condition in required(query.where):
            said = _wrapped(query, condition, table) or _pattern(condition, query, table)
            if said:
                message = f"{said} in the {query.verb} of {spoken(query)} reads every row: no index serves it"
                yield RULE.finding(subject, query.address, message, span=query.span)
                break


def _found(query: Query, table: Table) -> bool:
    """Whether another condition leads to the rows by an index."""
    columns = pinned(query, lists=True)
    leading = {index.columns[0] for index in table.indexes if index.columns}
    leading |= {unique.columns[0] for unique in table.uniques}
    leading |= set(table.primary_key.columns[:1]) if table.primary_key else set()
    return bool(columns & leading)


def _wrapped(query: Query, condition: object, table: Table) -> str:
    if not isinstance(condition, Raw):
        return ""
    for use in condition.columns:
        if use.of.identity != query.table.identity or use.name is None:
            continue
        match = WRAPPED.search(condition.sql) or CAST.search(condition.sql)
        if match is None or use.key not in match.groups():
            continue
        word = match[1].lower() if match[1] != use.key else "::" + match[2]
        if not _expression_index(table, use.name, word.strip(":")):
            return f"{word}({use.key})" if not word.startswith(":") else f"{use.key}{word}"
    return ""


def _pattern(condition: object, query: Query, table: Table) -> str:
    if not isinstance(condition, Compare) or condition.operator not in ("like", "ilike"):
        return ""
    if condition.column.of.identity != query.table.identity or condition.column.name is None:
        return ""
    if not any(value.wildcard for value in condition.values):
        return ""
    for index in table.indexes:
        if index.method in ("gin", "gist") and any(
            part.column == condition.column.name or condition.column.name in (part.expression or "")
            for part in index.parts
        ):
            return ""
    return f"{condition.operator} '%…' on {key_of(query.table, condition.column.name)}"


def _expression_index(table: Table, column: str, word: str) -> bool:
    return any(
        part.expression and column in part.expression and word in part.expression.lower()
        for index in table.indexes
        for part in index.parts
    ) or any(name.type.name == "citext" for name in table.columns if name.name == column)


EXAMPLES = (
    example(
        "export const f = async (email: string) =>\n"
        "  db.query.customers.findFirst({ where: sql`lower(${customers.email}) = ${email.toLowerCase()}` })\n",
        CUSTOMERS,
    ),
    example(
        "export const f = async (email: string) =>\n  db.query.customers.findFirst({ where: "
        "eq(customers.email, email) })\n"
    ),
    example(
        "export const f = async (term: string) => {\n"
        "  return db.select().from(customers).where(ilike(customers.name, `%${term}%`)).limit(9)\n}\n",
        CUSTOMERS,
        title="a pattern that starts with a wildcard",
    ),
    example(
        "export const f = async (day: string) => {\n"
        "  return db.select().from(orders).where(sql`${orders.createdAt}::date = ${day}`).limit(9)\n}\n",
        ORDERS,
        title="a cast",
    ),
    example(
        "export const f = async (id: string, term: string) => {\n  return db.select().from(customers)"
        ".where(and(eq(customers.organizationId, id), ilike(customers.name, `%${term}%`))).limit(9)\n}\n",
        title="another condition finds the rows",
    ),
)
DEMONSTRATION = (
    Do("create table people (id int primary key, email text not null); create index people_email_idx on people (email);"
       "insert into people select n, 'Person' || n || '@example.com' from generate_series(1, 5000) n; analyze people"),
    Plan("select from people where email = 'a@example.com'", "by the column itself the index serves",
         has="people_email_idx"),
    Plan("select from people where lower(email) = 'a@example.com'", "lower(email) reads every row", has="Seq Scan"),
    Plan("select from people where email like '%@example.org'", "so does a pattern that starts with a wildcard",
         has="Seq Scan"),
    Do("create index people_lower_idx on people (lower(email)); analyze people"),
    Plan("select from people where lower(email) = 'a@example.com'", "an index on the expression serves",
         has="people_lower_idx"),
)  # fmt: skip
