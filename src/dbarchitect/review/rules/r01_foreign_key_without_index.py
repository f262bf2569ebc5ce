"""A foreign key has no index that finds the rows that refer.

Why
    PostgreSQL indexes the referenced columns, never the referring ones. Without an index each delete or key change of
    a parent reads the whole child table while it holds a lock, and so does each join from the parent to its children.
    An index serves when its first columns are those of the key, in any order; primary keys and unique constraints
    count, a partial index only when its condition keeps every row that refers.

Fix
    Add an index on the columns of the foreign key, after the tenant's column where there is one. Safe: an index changes
    no result, it costs a little on each write.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
    Seed: "Index foreign keys".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R01", "foreign-key-without-index", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key whose rows no index finds."""
    for reference in subject.facts.references:
        table, key = reference.child, reference.foreign_key
        if table.partition_of or subject.facts.index_for(table, key.columns):
            continue
        columns = ", ".join(key.columns)
        message = (
            f"no index finds the rows of {table.name} by {columns}: "
            f"each delete in {key.target_table} reads the whole table"
        )
        yield RULE.finding(subject, reference.address, message)


PARENT = "create table customers (id bigint primary key);\n"
CHILD = "create table orders (id bigint primary key, customer_id bigint not null references customers (id));\n"

EXAMPLES = (
    sql(PARENT + CHILD, "constraint:public.orders.orders_customer_id_fkey"),
    sql(PARENT + CHILD + "create index on orders (customer_id);\n"),
    sql(
        PARENT + CHILD + "create index on orders (customer_id) where id > 10;\n",
        "constraint:public.orders.orders_customer_id_fkey",
        title="a partial index misses rows",
    ),
)
DEMONSTRATION = (
    Do(PARENT + CHILD + "insert into customers select generate_series(1, 2000);"
       "insert into orders select n, n from generate_series(1, 2000) n; analyze;"),
    Plan("select from orders where customer_id = 7", "deleting customer 7 reads every order",
         has="Seq Scan"),
    Do("create index orders_customer_id_idx on orders (customer_id)"),
    Plan("select from orders where customer_id = 7", "with the index it goes straight to them",
         has="orders_customer_id_idx"),
)  # fmt: skip
