"""A table has the shape of something else: too wide, without a required column, or without columns.

Why
    More than forty columns hold several things at once, each with its own life; every update writes them all anew. A
    table in which everything may be null takes a row that says nothing. A table without columns can only count.

Fix
    Split off what belongs together and changes together; require what makes a row. There is no edit.

Sources
    The lints `too many columns`, `all columns nullable` and `empty table` of SchemaCrawler.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_nullable
from dbarchitect.facts.naming import is_trail
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N07", "table-shape", "house", "info")
WIDE = 40
OWN = 4
"""Columns of its own that a table must have before it is odd that none of them is required."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each table that is too wide, has no column, or requires nothing but its key and what it keeps by itself."""
    for table in subject.schema.tables:
        if table.partition_of or table.inherits or not subject.is_whole(table):
            continue
        if not table.columns:
            yield RULE.finding(subject, table.address, f"{table.name} has no columns", severity="warning")
        elif len(table.columns) > WIDE:
            message = f"{table.name} has {len(table.columns)} columns: several things share one row"
            yield RULE.finding(subject, table.address, message)
        own = [] if is_trail(table) else _own(subject, table)
        if len(own) >= OWN and all(is_nullable(table, name) for name in own):
            message = f"{table.name} requires none of its {len(own)} columns: a row may say nothing"
            yield RULE.finding(subject, table.address, message)


def _own(subject: Subject, table: Table) -> list[str]:
    """Columns that are neither key nor moment nor filled by a default."""
    key = set(table.primary_key.columns) if table.primary_key else set()
    roles = subject.roles
    aside = key | {roles.created_column(table), roles.updated_column(table), roles.deleted_column(table)}
    counted = [column for column in table.columns if column.name not in aside and not column.generated]
    return [column.name for column in counted if column.default is None or not column.nullable]


MANY = ", ".join(f"c{number} int not null" for number in range(41))
EXAMPLES = (
    sql(f"create table wide ({MANY});\n", "table:public.wide"),
    sql(
        "create table people (id bigint primary key, name text, email text, phone text, note text);\n",
        "table:public.people",
    ),
    sql("create table people (id bigint primary key, name text not null, email text, phone text, note text);\n"),
    sql("create table nothing ();\n", "table:public.nothing"),
    sql("create table codes (code text primary key);\n", title="a list of values"),
)
DEMONSTRATION = (
    Do("create table people (id int primary key, name text, email text, phone text, note text)"),
    Accepts("insert into people (id) values (1)", "a person of whom nothing is known"),
)  # fmt: skip
