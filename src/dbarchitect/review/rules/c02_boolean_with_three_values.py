"""A yes-or-no column has a third answer, or a default is the word NULL.

Why
    A boolean that may be NULL has rows that are neither found by `where done` nor by `where not done`. With a default
    NULL is hardly meant: leaving the column out gives the default, and what writes NULL anyway hides the row from both.
    A default of `'NULL'` is a text of four letters, and `is null` does not find it.

Fix
    Fill the NULLs with the default and make the column NOT NULL. Unsafe: it fails while a row holds NULL. A boolean
    without a default may mean "not answered yet"; that is information only, its fix is shown and not made, and numbered
    ones (`flag1`, `flag2`) are left alone.

Sources
    https://www.postgresql.org/docs/current/functions-logical.html
    Seed: "Use notNull() for required fields", "Default values where sensible".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.facts.values import is_boolean
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Fix, Severity
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C02", "boolean-with-three-values", "fact", "warning")

_WORD_NULL = re.compile(r"'null'(::[\w ]+)?", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """Each boolean that may be NULL, and each default that spells NULL."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            address = table.column_address(column.name)
            named = f"{table.name}.{column.name}"
            if column.default and _WORD_NULL.fullmatch(column.default) and column.type.category != "json":
                message = f"{named} defaults to the text 'NULL', which `is null` does not find"
                yield RULE.finding(subject, address, message, fixes=[fixes.drop_default(subject, table, column.name)])
            elif is_boolean(column) and column.nullable and not column.generated and not column.name[-1:].isdigit():
                message = f"{named} may be NULL: such rows are found neither by `{column.name}` nor by its negation"
                mend = fixes.set_not_null(subject, table, column.name) if column.default else _shown(table, column)
                weight: Severity = "warning" if column.default else "info"
                yield RULE.finding(subject, address, message, severity=weight, fixes=[mend])


def _shown(table: Table, column: Column) -> Fix:
    """What to do where no default fills the column: inserts that leave it out would fail, so nobody does it for you."""
    name, of = quote(column.name), qualified(*table.key)
    return fixes.display(
        f"let {column.name} default to false and require it",
        f"ALTER TABLE {of} ALTER COLUMN {name} SET DEFAULT false",
        f"UPDATE {of} SET {name} = false WHERE {name} IS NULL",
        f"ALTER TABLE {of} ALTER COLUMN {name} SET NOT NULL",
    )


EXAMPLES = (
    sql("create table tasks (id bigint primary key, done boolean default false);\n", "column:public.tasks.done"),
    sql("create table tasks (id bigint primary key, done boolean not null default false, note text);\n"),
    sql(
        "create table tasks (id bigint primary key, note text default 'NULL');\n",
        "column:public.tasks.note",
        title="a default of four letters",
    ),
    drizzle(
        "import { boolean, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  done: boolean('done').default(false),\n"
        "})\n",
        "column:public.things.done",
        fixed="import { boolean, integer, pgTable } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  done: boolean('done').default(false).notNull(),\n"
        "})\n",
    ),
)
DEMONSTRATION = (
    Do("create table tasks (id bigint primary key, done boolean default false);"
       "insert into tasks values (1, true), (2, false), (3, null)"),
    Shows("select (select count(*) from tasks where done), (select count(*) from tasks where not done),"
          " (select count(*) from tasks)", "1 | 1 | 3", "one of three tasks is neither done nor open"),
    Do("create table notes (id bigint primary key, note text default 'NULL'); insert into notes (id) values (1)"),
    Shows("select count(*) from notes where note is null", "0", "the text 'NULL' is not NULL"),
)  # fmt: skip
