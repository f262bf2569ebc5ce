"""A column that refers elsewhere has another type here.

Why
    In one table `user_id` is a `uuid` that refers to users, in another one a `text` that refers to nothing. Comparing
    the two is refused (42883) until one side is cast, and a cast column is found by no index. The missing foreign key
    is missing because of the type.

    Found where all foreign keys of a name point at the table of that name (`user_id` at users) and agree on the type,
    and a column of that name elsewhere has another kind of type, no foreign key and no default. A foreign key whose own
    two sides differ is R03.

Fix
    Change the type to that of the others, then add the foreign key. Unsafe: values that are no such key stand in the
    way. Ids of other systems deserve a name that says so.

Sources
    https://www.postgresql.org/docs/current/typeconv-oper.html
    Seed: "Always define foreign key relationships".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import parts
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import quote, singular
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Plan, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T04", "one-name-two-types", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each column of another kind of type than the references of its name."""
    references = _references(subject)
    for table in subject.schema.tables:
        referring = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns if not table.partition_of else ():
            if column.name in referring or column.name not in references or column.default:
                continue
            target, kind = references[column.name]
            if target == table.name or column.type.dimensions or column.type.category == kind.category:
                continue
            message = (
                f"{table.name}.{column.name} is {column.type.sql()}, elsewhere {column.name} is the {kind.sql()} of "
                f"{target}: comparing them needs a cast, and no index serves a cast"
            )
            mend = fixes.change_type(subject, table, column.name, kind, f"{quote(column.name)}::{kind.sql()}")
            yield RULE.finding(subject, table.column_address(column.name), message, fixes=[mend])


def _references(subject: Subject) -> dict[str, tuple[str, SqlType]]:
    """The table and type that all foreign key columns of a name agree on, when the name is that of the table."""
    found: dict[str, set[tuple[str, SqlType]]] = {}
    for reference in subject.facts.references:
        for name in reference.foreign_key.columns:
            target = reference.foreign_key.target_table
            if reference.child.has(name) and parts(name) == (*parts(singular(target)), "id"):
                found.setdefault(name, set()).add((target, reference.child.column(name).type))
    return {name: next(iter(said)) for name, said in sorted(found.items()) if len(said) == 1}


USERS = "create table users (id uuid primary key);\n"
POSTS = "create table posts (id uuid primary key, user_id uuid not null references users (id));\n"

EXAMPLES = (
    sql(
        USERS + POSTS + "create table visits (id uuid primary key, user_id text not null);\n",
        "column:public.visits.user_id",
    ),
    sql(USERS + POSTS + "create table visits (id uuid primary key, user_id uuid, external_user_id text);\n"),
    sql(
        USERS + POSTS + "create table boxes (id uuid primary key, user_id text default 'box-' || random());\n",
        title="what has a default refers to nothing",
    ),
    sql(
        USERS.replace("users", "mail_events") + "create table posts (event_id uuid references mail_events (id));\n"
        "create table visits (event_id text);\n",
        title="another kind of event, perhaps",
    ),
)
DEMONSTRATION = (
    Do("create table users (id uuid primary key);"
       "insert into users select gen_random_uuid() from generate_series(1, 3000);"
       "create table visits (user_id text primary key); insert into visits select id::text from users; analyze"),
    Refuses("select from users join visits on visits.user_id = users.id", "42883", "a text is no uuid"),
    Plan("select from users, visits where users.id = visits.user_id::uuid and users.id = gen_random_uuid()",
         "with a cast the index of visits is of no use", has="Seq Scan on visits"),
)  # fmt: skip
