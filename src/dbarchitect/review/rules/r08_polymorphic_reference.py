"""A pair of columns names a row in one of several tables, and nothing can hold it.

Why
    `subject_type` says in which table `subject_id` is to be found. No foreign key can say that: a row may name
    something that does not exist, deletes leave it behind, and each join must know all the tables.

Fix
    One nullable column with a foreign key for each kind and a check that exactly one is set (`check
    (num_nonnulls(post_id, photo_id) = 1)`), or one table that all the kinds share their id with. There is no edit:
    only you know the kinds. For a trail that outlives what it speaks of the pair is right.

Sources
    Bill Karwin, SQL Antipatterns: "Polymorphic Associations".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.naming import is_foreign, is_trail, listed
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Evidence, Finding
from dbarchitect.model.names import singular, words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R08", "polymorphic-reference", "fact", "info")
GENERIC = frozenset(
    "entity resource target subject object item owner parent source principal actor reference ref related record model "
    "content attachable commentable likeable taggable notifiable association host context".split()
)
"""Words that stand for no table of their own."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each pair `x_type`, `x_id` without a foreign key: a warning where the labels name tables of the schema."""
    for table in subject.schema.tables:
        if table.partition_of or is_trail(table):
            continue
        held = {name for item in subject.facts.references_from(table) for name in item.foreign_key.columns}
        for kind, key in _pairs(table):
            if key.name in held or is_foreign(key.name) or _is_own(subject, table, key.name):
                continue
            labels = _labels(subject, table, kind)
            known = [label for label in labels if subject.naming.named(_stem(label), table)]
            if len(known) < 2 and words(key.name)[-2] not in GENERIC:
                continue
            message = (
                f"{table.name}.{key.name} names a row of whatever {kind.name} says"
                f"{f', such as {listed(known)}' if known else ''}: "
                "no foreign key can hold it, and deletes leave it behind"
            )
            told = Evidence("declared", result=f"{kind.name} is one of {', '.join(labels)}") if known else None
            yield RULE.finding(
                subject,
                table.column_address(key.name),
                message,
                severity="warning" if len(known) > 1 else "info",
                evidence=told,
            )


def _is_own(subject: Subject, table: Table, column: str) -> bool:
    """Whether the id is that of the row itself: its key, or the table's own name."""
    key = table.primary_key.columns if table.primary_key else ()
    return key == (column,) or tuple(words(column)[:-1]) in subject.naming.names(table)


def _pairs(table: Table) -> Iterator[tuple[Column, Column]]:
    by_words = {tuple(words(column.name)): column for column in table.columns}
    for spelled, column in by_words.items():
        if len(spelled) > 1 and spelled[-1] == "id" and column.type.category in ("text", "uuid", "integer"):
            kind = by_words.get((*spelled[:-1], "type")) or by_words.get((*spelled[:-1], "kind"))
            if kind and not kind.type.dimensions and (kind.type.category == "text" or kind.type.schema):
                yield kind, column


def _labels(subject: Subject, table: Table, column: Column) -> tuple[str, ...]:
    """What the column may say, as its enum or a check lists it."""
    if column.type.schema:
        enum = subject.facts.enums.get((column.type.schema, column.type.name))
        return enum.labels if enum else ()
    found: list[str] = []
    for condition in checks_of(table, column.name):
        pieces = condition.split("'")
        found += [piece for piece in pieces[1::2] if piece]
    return tuple(dict.fromkeys(found))


def _stem(label: str) -> tuple[str, ...]:
    parts = words(label)
    return (*parts[:-1], singular(parts[-1])) if parts else ()


EXAMPLES = (
    sql(
        "create table posts (id bigint primary key);\ncreate table photos (id bigint primary key);\n"
        "create table comments (id bigint primary key, on_type text not null check (on_type in ('post', 'photo')),\n"
        "  on_id bigint not null);\n",
        "column:public.comments.on_id",
    ),
    sql(
        "create table comments (id bigint primary key, subject_type text not null, subject_id bigint not null);\n",
        "column:public.comments.subject_id",
        title="the words alone: information",
    ),
    sql(
        "create table posts (id bigint primary key);\ncreate table photos (id bigint primary key);\n"
        "create table comments (id bigint primary key, post_id bigint references posts (id),\n"
        "  photo_id bigint references photos (id), check (num_nonnulls(post_id, photo_id) = 1));\n"
    ),
    sql(
        "create table payments (id bigint primary key, provider_type text not null, provider_id text not null);\n",
        title="an id that a provider gave",
    ),
    sql(
        "create table audit_log (id bigint primary key, resource_type text not null, resource_id text not null);\n",
        title="a trail outlives what it speaks of",
    ),
    sql(
        "create table documents (id bigint primary key, document_type text not null, document_id text not null);\n",
        title="a kind and a number of the row itself",
    ),
)
DEMONSTRATION = (
    Do("create table posts (id int primary key);"
       "create table comments (id int primary key, subject_type text not null, subject_id int not null);"
       "insert into posts values (1); insert into comments values (1, 'post', 1)"),
    Accepts("delete from posts", "the post goes, nothing holds it"),
    Accepts("insert into comments values (2, 'poost', 77)", "a kind that does not exist is taken as well"),
    Shows("select id from comments order by id", "1\n2", "both comments hang in the air"),
)  # fmt: skip
