"""A foreign key and the key that it refers to have different types.

Why
    PostgreSQL refuses some pairs outright (uuid and text). Others it takes: then a child that is narrower cannot hold
    every key of its parent, and where only a cast makes the two comparable (integer and numeric), what looks for
    children casts each of their rows and cannot use the index on them.

Fix
    Give both columns the same type. Unsafe: the type of a column with rows changes; a narrower type refuses some.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding, Severity
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Plan, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R03", "foreign-key-types-differ", "fact", "warning")
LONG = 64
"""Characters that no written id has."""
WIDTHS = {"smallint": 2, "integer": 4, "bigint": 8}
INTO = {"integer": ("integer", "decimal", "float"), "decimal": ("decimal", "float"), "float": ("float",)}
"""Families that PostgreSQL compares through an implicit cast, from the child's to the parent's."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each pair of columns of a foreign key whose types differ in more than spelling."""
    for reference in subject.facts.references:
        table, key = reference.child, reference.foreign_key
        if reference.parent is None or table.partition_of:
            continue
        for child, target in zip(key.columns, key.target_columns, strict=False):
            if not table.has(child) or not reference.parent.has(target):
                continue
            own, other = table.column(child).type, reference.parent.column(target).type
            verdict = _verdict(own, other)
            if verdict:
                severity, follows = verdict
                message = (
                    f"{table.name}.{child} is {own.sql()} and refers to {reference.parent.name}.{target}, "
                    f"which is {other.sql()}: {follows}"
                )
                mended = fixes.change_type(subject, table, child, other, safety="unsafe")
                yield RULE.finding(subject, reference.address, message, severity=severity, fixes=(mended,))


def _verdict(own: SqlType, other: SqlType) -> tuple[Severity, str] | None:
    if own.schema or other.schema or own.info is None or other.info is None:
        return None
    if own.dimensions != other.dimensions:
        return "error", "PostgreSQL refuses the constraint"
    if own.name in WIDTHS and other.name in WIDTHS:
        if WIDTHS[own.name] < WIDTHS[other.name]:
            return "warning", "the larger keys of the parent do not fit"
        return ("info", "it takes more room than any key needs") if own.name != other.name else None
    if own.category == other.category == "text":
        return _texts(own, other)
    if own.category == other.category or {own.category, other.category} <= {"timestamp", "date"}:
        return None
    if other.category in INTO.get(own.category, ()):
        return "warning", "each look for children casts their rows and cannot use the index on them"
    return "error", "PostgreSQL refuses the constraint"


def _texts(own: SqlType, other: SqlType) -> tuple[Severity, str] | None:
    if own.name == "varchar" and own.arguments and other.name in ("varchar", "text"):
        limit = int(own.arguments[0])
        if (not other.arguments and limit < LONG) or (other.arguments and int(other.arguments[0]) > limit):
            return "info", f"a key of the parent with more than {limit} characters does not fit"
    return None


def _example(child: str, parent: str) -> str:
    return (
        f"create table parents (id {parent} primary key);\n"
        f"create table children (id bigint primary key, parent_id {child} references parents (id));\n"
    )


ADDRESS = "constraint:public.children.children_parent_id_fkey"
EXAMPLES = (
    sql(_example("integer", "bigint"), ADDRESS),
    sql(_example("bigint", "bigint")),
    sql(_example("integer", "numeric"), ADDRESS, title="only a cast compares them"),
    sql(_example("text", "uuid"), ADDRESS, title="PostgreSQL refuses it"),
    sql(_example("text", "varchar(40)"), title="the same to PostgreSQL"),
    sql(_example("varchar(20)", "varchar(40)"), ADDRESS, title="too short"),
)
DEMONSTRATION = (
    Refuses(_example("text", "uuid"), "42804", "a text cannot refer to a uuid"),
    Do("create table accounts (id bigint primary key);"
       "create table entries (id bigint primary key, account_id integer references accounts (id));"
       "insert into accounts values (3000000000)"),
    Refuses("insert into entries select 1, id from accounts", "22003", "the account of that number can have no entry"),
    Do("create table prices (id numeric primary key);"
       "create table offers (id int primary key, price_id int references prices (id));"
       "insert into prices select generate_series(1, 5000);"
       "insert into offers select n, n from generate_series(1, 5000) n;"
       "create index offers_price_id_idx on offers (price_id); analyze"),
    Plan("select from only offers where 7::numeric operator(pg_catalog.=) price_id::numeric",
         "what a delete of price 7 asks reads every offer in spite of the index", has="Seq Scan"),
)  # fmt: skip
