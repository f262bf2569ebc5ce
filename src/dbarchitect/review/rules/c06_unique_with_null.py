"""A unique rule lets duplicates in, because one of its columns may be NULL.

Why
    NULL is not equal to NULL, so a row with a NULL in one of the columns of a unique rule collides with nothing.
    `unique (folder_id, name)` with a folder that may be missing lets any number of files of one name stand outside of
    folders; `unique (email, deleted_at)`, meant to let a deleted row be replaced, lets any number of live rows in,
    because exactly the live ones have NULL there.

    Not found are columns that are unique alone (several rows without a value are then meant), optional values that are
    no reference, rules of which every column may be missing, rules that are partial on the column, tables in which each
    row points at one of several parents, and rules beside a second one for the rows with NULL. Where only the deletion
    of a parent leaves NULL it is information.

Fix
    `nulls not distinct` (PostgreSQL 15), or a second, partial unique index for the rows with NULL; for a time of
    deletion a partial unique index `where deleted_at is null` without that column. Unsafe: it fails while duplicates
    are there.

Sources
    https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS
    Seed: "Use unique indexes for uniqueness constraints", "Consider partial indexes for filtered queries".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.facts.conditions import mentions, plain, requires_null
from dbarchitect.facts.uniqueness import UniqueRule, unique_rules
from dbarchitect.model.finding import Finding, Fix, Severity
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.names import quote
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C06", "unique-with-null", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each unique rule of several columns with a reference or a time of deletion that may be NULL."""
    for table in subject.schema.tables:
        rules = [] if table.partition_of else list(unique_rules(table))
        deleted = subject.roles.deleted_column(table)
        for rule in rules:
            if rule.nulls_equal or rule.expressions or len(rule.columns) < 2:
                continue
            if deleted in rule.columns and table.column(deleted).nullable and not _settled(rules, rule, deleted):
                others = ", ".join(name for name in rule.columns if name != deleted)
                message = (
                    f"{rule.name} keeps no two live rows of {table.name} apart: {deleted} is NULL in all of them, "
                    f"so {others} may repeat"
                )
                mend = _partial(subject, table, rule, deleted)
                yield RULE.finding(subject, rule.address, message, severity="error", fixes=[mend])
                continue
            if all(table.column(name).nullable for name in rule.columns):
                continue  # nothing of it must be there
            open_ = [
                name for name in rule.columns if _reference(subject, table, name) and not _settled(rules, rule, name)
            ]
            if open_ and not _one_of_several(subject, table, rules):
                others = ", ".join(name for name in rule.columns if name not in open_)
                said = " and ".join(open_)
                message = (
                    f"{rule.name} does not hold for rows of {table.name} without {said}: NULL equals nothing, "
                    f"so {others or 'the rest'} may repeat among them"
                )
                weight: Severity = "info" if _left_behind(table, open_) else "warning"
                mends = _equal(subject, table, rule)
                yield RULE.finding(subject, rule.address, message, severity=weight, fixes=mends)


def _reference(subject: Subject, table: Table, name: str) -> bool:
    if not table.column(name).nullable or name == subject.roles.tenant_column:
        return False
    return any(name in link.foreign_key.columns for link in subject.facts.references_from(table))


def _left_behind(table: Table, names: list[str]) -> bool:
    """Whether the NULLs are what deleted parents leave behind."""
    keys = [key for key in table.foreign_keys if set(names) & set(key.columns)]
    return all(key.on_delete == "set null" for key in keys)


def _settled(rules: list[UniqueRule], rule: UniqueRule, name: str) -> bool:
    """Whether the rule speaks only of rows with (or without) a value, or another rule holds for those with NULL."""
    if rule.where and mentions(plain(rule.where), name):
        return True
    rest = set(rule.columns) - {name}
    return any(requires_null(other.where, name) and rest & set(other.columns) for other in rules if other is not rule)


def _one_of_several(subject: Subject, table: Table, rules: list[UniqueRule]) -> bool:
    """Whether rows point at one of several parents: a check counts them, or several rules take turns."""
    if any("num_nonnulls" in check.expression or "num_nulls" in check.expression for check in table.checks):
        return True
    optional = [frozenset(name for name in rule.columns if _reference(subject, table, name)) for rule in rules]
    return len({names for names in optional if names}) > 1


def _partial(subject: Subject, table: Table, rule: UniqueRule, deleted: str) -> Fix:
    parts = tuple(IndexPart(column=name) for name in rule.columns if name != deleted)
    new = Index(rule.name, parts, unique=True, where=f"{quote(deleted)} is null")
    return fixes.replace_constraint(subject, table, rule.made_by, new)


def _equal(subject: Subject, table: Table, rule: UniqueRule) -> list[Fix]:
    if subject.postgres < 15 or (isinstance(rule.made_by, Index) and subject.declared):
        return []  # Drizzle's uniqueIndex() cannot say NULLS NOT DISTINCT
    title = f"let NULL equal NULL in {rule.name}"
    new = replace(rule.made_by, nulls_not_distinct=True)
    return [fixes.replace_constraint(subject, table, rule.made_by, new, title=title)]


FILES = "create table folders (id bigint primary key);\ncreate table files (id bigint primary key,\n"

EXAMPLES = (
    sql(
        FILES + "  folder_id bigint references folders (id), name text not null, unique (folder_id, name));\n",
        "constraint:public.files.files_folder_id_name_key",
    ),
    sql(
        FILES + "  folder_id bigint references folders (id), name text not null,\n"
        "  unique nulls not distinct (folder_id, name));\n"
        "create table users (id bigint primary key, email text unique, provider text not null, account text,\n"
        "  unique (provider, account));\n",
        title="NULLs are equal, or a value is optional",
    ),
    sql(
        "create table users (id bigint primary key, email text not null, deleted_at timestamptz,\n"
        "  unique (email, deleted_at));\n",
        "constraint:public.users.users_email_deleted_at_key",
        title="a time of deletion in the key",
    ),
    sql(
        FILES + "  folder_id bigint references folders (id), owner_id bigint not null, name text not null,\n"
        "  unique (folder_id, name));\n"
        "create unique index on files (owner_id, name) where folder_id is null;\n",
        title="those without a folder have a rule of their own",
    ),
    sql(
        FILES + "  folder_id bigint references folders (id), name text not null, unique (folder_id, name));\n"
        "create unique index on files (name) where folder_id is null;\n",
        title="a second rule for the rows with NULL",
    ),
    drizzle(
        "import { integer, pgTable, text, unique } from 'drizzle-orm/pg-core'\n"
        "export const folders = pgTable('folders', { id: integer('id').primaryKey() })\n"
        "export const files = pgTable('files', {\n  folderId: integer('folder_id').references(() => folders.id),\n"
        "  name: text('name').notNull(),\n}, (t) => [unique('one_name').on(t.folderId, t.name)])\n",
        "constraint:public.files.one_name",
        fixed="import { integer, pgTable, text, unique } from 'drizzle-orm/pg-core'\n"
        "export const folders = pgTable('folders', { id: integer('id').primaryKey() })\n"
        "export const files = pgTable('files', {\n  folderId: integer('folder_id').references(() => folders.id),\n"
        "  name: text('name').notNull(),\n}, (t) => [unique('one_name').on(t.folderId, t.name).nullsNotDistinct()])\n",
    ),
)
DEMONSTRATION = (
    Do("create table files (folder_id bigint, name text not null, unique (folder_id, name))"),
    Accepts("insert into files values (null, 'a.txt'), (null, 'a.txt')", "two files of one name outside of folders"),
    Do("create table users (email text not null, deleted_at timestamptz, unique (email, deleted_at))"),
    Accepts("insert into users (email) values ('a@b.c'), ('a@b.c')", "two live users of one address"),
    Shows("select count(*) from users where email = 'a@b.c' and deleted_at is null", "2", "both are there"),
    Do("create table strict (folder_id bigint, name text, unique nulls not distinct (folder_id, name));"
       "insert into strict values (null, 'a.txt')"),
    Refuses("insert into strict values (null, 'a.txt')", "23505", "when NULLs are equal the second one is refused"),
)  # fmt: skip
