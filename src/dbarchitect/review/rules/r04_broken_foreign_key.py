"""A foreign key refers to a table or columns that are not there, or that no unique rule holds.

Why
    PostgreSQL refuses such a foreign key, and with it the whole migration: the parent must exist before, with a
    primary key, a unique constraint or a plain unique index over exactly the columns that are referred to.

Fix
    Correct the name, create the parent first, or make the columns unique. There is no edit: only you know which.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from dbarchitect.facts.keys import unique_sets
from dbarchitect.facts.lookup import Reference
from dbarchitect.facts.naming import listed
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Refuses
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R04", "broken-foreign-key", "fact", "error")


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key that PostgreSQL would refuse for what it refers to.

    A parent in a PostgreSQL schema of which nothing was read (`auth.users`) is somebody else's business.
    """
    read = {table.schema for table in subject.schema.tables}
    for reference in subject.facts.references:
        fault = None
        if reference.parent is None:
            if reference.foreign_key.target_schema in read:
                fault = _no_table(subject, reference)
        else:
            fault = _faulty(subject, reference, reference.parent)
        if fault:
            yield RULE.finding(
                subject, reference.address, f"{reference.foreign_key.name} of {reference.child.name} {fault}"
            )


def _no_table(subject: Subject, reference: Reference) -> str:
    key = reference.foreign_key
    known = [table.name for table in subject.schema.tables if table.schema == key.target_schema]
    near = difflib.get_close_matches(key.target_table, known, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"refers to the table {key.target_table}, which nothing creates: PostgreSQL refuses it{hint}"


def _faulty(subject: Subject, reference: Reference, parent: Table) -> str | None:
    key = reference.foreign_key
    if len(key.columns) != len(key.target_columns):
        return f"pairs {len(key.columns)} columns with {len(key.target_columns)}: PostgreSQL refuses it"
    for table, columns in ((parent, key.target_columns), (reference.child, key.columns)):
        missing = [name for name in columns if not table.has(name)]
        if missing and subject.is_whole(table):
            near = difflib.get_close_matches(missing[0], [column.name for column in table.columns], 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            return f"names {table.name}.{missing[0]}, which does not exist: PostgreSQL refuses it{hint}"
    unique = {columns for facts, version in subject.versions(parent) for columns in unique_sets(facts, version)}
    if subject.is_whole(parent) and frozenset(key.target_columns) not in unique:
        return (
            f"refers to {parent.name} ({listed(key.target_columns)}), "
            "which no primary key and no unique rule holds: PostgreSQL refuses it"
        )
    return None


CHILD = "create table tasks (id bigint primary key, project_id bigint references {} );\n"
ADDRESS = "constraint:public.tasks.tasks_project_id_fkey"
EXAMPLES = (
    sql("create table projects (id bigint primary key);\n" + CHILD.format("project (id)"), ADDRESS),
    sql("create table projects (id bigint, primary key (id));\n" + CHILD.format("projects (id)")),
    sql("create table projects (id bigint);\n" + CHILD.format("projects (id)"), ADDRESS, title="not unique"),
    sql(
        "create table projects (id bigint);\ncreate unique index on projects (id);\n" + CHILD.format("projects (id)"),
        title="a unique index will do",
    ),
    sql(CHILD.format("auth.projects (id)"), title="in a schema that is not ours"),
)
DEMONSTRATION = (
    Refuses("create table tasks (id int primary key, project_id int references projects (id))", "42P01",
            "a parent that does not exist"),
    Do("create table projects (id int primary key, number int)"),
    Refuses("create table tasks (id int primary key, project_id int references projects (nummer))", "42703",
            "a column that does not exist"),
    Refuses("create table tasks (id int primary key, project_number int references projects (number))", "42830",
            "a column that is not unique"),
)  # fmt: skip
