"""A primary key can change, or is a long text that others copy.

Why
    An e-mail address, a user name or a title as the key changes one day; every row that refers then stands in the
    way, or must change with it. A text that serves as an id (nanoid, cuid, a UUID written out) costs 22 to 37 bytes
    in its table, in each table that refers and in each of their indexes, where a uuid takes 16 and a bigint 8.

Fix
    Use a uuid or a bigint as the key and keep the natural one unique. Only a plan for the whole schema can do that,
    so there is no edit. Short codes that a standard keeps stable (currency, country, locale) are good keys.

Sources
    https://www.postgresql.org/docs/current/datatype-uuid.html
    Seed: "Use UUIDv7 for distributed systems and better performance".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import generator, single_key
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("K04", "natural-primary-key", "house", "info")

CHANGING = frozenset("email username handle phone mobile title nickname login domain url".split())
"""Last words of values that people change."""
LIBRARY = frozenset({"user", "session", "account", "verification", "organization", "team", "member", "invitation"})
"""Tables whose keys the well-known authentication libraries prescribe as text."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each table with a key of one text column that others refer to."""
    for table in subject.schema.tables:
        column = single_key(table)
        if column is None or table.partition_of:
            continue
        if column.type.category != "text" or column.type.dimensions:
            continue
        referring = subject.facts.references_to(table)
        own = [item for item in referring if item.foreign_key.target_columns == (column.name,)]
        address = table.column_address(column.name)
        if words(column.name)[-1:] and words(column.name)[-1] in CHANGING:
            rigid = [item.child.name for item in own if item.foreign_key.on_update != "cascade"]
            what = f"{table.name} is identified by {column.name}, which may change"
            message = f"{what}: the rows of {listed(_names(own))} must change with it" if own else what
            if rigid:
                message = f"{what}: rows of {listed(sorted(set(rigid)))} that refer to it refuse that"
            yield RULE.finding(subject, address, message, severity="warning" if rigid else "info")
        elif (
            own and _is_written_id(table, column.name) and generator(column) is None and not _of_library(subject, table)
        ):
            message = (
                f"{table.name}.{column.name} is a text: {listed(_names(own))} "
                f"{'copy' if len(_names(own)) > 1 else 'copies'} it, and so do their indexes"
            )
            yield RULE.finding(subject, address, message)


def _names(references: list[Reference]) -> list[str]:
    return sorted({item.child.name for item in references})


def _is_written_id(table: Table, column: str) -> bool:
    """Whether the column is an id by its name; a `char(n)` or a short `varchar` is a code."""
    arguments = table.column(column).type.arguments
    short = bool(arguments) and arguments[0].isdigit() and int(arguments[0]) <= 16
    return words(column)[-1] in ("id", "uuid", "guid") and not short


def _of_library(subject: Subject, table: Table) -> bool:
    """Whether an authentication library made the table: its neighbours have its well-known names."""
    known = {name[0] for each in subject.schema.tables for name in subject.naming.names(each) if len(name) == 1}
    mine = {name[0] for name in subject.naming.names(table) if len(name) == 1}
    return {"user", "session", "account"} <= known and not mine.isdisjoint(LIBRARY)


EXAMPLES = (
    sql(
        "create table users (email text primary key);\n"
        "create table posts (id bigint primary key, author text not null references users (email));",
        "column:public.users.email",
    ),
    sql(
        "create table boards (id text primary key);\n"
        "create table cards (id bigint primary key, board_id text not null references boards (id));",
        "column:public.boards.id",
    ),
    sql(
        "create table currencies (code char(3) primary key);\n"
        "create table prices (id bigint primary key, currency char(3) not null references currencies (code));",
        title="a code that a standard keeps",
    ),
    sql("create table boards (id text primary key);", title="nobody copies it"),
    sql(
        'create table "user" (id text primary key);\n'
        'create table session (id text primary key, user_id text not null references "user" (id));\n'
        'create table account (id text primary key, user_id text not null references "user" (id));',
        title="an authentication library wants it so",
    ),
)
DEMONSTRATION = (
    Do("create table users (email text primary key);"
       "create table posts (id bigint primary key, author text not null references users (email));"
       "insert into users values ('ann@old.example'); insert into posts values (1, 'ann@old.example')"),
    Refuses("update users set email = 'ann@new.example'", "23503", "Ann cannot change her address"),
)  # fmt: skip
