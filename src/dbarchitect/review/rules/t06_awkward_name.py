"""A name must be quoted, is cut, or does not follow the others.

Why
    PostgreSQL folds a name without quotes to lower case, so that `createdAt` and `user` must be quoted in every query
    that a person, a report or another tool writes. A name of more than 63 bytes is cut with no more than a notice; two
    that differ only after that are one, and a tool that compares names finds a change that is none. (Of foreign keys
    that Drizzle names by itself Z09 speaks.)

Fix
    Rename, in a migration of its own, and keep the TypeScript name. No edit is offered: a name is used in more places
    than a schema shows.

Sources
    https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
    Seed: "Database table/column names: snake_case".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from dbarchitect.facts.values import parts
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey, Unique
from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.names import MAX_BYTES, plural, singular
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject
from dbarchitect.sql.keywords import RESERVED

RULE = Rule("T06", "awkward-name", "house", "info")

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
MOST = 0.8
"""The share of tables that must be plural (or singular) before the others stand out."""


def check(subject: Subject) -> Iterator[Finding]:
    """Names that are cut, tables and columns that need quotes, and tables that are singular among plurals."""
    odd = _out_of_number(subject.schema.tables)
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for address, name in _long_names(table, keys=subject.declared is None):
            if not _made_by_drizzle(subject, table, name):
                message = f"{name} has {len(name.encode())} bytes: PostgreSQL cuts it at {MAX_BYTES}"
                yield RULE.finding(subject, address, message, severity="warning")
        if _quoted(table.name):
            message = f"the table {table.name} must be quoted in every query that is written by hand"
            yield RULE.finding(subject, table.address, message)
        elif table.address in odd:
            yield RULE.finding(subject, table.address, f"the table {table.name} is {odd[table.address]}")
        quoted = [column.name for column in table.columns if _quoted(column.name)]
        if quoted:
            more = f" and {len(quoted) - 3} more" if len(quoted) > 3 else ""
            said = ", ".join(quoted[:3]) + more
            message = f"columns of {table.name} must be quoted in every query that is written by hand: {said}"
            yield RULE.finding(subject, table.column_address(quoted[0]), message)


def _made_by_drizzle(subject: Subject, table: Table, name: str) -> bool:
    """Whether it is a foreign key that `.references()` named; Z09 speaks of those."""
    declared = subject.declared_table(table.key)
    if declared is None or subject.line == "1":
        return False
    return any(key.name == name for key in table.foreign_keys) and all(entry.name != name for entry in declared.extras)


def _quoted(name: str) -> bool:
    return not _PLAIN.fullmatch(name) or name in RESERVED


def _long_names(table: Table, *, keys: bool) -> Iterator[tuple[str, str]]:
    """The address and name of all that PostgreSQL cuts."""
    if _is_long(table):
        yield table.address, table.name
    for column in filter(_is_long, table.columns):
        yield table.column_address(column.name), column.name
    for index in filter(_is_long, table.indexes):
        yield table.index_address(index.name), index.name
    references = table.foreign_keys if keys else ()
    constraints: tuple[Unique | ForeignKey | Check, ...] = (*table.uniques, *table.checks, *references)
    for constraint in filter(_is_long, constraints):
        yield table.constraint_address(constraint.name), constraint.name


def _is_long(thing: Table | Column | Index | Unique | ForeignKey | Check) -> bool:
    return len(thing.name.encode()) > MAX_BYTES


def _out_of_number(tables: tuple[Table, ...]) -> dict[str, str]:
    """Addresses of the few tables whose last word is singular where nearly all are plural, or the other way round."""
    numbers = {table.address: _number(table.name) for table in tables}
    counts = Counter(number for number in numbers.values() if number)
    total = sum(counts.values())
    if total < 10:
        return {}
    usual, count = counts.most_common(1)[0]
    if count < MOST * total or count == total:
        return {}
    said = f"{{}} where {count} of {total} are {usual}"
    return {address: said.format(number) for address, number in numbers.items() if number and number != usual}


def _number(name: str) -> str:
    last = "_".join(parts(name)).rpartition("_")[2]
    if not last or not last.isalpha() or plural(last) == singular(last):
        return ""
    return "plural" if singular(last) != last else "singular"


EXAMPLES = (
    sql(
        'create table "user" (id bigint primary key, "createdAt" timestamptz);\n',
        "table:public.user",
        "column:public.user.createdAt",
    ),
    sql("create table users (id bigint primary key, created_at timestamptz, order_id bigint);\n"),
)
DEMONSTRATION = (
    Do('create table "Users" ("createdAt" timestamptz)'),
    Refuses("select from Users", "42P01", "without quotes it is another name"),
    Refuses('select createdAt from "Users"', "42703", "columns too"),
    Do(f"create table t (a int); create index {'a' * 70} on t (a)"),
    Shows("select length(indexname) from pg_indexes where tablename = 't'", "63", "seventy letters became 63"),
)
