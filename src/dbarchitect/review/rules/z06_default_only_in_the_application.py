"""A required column gets its value from the application alone.

Why
    `$defaultFn`, `$default` and `$onUpdate` run in Drizzle, not in PostgreSQL. An insert by `psql`, a migration,
    another service or the studio has to bring the value itself, or fails (23502). Ids are left out: making ids in
    the application is a choice that many make.

Fix
    Give the column a default in the database too, where it has one meaning for both (`defaultNow()`). Safe: rows that
    Drizzle inserts still get the value that it makes.

Sources
    https://orm.drizzle.team/docs/column-types/pg#default-value
    https://github.com/drizzle-team/drizzle-orm/issues/2869
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.demonstration import Accepts, Do, Emits, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z06", "default-only-in-the-application", "fact", "info", "drizzle")
_MADE = ("$defaultFn", "$default", "$onUpdateFn", "$onUpdate")


def check(subject: Subject) -> Iterator[Finding]:
    """Each required column without a default whose value only Drizzle makes."""
    for declared in subject.declared.tables if subject.declared else ():
        table = subject.facts.tables.get((declared.schema, declared.name))
        for written in declared.columns if table else ():
            call = written.modifier(*_MADE)
            if table is None or call is None or not table.has(written.name):
                continue
            column = table.column(written.name)
            key = table.primary_key is not None and column.name in table.primary_key.columns
            given = column.default is not None or column.identity or column.generated
            if column.nullable or given or key or column.name.lower().endswith(("_id", "id", "_uuid")):
                continue
            message = (
                f"only Drizzle fills {table.name}.{column.name} (.{call.name}): an insert by anything else fails "
                "without a value"
            )
            moment = column.type.category == "timestamp" and "Date" in "".join(call.arguments)
            mended = (
                [fixes.set_default(subject, table, column.name, "now()", safety="safe",
                                   title=f"let the database fill {column.name}, too")]
                if moment
                else []
            )  # fmt: skip
            yield RULE.finding(subject, table.column_address(column.name), message, span=call.span, fixes=mended)


BAD = """import { pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: uuid('id').primaryKey().$defaultFn(() => crypto.randomUUID()),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().$defaultFn(() => new Date()),
})
"""
GOOD = BAD.replace("$defaultFn(() => new Date())", "$defaultFn(() => new Date()).defaultNow()")
EXAMPLES = (
    drizzle(BAD, "column:public.users.created_at", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace(".notNull()", ""), title="a column that may be empty"),
)
DEMONSTRATION = (
    Emits(BAD, "the default does not reach the database", has=('"created_at" timestamp with time zone NOT NULL',),
          lacks=("DEFAULT",)),
    Do("create table users (id int primary key, created_at timestamptz not null)"),
    Refuses("insert into users (id) values (1)", "23502", "an insert that is not Drizzle's fails"),
    Do("alter table users alter column created_at set default now()"),
    Accepts("insert into users (id) values (1)", "with a default in the database it does not"),
)  # fmt: skip
