"""A foreign key of a large table has no index.

Why
    This is R01 with its price: where the statistics of a live database say that the referring table is large, this rule
    speaks with the number of rows that each delete of a parent reads, and R01 keeps silent. Of smaller tables R01
    speaks as ever, so each foreign key is named once. From a hundred thousand rows on it is an error.

Fix
    Create the index concurrently, outside of a transaction, so that writes go on. Safe: it changes no result.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
    Seed: "Index foreign keys for join performance".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.statistics import Statistics, TableStatistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.rules import r01_foreign_key_without_index as r01
from dbarchitect.review.subject import Subject

RULE = Rule("S01", "large-unindexed-reference", "fact", "warning", needs="statistics")

HUGE = 100_000


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key of a large table whose rows no index finds."""
    for reference in r01.unindexed(subject):
        table, key = reference.child, reference.foreign_key
        figures = measured.of_table(subject, table)
        if figures is None or not measured.large(subject, table):
            continue  # R01 speaks of it
        rows, size = measured.number(figures.rows or 0), measured.size(figures.bytes)
        message = (
            f"no index finds the rows of {table.name} by {', '.join(key.columns)}: "
            f"each delete in {key.target_table} reads all {rows} ({size})"
        )
        seen = measured.evidence(f"{rows} rows, {size}, read whole {measured.number(figures.sequential)} times")
        weight: Severity = "error" if (figures.rows or 0) >= HUGE else "warning"
        mend = r01.mend(subject, reference)
        yield RULE.finding(subject, reference.address, message, severity=weight, evidence=seen, fixes=[mend])


PARENT = "create table customers (id bigint primary key);\n"
CHILD = "create table orders (id bigint primary key, customer_id bigint not null references customers (id));\n"


def _seen(rows: int) -> Statistics:
    return Statistics({"table:public.orders": TableStatistics(rows=rows, bytes=rows * 64)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": PARENT + CHILD},
        ("constraint:public.orders.orders_customer_id_fkey",),
        statistics=_seen(5_000_000),
    ),
    Example(
        {"schema.sql": PARENT + CHILD + "create index on orders (customer_id);\n"},
        (),
        statistics=_seen(5_000_000),
        title="five million rows",
    ),
    Example({"schema.sql": PARENT + CHILD}, (), statistics=_seen(500), title="a small table: R01 speaks of it"),
)
DEMONSTRATION = (
    Do(PARENT + CHILD + "insert into customers select generate_series(1, 20000);"
       "insert into orders select n, n from generate_series(1, 20000) n; analyze;"),
    Plan("select from orders where customer_id = 7", "deleting customer 7 reads all orders", has="Seq Scan"),
    Do("create index orders_customer_id_idx on orders (customer_id)"),
    Plan("select from orders where customer_id = 7", "with the index it goes straight to them",
         has="orders_customer_id_idx"),
)  # fmt: skip
