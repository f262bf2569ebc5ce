"""A column names the id of a row in another table, and no foreign key says so.

Why
    Nothing keeps `project_id` from naming a project that does not exist or exists no more. Orphans gather in silence,
    joins lose rows, and what deletes a project must know of every such column.

Fix
    Add the foreign key with a rule for deletion, after the orphans are found and mended. Unsafe: orphans stand
    against it, and inserts in the wrong order are refused from then on.

Sources
    Bill Karwin, SQL Antipatterns: "Keyless Entry".
    Seed: "Always define foreign key relationships".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.keys import single_key
from dbarchitect.facts.naming import FOREIGN, is_foreign, is_trail, listed, stem
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.finding import Evidence, Finding
from dbarchitect.model.names import fit, singular, words
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("R02", "missing-foreign-key", "fact", "warning")
FEW = 10
"""Missing foreign keys that are no practice yet, whatever else the schema has."""


def check(subject: Subject) -> Iterator[Finding]:
    """Each column whose name and type fit the key of one other table, where the schema itself shows what it means.

    A warning when other tables refer to that table by a column of the same name, information when only name and type
    speak. Rows that say what happened may outlive what they speak of and are left alone. A schema that leaves out more
    foreign keys than it has does so on purpose, and gets one finding for all.
    """
    found = [
        (table, column, target, alike)
        for table in subject.schema.tables
        if not (table.partition_of or is_trail(table))
        for column in table.columns
        if (target := _target(subject, table, column)) and not _declared_relation(subject, table, column)
        if (alike := _alike(subject, target, column)) or FOREIGN.isdisjoint(words(table.name))
    ]
    if len(found) > max(FEW, len(subject.facts.references)):
        names = listed(f"{table.name}.{column.name}" for table, column, _, _ in found)
        message = f"{len(found)} columns ({names}) name rows of other tables, and nothing keeps those there"
        table, column, _, _ = found[0]
        related = [span for each, own, _, _ in found if (span := subject.span(each.column_address(own.name)))]
        yield RULE.finding(subject, table.column_address(column.name), message, severity="info", related=related[1:])
        return
    for table, column, target, alike in found:
        yield _finding(subject, table, column, target, alike)


def _alike(subject: Subject, target: Table, column: Column) -> list[str]:
    """The tables that refer to the target by a column of the same name."""
    return sorted(
        item.child.name for item in subject.facts.references_to(target) if item.foreign_key.columns == (column.name,)
    )


def _finding(subject: Subject, table: Table, column: Column, target: Table, alike: list[str]) -> Finding:
    key = target.primary_key.columns[0] if target.primary_key else ""
    message = (
        f"{table.name}.{column.name} names a row of {target.name}, but no foreign key holds it: "
        f"it may name one that does not exist"
    )
    constraint = ForeignKey(
        fit(f"{table.name}_{column.name}_{target.name}_{key}_fk"), (column.name,), target.schema, target.name, (key,)
    )
    shown = Evidence("inferred", result=f"{alike[0]}.{column.name} refers to {target.name}.{key}") if alike else None
    return RULE.finding(
        subject,
        table.column_address(column.name),
        message,
        severity="warning" if alike else "info",
        evidence=shown,
        fixes=(fixes.add_foreign_key(subject, table, constraint, safety="unsafe"),),
    )


def _target(subject: Subject, table: Table, column: Column) -> Table | None:
    parts = stem(column.name)
    if parts is None or column.generated or column.type.dimensions or _is_held(subject, table, column):
        return None
    if is_foreign(column.name) or _is_polymorphic(table, column.name):
        return None
    parts = (*parts[:-1], singular(parts[-1]))
    if parts in subject.naming.names(table):
        return None
    found = subject.naming.meant(parts, table)
    if found is None or found.key == table.key or not _fits(found, column):
        return None
    key = table.primary_key.columns if table.primary_key else ()
    if key == (column.name,) or not _is_called_so(found, column.name) or _means_another(subject, found, parts):
        return None
    return found


def _means_another(subject: Subject, target: Table, parts: tuple[str, ...]) -> bool:
    """Whether a foreign key from a column called alike leads to another table: `chat_id` to copilot_chats, not chat."""
    ends = [name for name in subject.naming.names(target) if parts[-len(name) :] == name]
    return any(subject.naming.led_to.get(name, frozenset()) - {target.key} for name in ends)


def _is_held(subject: Subject, table: Table, column: Column) -> bool:
    versions = [version for _, version in subject.versions(table)]
    return any(column.name in key.columns for version in versions for key in version.foreign_keys)


def _is_called_so(target: Table, column: str) -> bool:
    """Whether the column is called after the target's key: where that is `teamsId`, `team_id` is something else.

    A target that has a column of the very name beside its key has two ids; then nobody knows which is meant.
    """
    key = words(target.primary_key.columns[0]) if target.primary_key else []
    if len(key) > 1:
        return words(column)[-len(key) :] == key
    return not any(words(each.name) == words(column) for each in target.columns)


def _fits(target: Table, column: Column) -> bool:
    key = single_key(target)
    if key is None or key.type.dimensions:
        return False
    return key.type.category == column.type.category and key.type.schema == column.type.schema


def _is_polymorphic(table: Table, column: str) -> bool:
    head = words(column)[:-1]
    return any(words(each.name) in ([*head, "type"], [*head, "kind"]) for each in table.columns)


def _declared_relation(subject: Subject, table: Table, column: Column) -> bool:
    """Whether `relations()` says it; then the rule about relations without a foreign key speaks."""
    declared = subject.declared_table(table.key)
    entry = subject.declared_column(table.key, column.name)
    if declared is None or entry is None or subject.declared is None:
        return False
    return any(item.table == declared.variable and entry.key in item.fields for item in subject.declared.relations)


PROJECTS = "create table projects (id uuid primary key);\n"
TASKS = "create table tasks (id uuid primary key, project_id uuid not null references projects (id));\n"

EXAMPLES = (
    sql(
        PROJECTS + TASKS + "create table notes (id uuid primary key, project_id uuid not null);\n",
        "column:public.notes.project_id",
    ),
    sql(
        "create table users (id uuid primary key);\n"
        "create table notes (id uuid primary key, created_by_user_id uuid);\n",
        "column:public.notes.created_by_user_id",
        title="in a role",
    ),
    sql(
        PROJECTS + "".join(f"create table t{n} (id uuid primary key, project_id uuid);\n" for n in range(11)),
        "column:public.t0.project_id",
        title="on purpose: one finding for all",
    ),
    sql(PROJECTS + TASKS),
    sql(PROJECTS + "create table audit_log (id uuid primary key, project_id uuid);\n", title="a trail outlives"),
    sql(
        "create table customers (id text primary key);\n"
        "create table plans (id text primary key, stripe_customer_id text, external_customer_id text);\n",
        title="somebody else's ids",
    ),
    sql(PROJECTS + "create table notes (id uuid primary key, project_id text);\n", title="another type"),
    sql(
        "create table accounts (id text primary key, account_id text not null, provider_id text not null);\n"
        "create table providers (id text primary key);\n",
        title="the provider's own ids",
    ),
    sql(
        "create table posts (id uuid primary key);\n"
        "create table comments (id uuid primary key, post_type text not null, post_id uuid not null);\n",
        title="polymorphic: another rule speaks of it",
    ),
    sql(
        "create table chat (id uuid primary key);\ncreate table copilot_chats (id uuid primary key);\n"
        "create table notes (id uuid primary key, chat_id uuid references copilot_chats (id));\n"
        "create table plans (id uuid primary key, source_chat_id uuid);\n",
        title="others mean another table by that name",
    ),
)
DEMONSTRATION = (
    Do(PROJECTS + "create table notes (id int primary key, project_id uuid not null)"),
    Accepts("insert into notes values (1, '00000000-0000-0000-0000-000000000001')",
            "a note of a project that does not exist is taken"),
    Shows("select count(*) from notes join projects on projects.id = project_id", "0", "and no list ever shows it"),
)  # fmt: skip
