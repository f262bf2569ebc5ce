"""A table does not tell when a row was made or changed, or nothing keeps the time of change.

Why
    Which rows were there before the release, what changed since the last export, who was first: without the two times
    nobody can say it afterwards. A time of change that each update must remember to set is soon forgotten by one, which
    is worse than none.

    The seed asks for both on all tables; others do without on tables that only link or list. So this is a convention.

Fix
    Add the columns, `timestamptz not null default now()`; give a time of change `.$onUpdate(() => new Date())`, or a
    trigger that sets it for writers beside the ORM too. Adding columns with a default does not rewrite the table.
    Unsafe: code that writes down whole rows no longer fits their type.

Sources
    https://orm.drizzle.team/docs/column-types/pg
    Seed: "Include createdAt and updatedAt on ALL tables (mandatory)", "Use .$onUpdate(() => new Date())".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import parts
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("A01", "untold-times", "house", "warning")

COLUMNS = {
    name: Column(name, SqlType("timestamptz"), nullable=False, default="now()") for name in ("created_at", "updated_at")
}
MADE = frozenset("created inserted added uploaded occurred happened logged recorded joined sent received".split())
CHANGED = frozenset("updated modified changed edited".split())
TIMES = frozenset(("at", "on", "date", "time", "timestamp"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without its two times, and each time of change that nothing changes."""
    for table in subject.schema.tables:
        if table.partition_of or subject.facts.intent(table).kind == "lookup":
            continue
        made, changed = _named(table, MADE), _named(table, CHANGED)
        there = {"created_at": made, "updated_at": changed or _event(table, made)}
        lacking = [name for name, known in there.items() if not known]
        if lacking and subject.is_whole(table):
            message = f"{table.name} does not tell when a row was {' or '.join(_SAID[name] for name in lacking)}"
            yield RULE.finding(subject, table.address, message, fixes=[_add(subject, table, name) for name in lacking])
        if changed and _stands_still(subject, table, changed):
            message = (
                f"{table.name}.{changed.name} stays as it was unless every update sets it: no $onUpdate, no trigger"
            )
            mend = fixes.modify_column(subject, table, changed.name, "$onUpdate(() => new Date())", safety="unsafe")
            yield RULE.finding(subject, table.column_address(changed.name), message, fixes=[mend])


_SAID = {"created_at": "made", "updated_at": "changed"}


def _named(table: Table, words: frozenset[str]) -> Column | None:
    """A column whose name speaks of one of the words and of a time, whatever its type."""
    for column in table.columns:
        name = parts(column.name)
        if name and name[0] in words and (len(name) == 1 or name[-1] in TIMES) and column.type.name != "boolean":
            return column
    return None


def _event(table: Table, made: Column | None) -> bool:
    """Whether rows are only ever added: the table tells when they were made, and its name is that of a record."""
    return made is not None and parts(table.name)[-1] in ("log", "logs", "event", "events", "history", "audit")


def _stands_still(subject: Subject, table: Table, column: Column) -> bool:
    declared = subject.declared_column(table.key, column.name)
    if declared is None or not declared.chain or any("update" in trigger.events for trigger in table.triggers):
        return False
    return column.type.name in ("timestamp", "timestamptz") and not declared.modifier("$onUpdate", "$onUpdateFn")


def _add(subject: Subject, table: Table, name: str) -> Fix:
    return fixes.add_column(subject, table, COLUMNS[name], safety="unsafe")


IMPORT = "import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'\n"
CREATED = "  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),\n"
UPDATED = "  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow()"

EXAMPLES = (
    sql("create table posts (id bigint primary key, title text);\n", "table:public.posts"),
    sql(
        "create table posts (id int primary key, created_at timestamptz not null, updated_at timestamptz not null);\n"
        "create table audit_log (id bigint primary key, occurred_at timestamptz not null);\n",
        title="both times; a log needs one",
    ),
    drizzle(
        IMPORT
        + f"export const posts = pgTable('posts', {{\n  id: uuid('id').primaryKey(),\n{CREATED}{UPDATED},\n}})\n",
        "column:public.posts.updated_at",
        title="a time of change that nothing sets",
    ),
    drizzle(
        IMPORT + f"export const posts = pgTable('posts', {{\n  id: uuid('id').primaryKey(),\n{CREATED}"
        f"{UPDATED}.$onUpdate(() => new Date()),\n}})\n",
    ),
)
