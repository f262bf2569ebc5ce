"""An insert ignores conflicts with any key of a table that has several.

Why
    `onConflictDoNothing()` without a target drops the new row whichever unique key it breaks: the one that was thought
    of, and each other one, where it hides a fault. Information, since all of them may be meant.
    A key of columns that stay NULL since the insert does not write them is not counted, nor a primary key that the
    program or PostgreSQL makes anew for each row, nor a unique index that holds for some rows only.

Fix
    Name the key: `onConflictDoNothing({ target: [table.organizationId, table.email] })`. No fix is made: only you know
    which one is meant.

Sources
    https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import generator
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.query.model import Query
from dbarchitect.read.drizzle.query.objects import pairs
from dbarchitect.read.drizzle.query.scope import bare
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.query_facts import key_of, service, spoken, table_of
from dbarchitect.review.rule import Rule, queries
from dbarchitect.review.specimen import HEAD, example
from dbarchitect.review.subject import Subject

RULE = Rule("Q22", "conflict-without-target", "fact", "info", needs="queries")


def check(subject: Subject) -> Iterator[Finding]:
    """Each insert that does nothing on a conflict with any of two or more keys."""
    for query in service(subject, "insert"):
        link = query.link("onConflictDoNothing")
        if link is None or link.arguments:
            continue
        written = _written(query)
        keys = [key for key in _keys(table_of(query)) if written is None or set(key) <= written]
        if len(keys) < 2:
            continue
        listed = "; ".join(", ".join(key) for key in keys)
        message = f"the insert into {spoken(query)} drops a row in silence whichever of its keys it breaks: {listed}"
        yield RULE.finding(subject, query.address, message, span=link.span)


def _keys(table: Table) -> list[tuple[str, ...]]:
    """The unique keys that a new row may break by what it says."""
    found = [unique.columns for unique in table.uniques]
    found += [index.columns for index in table.indexes if index.unique and index.columns and not index.where]
    key = table.primary_key
    if key is not None and (len(key.columns) > 1 or not _made(table, key.columns[0])):
        found.insert(0, key.columns)
    return list(dict.fromkeys(found))


def _written(query: Query) -> set[str] | None:
    """The columns that the insert gives a value or that have a default; None when that cannot be told."""
    link = query.link("values")
    node = bare(link.arguments[0]) if link and link.arguments else None
    if node is not None and node.type == "identifier":
        item = query.file.meaning(node)
        node = bare(item.value) if item is not None and item.kind == "const" and item.value and not item.path else None
    if node is None or node.type != "object":
        return None
    values, whole = pairs(query.file, node)
    if not whole:
        return None
    table = table_of(query)
    set_by_default = {column.name for column in table.columns if column.default is not None or not column.nullable}
    return set_by_default | {column.name for column in table.columns if key_of(query.table, column.name) in values}


def _made(table: Table, column: str) -> bool:
    kind = table.column(column).type.name if table.has(column) else ""
    return kind == "uuid" or (table.has(column) and generator(table.column(column)) is not None) or column == "id"


TWO_KEYS = """\
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const customers = pgTable('customers', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull().unique(),
  phone: text('phone').notNull().unique(),
})
"""
EXAMPLES = (
    queries(
        TWO_KEYS,
        HEAD
        + "export const f = async (row: New) => {\n  await db.insert(customers).values(row).onConflictDoNothing()\n}\n",
        "table:public.customers",
    ),
    queries(
        TWO_KEYS,
        HEAD + "export const f = async (row: New) => {\n"
        "  await db.insert(customers).values(row).onConflictDoNothing({ target: customers.email })\n}\n",
    ),
    example(
        "export const f = async (row: New) => {\n  await db.insert(customers).values(row).onConflictDoNothing()\n}\n",
        title="only one key besides the id",
    ),
)
DEMONSTRATION = (
    Do("create table people (email text unique, phone text unique); insert into people values ('a@example.com', '1')"),
    Accepts("insert into people values ('b@example.com', '1') on conflict do nothing",
            "somebody new, with a telephone number that was typed wrong"),
    Shows("select count(*) from people where email = 'b@example.com'", "0", "is not there, and nobody was told"),
    Accepts("insert into people values ('a@example.com', '2') on conflict (email) do nothing",
            "with a target only the key that was thought of is ignored"),
)  # fmt: skip
