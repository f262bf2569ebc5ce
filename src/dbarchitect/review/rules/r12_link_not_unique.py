"""A link between two rows can be there twice.

Why
    A table that ties two others together without a key over both takes the same pair again. Counts are wrong, joins
    show rows twice, and an unlink that deletes one of them leaves the other.

Fix
    Make the two columns the primary key, or unique. Unsafe: pairs that are twice there stand against it. The way back
    is the matter of R01: the second column of the key needs an index of its own.

Sources
    Seed: "Many-to-Many Relationship" (composite primary key).
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import is_nullable, unique_sets
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import is_trail, listed
from dbarchitect.model.constraint import PrimaryKey, Unique
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import fit, singular, words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R12", "link-not-unique", "fact", "warning")
MEMBERS = frozenset("member membership participant collaborator assignee follower subscriber".split())
OWN = 3
"""Columns of its own that a membership may have beside its two references: a role, a state, a position."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each link whose pair no unique rule holds, not even one with a condition."""
    for table in subject.schema.tables:
        pair = _pair(subject, table)
        if not pair or table.partition_of or not subject.is_whole(table):
            continue
        named = {name for item in pair for name in item.foreign_key.columns}
        columns = tuple(column.name for column in table.columns if column.name in named)
        if _is_held(subject, table, pair):
            continue
        message = f"{table.name} takes the same {listed(columns, 9)} twice: no unique rule holds them together"
        if table.primary_key:
            mended = fixes.add_unique(subject, table, Unique(fit(f"{table.name}_{'_'.join(columns)}_key"), columns))
        else:
            mended = fixes.add_primary_key(subject, table, PrimaryKey(fit(f"{table.name}_pkey"), columns))
        yield RULE.finding(subject, table.address, message, fixes=(mended,))


def _pair(subject: Subject, table: Table) -> tuple[Reference, ...]:
    """The two references of a link: all that it consists of, or those of a membership with a few columns of its own."""
    references = tuple(item for item in subject.facts.references_from(table) if item.parent)
    links = tuple(item for item in subject.roles.links(table) if item.parent)
    if is_trail(table):
        return ()
    if len(links) == 2 and subject.roles.is_junction(table) and _required(table, links):
        return links
    if len(references) != 2 or not _required(table, references) or not _is_membership(subject, table, references):
        return ()
    return references


def _required(table: Table, references: tuple[Reference, ...]) -> bool:
    return not any(is_nullable(table, name) for item in references for name in item.foreign_key.columns)


def _is_membership(subject: Subject, table: Table, references: tuple[Reference, ...]) -> bool:
    parts = [singular(word) for word in words(table.name)]
    named = bool(parts) and parts[-1] in MEMBERS
    for first, second in (references, references[::-1]):
        both = {(*a, *b) for a in _names(subject, first) for b in _names(subject, second)}
        named = named or tuple(parts) in both or tuple(word for word in parts if word not in ("to", "on")) in both
    roles = subject.roles
    aside = {roles.created_column(table), roles.updated_column(table), roles.deleted_column(table)}
    aside |= {name for item in references for name in item.foreign_key.columns}
    aside |= set(table.primary_key.columns) if table.primary_key else set()
    return named and len([column for column in table.columns if column.name not in aside]) <= OWN


def _names(subject: Subject, reference: Reference) -> frozenset[tuple[str, ...]]:
    return subject.naming.names(reference.parent) if reference.parent else frozenset()


def _is_held(subject: Subject, table: Table, pair: tuple[Reference, ...]) -> bool:
    """Whether some unique rule holds both references together, or one alone, be it with a condition or other columns.

    Columns that both references carry, such as a tenant's, tell them not apart.
    """
    first, second = (frozenset(item.foreign_key.columns) for item in pair)
    parts = (first - second, second - first)
    rules: list[frozenset[str]] = []
    for facts, version in subject.versions(table):
        rules += unique_sets(facts, version)
        rules += [frozenset(index.columns) for index in version.indexes if index.unique]
    others = [frozenset(item.foreign_key.columns) for item in subject.facts.references_from(table)]
    return any(
        all(rule & part for part in parts)
        or any(rule <= reference for reference in others)
        or len([reference for reference in others if reference <= rule]) > 1
        for rule in rules
        if rule
    )


PARENTS = "create table students (id bigint primary key);\ncreate table courses (id bigint primary key);\n"
LINK = "student_id bigint not null references students, course_id bigint not null references courses"
EXAMPLES = (
    sql(
        PARENTS + f"create table enrolments (id bigint primary key, {LINK});\n",
        "table:public.enrolments",
    ),
    sql(PARENTS + f"create table enrolments ({LINK}, primary key (student_id, course_id));\n"),
    sql(
        PARENTS + f"create table course_members (id bigint primary key, {LINK}, role text not null);\n",
        "table:public.course_members",
        title="a membership with a role",
    ),
    sql(
        PARENTS + f"create table enrolments (id bigint primary key, {LINK}, deleted_at timestamptz);\n"
        "create unique index on enrolments (student_id, course_id) where deleted_at is null;\n",
        title="once among those that are not deleted",
    ),
    sql(
        PARENTS + f"create table enrolments (id bigint primary key, {LINK}, term text,\n"
        "  unique (student_id, course_id, term));\n",
        title="once a term",
    ),
    sql(
        "create table tenants (id bigint primary key);\n"
        "create table students (tenant_id bigint, id bigint, primary key (tenant_id, id));\n"
        "create table courses (tenant_id bigint, id bigint, primary key (tenant_id, id));\n"
        "create table enrolments (id bigint primary key, tenant_id bigint not null, student_id bigint not null,\n"
        "  course_id bigint not null, unique (student_id, course_id),\n"
        "  foreign key (tenant_id, student_id) references students (tenant_id, id),\n"
        "  foreign key (tenant_id, course_id) references courses (tenant_id, id));\n",
        title="held without the tenant",
    ),
    sql(PARENTS + f"create table course_visits (id bigint primary key, {LINK});\n", title="visits are counted"),
    sql(
        PARENTS + f"create table exams (id bigint primary key, {LINK}, mark int, held_on date);\n",
        title="more than a link",
    ),
)
DEMONSTRATION = (
    Do(PARENTS + f"create table enrolments (id bigint primary key, {LINK});"
       "insert into students values (1); insert into courses values (1); insert into enrolments values (1, 1, 1)"),
    Accepts("insert into enrolments values (2, 1, 1)", "the student is enrolled in the course twice"),
    Do("delete from enrolments where id = 2; alter table enrolments add unique (student_id, course_id)"),
    Refuses("insert into enrolments values (2, 1, 1)", "23505", "a unique rule keeps it away"),
)  # fmt: skip
