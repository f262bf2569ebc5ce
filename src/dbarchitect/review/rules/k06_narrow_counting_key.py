"""A key that counts up has 31 bits or less.

Why
    `serial` and `integer` identities end at 2,147,483,647, `smallserial` at 32,767. Rolled back transactions, upserts
    and refused inserts use numbers up too. Then every insert fails, and the way out writes the table and all tables
    that refer to it anew while nobody can work.

Fix
    Use `bigint generated always as identity` or a UUIDv7 from the start. Later it is a migration of the table and of
    every foreign key to it.

Sources
    https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL
    https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_serial
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import generator, single_key, unique_sets
from dbarchitect.facts.naming import is_trail
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K06", "narrow-counting-key", "fact", "info")
ENDS = {"smallint": "32,767", "integer": "2,147,483,647"}


def check(subject: Subject) -> Iterator[Finding]:
    """Each primary key of one integer or smallint that PostgreSQL counts; a warning where rows only pile up."""
    for table in subject.schema.tables:
        column = single_key(table)
        if column is None or table.partition_of:
            continue
        if column.type.name not in ENDS or column.type.dimensions or generator(column) not in ("identity", "serial"):
            continue
        if _is_dictionary(subject, table):
            continue
        message = f"{table.name}.{column.name} counts up to {ENDS[column.type.name]}: every insert after that fails"
        piles_up = column.type.name == "smallint" or is_trail(table)
        yield RULE.finding(
            subject,
            table.column_address(column.name),
            message,
            severity="warning" if piles_up else "info",
            fixes=(fixes.display("Make the key a bigint", *_ddl(subject, table, column.name)),),
        )


def _is_dictionary(subject: Subject, table: Table) -> bool:
    """Whether the table only gives numbers to a few values: an id, a unique text, and little else."""
    key = table.primary_key.columns if table.primary_key else ()
    own = [column.name for column in table.columns if column.name not in key]
    texts = [name for name in own if table.column(name).type.category == "text"]
    return len(own) <= 2 and any(frozenset((name,)) in unique_sets(subject.facts, table) for name in texts)


def _ddl(subject: Subject, table: Table, column: str) -> tuple[str, ...]:
    statements = [f"alter table {qualified(*table.key)} alter column {quote(column)} type bigint"]
    for item in subject.facts.references_to(table):
        for child, target in zip(item.foreign_key.columns, item.foreign_key.target_columns, strict=False):
            if target == column:
                statements.append(f"alter table {qualified(*item.child.key)} alter column {quote(child)} type bigint")
    for sequence in subject.schema.sequences:
        if sequence.owned_by == (*table.key, column):
            statements.append(f"alter sequence {qualified(sequence.schema, sequence.name)} as bigint")
    return tuple(statements)


EXAMPLES = (
    sql("create table orders (id serial primary key);", "column:public.orders.id"),
    sql("create table orders (id integer generated always as identity primary key);", "column:public.orders.id"),
    sql("create table orders (id bigint generated always as identity primary key);"),
    sql("create table countries (id serial primary key, name text not null unique);", title="a few values"),
    sql("create table weekdays (number integer primary key);", title="nobody counts it up"),
)
DEMONSTRATION = (
    Do("create table orders (id serial primary key, note text)"),
    Accepts("select setval('orders_id_seq', 2147483647)", "two billion orders, failed ones among them, later"),
    Refuses("insert into orders (note) values ('one more')", "2200H", "no order can be taken any more"),
    Do("create table shifts (id integer primary key); create sequence shift_numbers start 2147483648"),
    Refuses("insert into shifts select nextval('shift_numbers')", "22003", "nor does a larger number fit the column"),
)  # fmt: skip
