"""A foreign key has no index that finds the rows that refer.

Why
    PostgreSQL indexes the referenced columns, never the referring ones. Without an index each delete or key change of
    a parent reads the whole child table while it holds a lock, and so does each join from the parent to its children.
    An index serves when its first columns are those of the key, in any order, or a part of them that identifies the
    parent by itself; primary keys and unique constraints count, a partial index only when its condition keeps every
    row that refers. Where a live database says that the table is large, S01 says the same with the sizes instead.

Fix
    Add an index that begins with the columns of the foreign key. Safe: an index changes no result, it costs a little
    on each write. On a large table in use it is built with `concurrently`.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
    Seed: "Index foreign keys".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.facts.keys import finder
from dbarchitect.facts.lookup import Reference
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import fit
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R01", "foreign-key-without-index", "fact", "warning")
ACTIONS = {
    "cascade": "each delete in {parent} reads the whole table to delete what refers",
    "set null": "each delete in {parent} reads the whole table to set what refers to null",
    "set default": "each delete in {parent} reads the whole table to set what refers to its default",
}


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key whose rows no index finds; one finding for keys over the same columns."""
    for reference in unindexed(subject):
        table, key = reference.child, reference.foreign_key
        if measured.large(subject, table):
            continue  # S01 says it with the sizes
        action = ACTIONS.get(key.on_delete, "each delete in {parent} reads the whole table to see that nothing refers")
        message = (
            f"no index finds the rows of {table.name} by {', '.join(key.columns)}: "
            f"{action.format(parent=key.target_table)}"
        )
        yield RULE.finding(subject, reference.address, message, fixes=[mend(subject, reference)])


def unindexed(subject: Subject) -> Iterator[Reference]:
    """The foreign keys whose rows no index finds, one of those over the same columns."""
    seen: set[tuple[str, frozenset[str]]] = set()
    for reference in subject.facts.references:
        table, key = reference.child, reference.foreign_key
        once = (table.address, frozenset(key.columns))
        if table.partition_of or once in seen or not all(table.has(name) for name in key.columns):
            continue
        versions = subject.versions(table)
        if subject.is_whole(table) and not any(
            finder(facts, replace(reference, child=made)) for facts, made in versions
        ):
            seen.add(once)
            yield reference


def mend(subject: Subject, reference: Reference) -> Fix:
    """Add the index that the foreign key lacks."""
    return fixes.add_index(subject, reference.child, _index(reference), safety="safe")


def _index(reference: Reference) -> Index:
    columns = reference.foreign_key.columns
    parts = tuple(IndexPart(column=name) for name in columns)
    return Index(fit(f"{reference.child.name}_{'_'.join(columns)}_idx"), parts)


PARENT = "create table customers (id bigint primary key);\n"
CHILD = "create table orders (id bigint primary key, customer_id bigint not null references customers (id));\n"
SHOP = """import { bigint, index, pgTable } from "drizzle-orm/pg-core";
export const customers = pgTable("customers", { id: bigint("id", { mode: "number" }).primaryKey() });
"""
ORDERS = """export const orders = pgTable("orders", {
  id: bigint("id", { mode: "number" }).primaryKey(),
  customerId: bigint("customer_id", { mode: "number" }).notNull().references(() => customers.id),
}"""

EXAMPLES = (
    sql(PARENT + CHILD, "constraint:public.orders.orders_customer_id_fkey"),
    sql(PARENT + CHILD + "create index on orders (customer_id);\n"),
    drizzle(
        f"{SHOP}{ORDERS}, (t) => [\n]);\n",
        "constraint:public.orders.orders_customer_id_customers_id_fk",
        fixed=f'{SHOP}{ORDERS}, (t) => [\n  index("orders_customer_id_idx").on(t.customerId),\n]);\n',
        title="in TypeScript",
    ),
    drizzle(f'{SHOP}{ORDERS}, (t) => [index("orders_customer_id_idx").on(t.customerId)]);\n'),
    sql(
        PARENT + CHILD + "create index on orders (customer_id) where id > 10;\n",
        "constraint:public.orders.orders_customer_id_fkey",
        title="a partial index misses rows",
    ),
    sql(
        PARENT + CHILD + "create index on orders (id, customer_id);\n",
        "constraint:public.orders.orders_customer_id_fkey",
        title="a later column of an index finds nothing",
    ),
    sql(
        PARENT + "create table orders (id bigint primary key, customer_id bigint references customers (id));\n"
        "create index on orders (customer_id) where customer_id is not null;\n",
        title="a row that refers to nothing is not missed",
    ),
    sql(
        PARENT + CHILD + "create index on orders using hash (customer_id);\n",
        title="a hash index finds equal values",
    ),
    sql(
        "create table projects (org_id bigint, id bigint primary key, unique (org_id, id));\n"
        "create table tasks (id bigint primary key, org_id bigint, project_id bigint,\n"
        "  foreign key (org_id, project_id) references projects (org_id, id));\n"
        "create index on tasks (project_id);\n",
        title="the project identifies itself",
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
