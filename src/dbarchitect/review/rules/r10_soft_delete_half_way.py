"""Soft deletion stops at a table: the parent is marked as deleted, its children live on.

Why
    Marking a row as deleted fires no cascade. Children without a mark of their own stay visible to every query that
    does not join their parent; children that are marked are destroyed for good when a parent without a mark is
    deleted with `on delete cascade`.

Fix
    Decide for each aggregate: children carry the mark too and are marked with their parent, or every query on them
    joins the parent. Under a parent that is really deleted, `restrict` keeps what was only marked.

Sources
    Seed: "Filter out soft-deleted records in queries", "Delete children when parent is deleted".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_required
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import is_trail, listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.source import Span
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R10", "soft-delete-half-way", "house", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding a table whose soft deletion does not reach what it owns, or that destroys what is soft-deleted.

    A reference that is required and cascades says that the child is a part of its parent. Links, trails, people (who
    leave, and whose rows are not parts of them) and schemas that say themselves how they delete are left alone.
    """
    for table in subject.schema.tables:
        if table.address in subject.schema.intent.tables or subject.naming.is_person(table):
            continue
        owned = [item for item in subject.facts.references_to(table) if _is_owned(subject, item)]
        marked = subject.roles.deleted_column(table)
        if marked:
            alive = sorted({item.child.name for item in owned if not subject.roles.deleted_column(item.child)})
            if alive:
                message = (
                    f"setting {table.name}.{marked} leaves the rows of {listed(alive)} alive: no cascade follows it"
                )
                yield RULE.finding(subject, table.address, message, related=_places(subject, owned, alive))
        elif table != subject.roles.tenant_table:
            lost = sorted({item.child.name for item in owned if subject.roles.deleted_column(item.child)})
            if lost:
                message = f"deleting a row of {table.name} destroys the rows of {listed(lost)} for good"
                yield RULE.finding(subject, table.address, message, related=_places(subject, owned, lost))


def _is_owned(subject: Subject, reference: Reference) -> bool:
    return (
        reference.foreign_key.on_delete == "cascade"
        and is_required(reference)
        and reference.child.key != (reference.parent.key if reference.parent else None)
        and reference.parent != subject.roles.tenant_table
        and not subject.roles.is_junction(reference.child)
        and not reference.child.partition_of
        and not is_trail(reference.child)
    )


def _places(subject: Subject, references: list[Reference], names: list[str]) -> tuple[Span, ...]:
    spans = [subject.span(item.address) for item in references if item.child.name in names]
    return tuple(span for span in spans if span)


POSTS = "create table posts (id bigint primary key, title text, deleted_at timestamptz{});\n"
COMMENTS = (
    "create table comments (id bigint primary key, body text{},\n"
    "  post_id bigint not null references posts on delete {});\n"
)
EXAMPLES = (
    sql(POSTS.format("") + COMMENTS.format("", "cascade"), "table:public.posts"),
    sql(POSTS.format("") + COMMENTS.format(", deleted_at timestamptz", "cascade")),
    sql(POSTS.format("") + COMMENTS.format("", "restrict"), title="a reference, not a part"),
    sql(
        "create table posts (id bigint primary key, title text);\n"
        + COMMENTS.format(", deleted_at timestamptz", "cascade"),
        "table:public.posts",
        title="the other way round",
    ),
)
DEMONSTRATION = (
    Do(POSTS.format("") + COMMENTS.format("", "cascade")
       + "insert into posts values (1, 'gone', null); insert into comments values (1, 'still here', 1);"
       "update posts set deleted_at = now() where id = 1"),
    Shows("select body from comments", "still here", "the comment of a deleted post is shown"),
)  # fmt: skip
