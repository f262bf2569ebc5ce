"""A column repeats what other columns or rows say.

Why
    A stored total, a count of children or a copy of the parent's name is right until something else changes: nothing
    in the database keeps them together. A snapshot that must not change (the price when it was ordered) is no copy.

Fix
    Compute it when it is read, or let PostgreSQL keep it: `generated always as (…) stored` for what follows from the
    same row, a trigger or a materialized view for sums over others. There is no edit: only you know a snapshot from a
    copy.

Sources
    https://www.postgresql.org/docs/current/ddl-generated-columns.html
    Seed: "Avoid redundant data unless justified".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.naming import is_trail
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import singular, words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N04", "derived-column", "house", "info")
DOCUMENTS = frozenset("invoice order receipt contract quote estimate shipment payment refund bill certificate".split())
"""Last words of tables whose copies must not change: they say what was when the document was made."""
COPIED = frozenset(("name", "email", "title", "username", "slug"))
"""What is copied from a parent for display; amounts and addresses are snapshots more often than not."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each column that names what a parent, the rows of a child or other columns of its row hold."""
    for table in subject.schema.tables:
        if table.partition_of or is_trail(table) or table.address in subject.schema.intent.tables:
            continue
        for column in table.columns:
            if column.generated or column.type.dimensions:
                continue
            said = _counts(subject, table, column) or _copies(subject, table, column) or _computed(table, column)
            if said:
                message = f"{table.name}.{column.name} repeats {said}: nothing keeps the two together"
                yield RULE.finding(subject, table.column_address(column.name), message)


def _counts(subject: Subject, table: Table, column: Column) -> str | None:
    """`comments_count` of posts, where comments refer to posts."""
    parts = words(column.name) if column.type.category == "integer" else []
    if len(parts) < 2:
        return None
    counted = parts[:-1] if parts[-1] == "count" else parts[1:] if parts[0] == "num" else []
    if not counted:
        return None
    wanted = (*counted[:-1], singular(counted[-1]))
    for item in subject.facts.references_to(table):
        names = subject.naming.names(item.child)
        own = {(*name, *wanted) for name in subject.naming.names(table)}
        if wanted in names or own & names:
            return f"the number of rows in {item.child.name}"
    return None


def _copies(subject: Subject, table: Table, column: Column) -> str | None:
    """`customer_name` of tickets, where tickets refer to customers and those have a name."""
    parts = words(column.name) if column.type.category == "text" else []
    if len(parts) < 2 or parts[-1] not in COPIED:
        return None
    if singular(words(table.name)[-1]) in DOCUMENTS:
        return None
    for item in subject.facts.references_from(table):
        parent = item.parent
        if parent is None or parent.key == table.key or len(item.foreign_key.columns) != 1:
            continue
        heads = {tuple(words(item.foreign_key.columns[0])[:-1]), *subject.naming.names(parent)}
        source = next((each for each in parent.columns if words(each.name) == parts[-1:]), None)
        if tuple(parts[:-1]) in heads and source:
            return f"{parent.name}.{source.name}"
    return None


def _computed(table: Table, column: Column) -> str | None:
    """Full names beside their parts, ages beside birth dates, totals beside quantity and price."""
    parts = tuple(words(column.name))
    whole = parts in (("total",), ("subtotal",), ("line", "total"), ("total", "price"), ("amount",))
    if not whole and parts not in (("full", "name"), ("age",)):
        return None
    by_words = {tuple(words(each.name)): each.name for each in table.columns}
    if parts == ("full", "name") and ("first", "name") in by_words and ("last", "name") in by_words:
        return f"{by_words[('first', 'name')]} and {by_words[('last', 'name')]}"
    births = [name for spelled, name in by_words.items() if "birth" in spelled or spelled in (("dob",), ("birthday",))]
    if parts == ("age",) and births:
        return births[0]
    prices = [name for spelled, name in by_words.items() if spelled in (("unit", "price"), ("price",))]
    quantities = [name for spelled, name in by_words.items() if spelled in (("quantity",), ("qty",))]
    if whole and prices and quantities and column.type.category in ("decimal", "integer", "float"):
        return f"{quantities[0]} times {prices[0]}"
    return None


EXAMPLES = (
    sql(
        "create table posts (id bigint primary key, comment_count int not null default 0);\n"
        "create table comments (id bigint primary key, post_id bigint not null references posts);\n",
        "column:public.posts.comment_count",
    ),
    sql(
        "create table customers (id bigint primary key, name text not null);\n"
        "create table tickets (id bigint primary key, customer_id bigint references customers, customer_name text);\n",
        "column:public.tickets.customer_name",
    ),
    sql(
        "create table lines (id bigint primary key, quantity int, unit_price numeric(10, 2), total numeric(12, 2));\n",
        "column:public.lines.total",
    ),
    sql(
        "create table lines (id bigint primary key, quantity int, unit_price numeric(10, 2),\n"
        "  total numeric(12, 2) generated always as (quantity * unit_price) stored);\n",
    ),
    sql(
        "create table customers (id bigint primary key, name text not null, address text);\n"
        "create table orders (id bigint primary key, customer_id bigint references customers, customer_name text,\n"
        "  shipping_address text, retry_count int);\n",
        title="a snapshot, and a count of nothing else",
    ),
)
DEMONSTRATION = (
    Do("create table posts (id int primary key, comment_count int not null default 0);"
       "create table comments (id int primary key, post_id int not null references posts);"
       "insert into posts values (1, 1); insert into comments values (1, 1)"),
    Accepts("insert into comments values (2, 1)", "a comment is written by somebody who does not know of the count"),
    Shows("select comment_count, (select count(*) from comments) from posts", "1 | 2",
          "the post has two comments, or one"),
)  # fmt: skip
