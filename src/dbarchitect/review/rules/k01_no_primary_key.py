"""A table has no primary key.

Why
    Without a key two rows can be equal in everything. Then neither can be changed or deleted alone, no foreign key
    can point at one of them, and logical replication refuses updates and deletes. A unique rule over columns that are
    never null is an identity, but replication and tools look for the primary key.

Fix
    Make the columns that identify a row the primary key: for a link its two foreign keys, else an id. Unsafe: rows
    that are twice there stand against it.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS
    https://www.postgresql.org/docs/current/logical-replication-publication.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_nullable, unique_sets
from dbarchitect.facts.naming import listed
from dbarchitect.model.constraint import PrimaryKey
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import fit
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K01", "no-primary-key", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a primary key; partitions and children of an inheritance have what their parent has."""
    for table in subject.schema.tables:
        if table.partition_of or table.inherits or not table.columns or not subject.is_whole(table):
            continue
        if any(version.primary_key for _, version in subject.versions(table)):
            continue
        keys = [key for key in unique_sets(subject.facts, table) if not any(is_nullable(table, name) for name in key)]
        if keys:
            columns = tuple(column.name for column in table.columns if column.name in keys[0])
            message = (
                f"{table.name} has no primary key, only a unique rule on {listed(columns)}: "
                "logical replication and tools do not take that for the identity of a row"
            )
            yield RULE.finding(subject, table.address, message, severity="info", fixes=_fixes(subject, table, columns))
            continue
        message = f"{table.name} has no primary key: two equal rows cannot be told apart, changed or deleted alone"
        yield RULE.finding(subject, table.address, message, fixes=_fixes(subject, table, _link(subject, table)))


def _link(subject: Subject, table: Table) -> tuple[str, ...]:
    """The columns of the foreign keys that are all that a link consists of."""
    if not subject.roles.is_junction(table):
        return ()
    referring = {name for item in subject.roles.links(table) for name in item.foreign_key.columns}
    return tuple(column.name for column in table.columns if column.name in referring and not column.nullable)


def _fixes(subject: Subject, table: Table, columns: tuple[str, ...]) -> tuple[Fix, ...]:
    if columns:
        key = PrimaryKey(fit(f"{table.name}_pkey"), columns)
        return (fixes.add_primary_key(subject, table, key, safety="unsafe"),)
    return ()


EXAMPLES = (
    sql("create table readings (sensor text not null, value int not null);", "table:public.readings"),
    sql("create table readings (id bigint generated always as identity primary key, value int not null);"),
    sql("create table codes (code text not null unique);", "table:public.codes", title="unique, and only that"),
    sql(
        "create table events (id bigint, at date not null, primary key (id, at)) partition by range (at);\n"
        "create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');",
        title="a partition has the key of its parent",
    ),
)
DEMONSTRATION = (
    Do("create table readings (sensor text not null, value int not null);"
       "insert into readings values ('a', 1), ('a', 1)"),
    Do("delete from readings where sensor = 'a' and value = 1"),
    Shows("select count(*) from readings", "0", "who wanted to delete one of two equal rows has deleted both"),
    Refuses("create table alarms (sensor text references readings (sensor))", "42830",
            "and no foreign key can point at a reading"),
)  # fmt: skip
