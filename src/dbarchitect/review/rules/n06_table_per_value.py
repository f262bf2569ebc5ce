"""A value is part of a name: a table for each year, a column for each month.

Why
    `sales_2023` and `sales_2024` are one table whose year went into its name. A query over both must be written anew
    each year, no key spans them, a row may stand in the wrong one, and the next year needs a migration.

Fix
    One table with the value as a column, partitioned by it when it is large. There is no edit: the rows must move.

Sources
    Bill Karwin, SQL Antipatterns: "Metadata Tribbles".
    https://www.postgresql.org/docs/current/ddl-partitioning.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N06", "table-per-value", "house", "warning")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:[_-]?(?:0[1-9]|1[0-2]|q[1-4]))?")
MONTHS = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
ALIKE = 0.8
"""The share of columns that such tables have in common."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each group of alike tables, each group of columns, whose names differ in a year or month only."""
    groups: dict[tuple[str, str], list[Table]] = {}
    for table in subject.schema.tables:
        if not (table.partition_of or table.inherits) and YEAR.search(table.name):
            groups.setdefault((table.schema, YEAR.sub("#", table.name)), []).append(table)
    for _, tables in sorted(groups.items()):
        if len(tables) > 1 and all(_alike(tables[0], other) for other in tables[1:]):
            message = f"{listed(table.name for table in tables)} are one table with its year in the name"
            yield RULE.finding(subject, tables[0].address, f"{message}: the next year needs a migration")
    for table in subject.schema.tables:
        yield from _columns(subject, table)


def _columns(subject: Subject, table: Table) -> Iterator[Finding]:
    years: dict[str, list[str]] = {}
    months: dict[tuple[str, ...], list[str]] = {}
    for column in table.columns:
        if YEAR.search(column.name):
            years.setdefault(f"{YEAR.sub('#', column.name)}:{column.type.sql()}", []).append(column.name)
        without = _without_month(column.name)
        if without is not None:
            months.setdefault(without, []).append(column.name)
    for names in [*years.values(), *(names for names in months.values() if len(names) >= 6)]:
        if len(names) > 1:
            message = f"{table.name} has a column for each value ({listed(names)}): the next one needs a migration"
            yield RULE.finding(subject, table.column_address(names[0]), message)


@lru_cache(maxsize=8192)
def _without_month(name: str) -> tuple[str, ...] | None:
    """The words of a name with a mark in place of the first month; None when it names none."""
    parts = words(name)
    at = next((place for place, word in enumerate(parts) if word[:3] in MONTHS and _is_month(word)), None)
    return None if at is None else (*parts[:at], "#", *parts[at + 1 :])


def _is_month(word: str) -> bool:
    full = "january february march april may june july august september october november december".split()
    return word in MONTHS or word in full or word == "sept"


def _alike(first: Table, second: Table) -> bool:
    one = {column.name for column in first.columns}
    two = {column.name for column in second.columns}
    return len(one & two) >= ALIKE * max(len(one), len(two))


EXAMPLES = (
    sql(
        "create table sales_2023 (id bigint primary key, amount numeric);\n"
        "create table sales_2024 (id bigint primary key, amount numeric);\n",
        "table:public.sales_2023",
    ),
    sql(
        "create table budgets (id bigint primary key, revenue_2023 numeric, revenue_2024 numeric);\n",
        "column:public.budgets.revenue_2023",
    ),
    sql(
        "create table sales (id bigint, sold_on date, primary key (id, sold_on)) partition by range (sold_on);\n"
        "create table sales_2023 partition of sales for values from ('2023-01-01') to ('2024-01-01');\n"
        "create table sales_2024 partition of sales for values from ('2024-01-01') to ('2025-01-01');\n",
        title="partitions",
    ),
    sql("create table sales (id bigint primary key, year int not null, amount numeric, may_edit boolean);\n"),
    sql("create table users_2024 (id bigint primary key, name text);\n", title="one alone"),
)
