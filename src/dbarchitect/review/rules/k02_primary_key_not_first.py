"""The primary key is not what a table begins with.

Why
    People and tools read a table from its first column and expect to find there what identifies a row. PostgreSQL
    does not care; moving a column later means to write the table anew.

Fix
    Declare the column of the key first. In an existing database the order of columns stays as it is, so this is worth
    the trouble for new tables only.

Sources
    The lint `primary key not first` of SchemaCrawler.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K02", "primary-key-not-first", "house", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table with a key of one column that is not its first; several columns stand where they belong."""
    for table in subject.schema.tables:
        key = table.primary_key
        if not key or len(key.columns) > 1 or table.partition_of or table.inherits or not subject.is_whole(table):
            continue
        if table.columns[0].name in key.columns:
            continue
        message = (
            f"{table.name} begins with {table.columns[0].name}, its key {key.columns[0]} comes later: "
            "readers look for it first"
        )
        yield RULE.finding(subject, table.address, message)


EXAMPLES = (
    sql("create table pets (name text not null, id bigint primary key);", "table:public.pets"),
    sql("create table pets (id bigint primary key, name text not null);"),
    sql("create table fees (amount numeric, year int, kind text, primary key (kind, year));", title="several columns"),
)
