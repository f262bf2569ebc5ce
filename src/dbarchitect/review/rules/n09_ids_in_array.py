"""An array or a document holds the ids of rows.

Why
    PostgreSQL has no foreign key for the elements of an array or of jsonb: they may name rows that do not exist, a
    delete leaves them behind, and who asks which rows name a given one needs a GIN index and a different way to ask.

Fix
    A junction table with two foreign keys, and a position where the order matters. There is no edit: the elements
    must become rows.

Sources
    https://www.postgresql.org/docs/current/arrays.html ("Arrays are not sets")
    Bill Karwin, SQL Antipatterns: "Jaywalking".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import single_key
from dbarchitect.facts.naming import is_foreign, is_trail, stem
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("N09", "ids-in-array", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each array or document `tag_ids` where there is a table of tags whose key has the type of the elements.

    Information in tables that say what happened, and in documents, whose elements have no type.
    """
    for table in subject.schema.tables:
        if table.partition_of:
            continue
        for column in table.columns:
            target = _target(subject, table, column)
            if target:
                message = (
                    f"{table.name}.{column.name} holds ids of {target.name} where no foreign key can hold them: "
                    "they may name rows that do not exist"
                )
                certain = column.type.dimensions == 1 and not is_trail(table)
                yield RULE.finding(
                    subject,
                    table.column_address(column.name),
                    message,
                    severity="warning" if certain else "info",
                )


def _target(subject: Subject, table: Table, column: Column) -> Table | None:
    parts = stem(column.name, many=True)
    if parts is None or is_foreign(column.name) or column.generated:
        return None
    if column.type.dimensions != 1 and column.type.category != "json":
        return None
    found = subject.naming.meant(parts, table)
    key = single_key(found) if found else None
    if key is None:
        return None
    return found if column.type.category in ("json", key.type.category) else None


TAGS = "create table tags (id uuid primary key);\n"
EXAMPLES = (
    sql(TAGS + "create table posts (id uuid primary key, tag_ids uuid[] not null);\n", "column:public.posts.tag_ids"),
    sql(
        TAGS + "create table posts (id uuid primary key, tag_ids jsonb not null);\n",
        "column:public.posts.tag_ids",
        title="in a document: information",
    ),
    sql(
        TAGS + "create table posts (id uuid primary key);\n"
        "create table post_tags (post_id uuid references posts, tag_id uuid references tags,\n"
        "  primary key (post_id, tag_id));\n"
    ),
    sql(
        TAGS + "create table posts (id uuid primary key, external_tag_ids uuid[], message_ids uuid[], tags text[]);\n",
        title="ids of something else",
    ),
)
DEMONSTRATION = (
    Do(TAGS + "create table posts (id int primary key, tag_ids uuid[] not null);"
       "insert into tags values ('00000000-0000-0000-0000-000000000001')"),
    Accepts("insert into posts select 1, array_agg(id) || gen_random_uuid() from tags",
            "a tag that does not exist is taken"),
    Accepts("delete from tags", "the other one is deleted, nothing holds it"),
    Shows("select cardinality(tag_ids) from posts", "2", "the post still has two tags"),
)  # fmt: skip
