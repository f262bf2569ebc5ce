"""A table is not described anywhere.

Why
    The name tells what a row is, not which rows there are, who writes them and when they go. The comment is where the
    next reader, a report tool and a coding agent look first.

    A comment in the database counts, and so does the comment before the table in TypeScript.

Fix
    Write a sentence on its purpose before the table, or `comment on table`. No edit is offered: only you know the
    purpose.

Sources
    https://www.postgresql.org/docs/current/sql-comment.html
    Seed: "Table description - Business context and purpose".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review import written
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("A02", "undescribed-table", "house", "info")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table without a comment."""
    for table in subject.schema.tables:
        declared = subject.declared_table(table.key)
        said = table.comment or subject.facts.intent(table).description
        written_down = declared is not None and written.described(subject, declared)
        if not (table.partition_of or said or written_down):
            yield RULE.finding(subject, table.address, f"nothing says what {table.name} is for")


IMPORT = "import { pgTable, uuid } from 'drizzle-orm/pg-core'\n"

EXAMPLES = (
    sql("create table posts (id bigint primary key);\n", "table:public.posts"),
    sql("create table posts (id bigint primary key);\ncomment on table posts is 'What authors publish.';\n"),
    drizzle(
        IMPORT
        + "/** What authors publish. */\nexport const posts = pgTable('posts', { id: uuid('id').primaryKey() })\n",
        title="a comment in TypeScript",
    ),
    drizzle(
        IMPORT + "/** What authors publish. */\nconst TABLE_NAME = 'posts'\n"
        "export const posts = pgTable(TABLE_NAME, { id: uuid('id').primaryKey() })\n",
        title="a comment before the table's name",
    ),
)
