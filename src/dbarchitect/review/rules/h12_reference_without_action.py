"""A foreign key does not say what happens when its parent is deleted.

Why
    Without `onDelete` the deletion of a parent fails while it has children. That may be meant, but nobody can see it.
    The house decides for each reference: the child goes with its parent, forgets it, or holds it.

Fix
    `restrict` says what PostgreSQL does anyway; `cascade` and `set null` are for people to choose. Unsafe all the
    same: the constraint is made anew, which checks every row.

Sources
    Seed: "Define foreign key relationships with appropriate cascade rules".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.finding import Finding
from dbarchitect.model.table import Table
from dbarchitect.review.mending import fixes
from dbarchitect.review.mending.site import site
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("H12", "reference-without-action", "house", "info", profiles=("house",))


def check(subject: Subject) -> Iterator[Finding]:
    """Each foreign key with NO ACTION that nobody wrote down."""
    for table in subject.schema.tables:
        for key in table.foreign_keys if not table.partition_of else ():
            if key.on_delete != "no action" or _said(subject, table, key):
                continue
            message = (
                f"{table.name} ({', '.join(key.columns)}) does not say what happens when its row of "
                f"{key.target_table} is deleted"
            )
            fix = fixes.set_on_delete(subject, table, key, "restrict", title="say onDelete: 'restrict', as it is now")
            yield RULE.finding(subject, table.constraint_address(key.name), message, fixes=[fix])


def _said(subject: Subject, table: Table, key: ForeignKey) -> bool:
    """Whether the TypeScript speaks of it: `no action` in so many words is a decision."""
    place = site(subject, table)
    if place is None:
        return False
    entry = place.entry(key)
    if entry is not None:
        return any(call.name == "onDelete" for call in entry.chain)
    column = place.column(key.columns[0])
    call = column[0].modifier("references") if column else None
    return call is not None and any("onDelete" in argument for argument in call.arguments[1:])


BAD = """import { pgTable, uuid } from 'drizzle-orm/pg-core'

export const users = pgTable('users', { id: uuid('id').primaryKey() })
export const posts = pgTable('posts', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull().references(() => users.id),
})
"""
GOOD = BAD.replace("() => users.id", "() => users.id, { onDelete: 'restrict' }")
EXAMPLES = (
    drizzle(BAD, "constraint:public.posts.posts_user_id_users_id_fk", fixed=GOOD),
    drizzle(GOOD),
    drizzle(GOOD.replace("restrict", "no action"), title="written down, it is a decision"),
    sql("create table a (id int primary key);\ncreate table b (a_id int references a);\n",
        "constraint:public.b.b_a_id_fkey"),
)  # fmt: skip
