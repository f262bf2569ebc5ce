"""A text with a few allowed values takes any text, or an enum lists what changes often.

Why
    Drizzle's `text('status', { enum: ['open', 'done'] })` is a promise of TypeScript alone: the database takes 'Done',
    'opne' and '', and rows of an earlier release keep labels that the type does not know. A check or an enum type keeps
    the promise for every writer. Which of the two is a matter of change: labels of an enum can be added and renamed but
    not removed, a check is replaced in one statement, and a list that users extend is a table of its own.

    Found are texts with a TypeScript enum, or with a union of literals as `$type`; texts called status, role, type and
    the like with a literal default, as information; and enum types of countries, currencies, time zones or tags, as
    information.

Fix
    Add a check with the labels of the TypeScript enum. Unsafe: it fails while a row holds another text.

Sources
    https://orm.drizzle.team/docs/column-types/pg#text
    Seed: "Implement check constraints for business rules", "Custom enum type".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.values import is_status, is_text, parts
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import fit, quote
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C10", "unchecked-status", "house", "warning")

CHANGING = frozenset("country countries currency currencies timezone tag tags".split())
_ENUM = re.compile(r"\benum\s*:\s*(\[[^\]]*\])?")
_LABEL = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_UNION = re.compile(r"\$type\s*<(?:\s*\|?\s*(?:'[^'\\]*'|\"[^\"\\]*\")\s*)+>")
_LITERAL = re.compile(r"'(?:[^']|'')*'(?:::[\w ]+(?:\(\d+\))?)?")


def check(subject: Subject) -> Iterator[Finding]:
    """Each text with a few allowed values that nothing in the database checks."""
    for table in subject.schema.tables:
        referring = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns if not table.partition_of else ():
            if not is_text(column) or column.name in referring or column.generated:
                continue
            if checks_of(table, column.name):
                continue
            address = table.column_address(column.name)
            named = f"{table.name}.{column.name}"
            labels = _typescript_labels(subject, table, column)
            if labels is not None:
                message = f"{named} has its values listed in TypeScript only: the database takes any text"
                mend = [fixes.add_check(subject, table, _check(table, column, labels))] if labels else []
                yield RULE.finding(subject, address, message, fixes=mend)
            elif is_status(table, column) and column.default and _LITERAL.fullmatch(column.default):
                message = f"{named} takes any text: nothing in the database lists its values"
                yield RULE.finding(subject, address, message, severity="info")
    for enum in subject.schema.enums:
        if CHANGING & set(parts(enum.name)):
            message = f"the enum {enum.name} lists what changes often: its labels can be added, never removed"
            address = f"enum:{enum.schema}.{enum.name}"
            yield RULE.finding(subject, address, message, severity="info")


def _typescript_labels(subject: Subject, table: Table, column: Column) -> tuple[str, ...] | None:
    """The labels of the column's TypeScript enum, empty when they stand elsewhere, None when it has no such enum."""
    declared = subject.declared_column(table.key, column.name)
    if declared is None or not declared.chain or declared.builder not in ("text", "varchar", "char"):
        return None
    for argument in declared.chain[0].arguments:
        found = _ENUM.search(argument)
        if found:
            return tuple(first or second for first, second in _LABEL.findall(found[1] or ""))
    typed = declared.modifier("$type")
    union = _UNION.match(typed.source.text, typed.start, typed.end) if typed else None
    return tuple(first or second for first, second in _LABEL.findall(union[0])) if union else None


def _check(table: Table, column: Column, labels: tuple[str, ...]) -> Check:
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    return Check(fit(f"{table.name}_{column.name}_check"), f"{quote(column.name)} in ({listed})")


IMPORT = "import { pgTable, text, uuid } from 'drizzle-orm/pg-core'\n"

EXAMPLES = (
    drizzle(
        IMPORT + "export const tasks = pgTable('tasks', {\n  id: uuid('id').primaryKey(),\n"
        "  status: text('status', { enum: ['open', 'done'] }).notNull(),\n})\n",
        "column:public.tasks.status",
    ),
    drizzle(
        IMPORT + "export const tasks = pgTable('tasks', {\n  id: uuid('id').primaryKey(),\n"
        "  status: text('status').$type<'open' | 'done'>().notNull(),\n  note: text('note').$type<Note>(),\n})\n"
        "type Note = string\n",
        "column:public.tasks.status",
        title="a union of literals",
    ),
    sql(
        "create type task_status as enum ('open', 'done');\n"
        "create table tasks (id bigint primary key, status task_status not null default 'open',\n"
        "  kind text not null default 'chore' check (kind in ('chore', 'bug')), state text, city text);\n",
        title="an enum, a check, and the state of an address",
    ),
    sql(
        "create table tasks (id bigint primary key, status text not null default 'open');\n",
        "column:public.tasks.status",
        title="a literal default shows that there is a list: information",
    ),
)
