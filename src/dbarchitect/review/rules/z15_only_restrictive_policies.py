"""A table has restrictive policies and no permissive one: nobody sees a row.

Why
    A restrictive policy only takes away from what a permissive one gives. With restrictive policies alone every
    SELECT is empty and every INSERT fails (42501), for everybody whom row level security binds; the owner and the
    tests that run as owner notice nothing.

Fix
    Add a permissive policy that says who may, or make one of them permissive.

Sources
    https://www.postgresql.org/docs/current/sql-createpolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("Z15", "only-restrictive-policies", "fact", "error")


def check(subject: Subject) -> Iterator[Finding]:
    """Each table whose policies are all restrictive."""
    for table in subject.schema.tables:
        if table.policies and not any(policy.permissive for policy in table.policies):
            message = f"all policies of {table.name} are restrictive: no row passes, for nobody but its owner"
            span = subject.span(table.policy_address(table.policies[0].name))
            yield RULE.finding(subject, table.address, message, span=span)


NOTES = "create table notes (id int primary key, owner text not null);\nalter table notes enable row level security;\n"
BAD = NOTES + "create policy own on notes as restrictive using (owner = current_user);\n"
TYPESCRIPT = """import { sql } from 'drizzle-orm'
import { pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core'

export const notes = pgTable(
  'notes',
  { id: uuid('id').primaryKey(), owner: text('owner').notNull() },
  (table) => [pgPolicy('own', { as: 'restrictive', using: sql`${table.owner} = current_user` })],
)
"""
EXAMPLES = (
    sql(BAD, "table:public.notes"),
    sql(BAD.replace(" as restrictive", "")),
    sql(BAD + "create policy everybody on notes using (true);\n", title="one that gives, one that takes away"),
    drizzle(TYPESCRIPT, "table:public.notes"),
)
DEMONSTRATION = (
    Do(BAD.replace("alter table notes enable", "alter table notes force row level security; alter table notes enable")),
    Refuses("insert into notes values (1, current_user)", "42501", "even one's own row is refused"),
    Do("create policy everybody on notes using (true)"),
    Accepts("insert into notes values (1, current_user)", "with a permissive policy beside it, it passes"),
)
