"""An index that descends puts NULLs where no query looks for them.

Why
    Drizzle's `.desc()` on a column of an index writes `DESC NULLS LAST`, its `desc()` in `orderBy` writes `DESC`,
    which means NULLS FIRST. The orders differ, and PostgreSQL sorts all rows instead of reading the first few from
    the index, even when the column is never NULL.

Fix
    `.desc().nullsFirst()`. Safe: the index is built anew and no result changes.

Sources
    https://github.com/drizzle-team/drizzle-orm/issues/5978
    docs/conventions.md: "An index with .desc() does not serve ORDER BY … DESC".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.table import Table
from dbarchitect.review import written
from dbarchitect.review.demonstration import Do, Emits, Plan
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle
from dbarchitect.review.subject import Subject

RULE = Rule("Z10", "descending-index-not-used", "fact", "warning", "drizzle")
_ASKED = re.compile(r"nulls\s+last", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Finding]:
    """Each index with a column of `.desc()` alone, unless a query of the project asks for NULLS LAST."""
    if subject.declared is None or any(_ASKED.search(item.text) for item in written.all_sources(subject).values()):
        return
    for table in subject.schema.tables:
        for index in table.indexes:
            wrong = [part.column for part in index.parts if part.descending and not part.puts_nulls_first]
            if not wrong or None in wrong or index.method != "btree" or _meant(subject, table, index):
                continue
            parts = tuple(
                replace(part, nulls_first=None) if part.descending and not part.puts_nulls_first else part
                for part in index.parts
            )
            fix = fixes.replace_index(
                subject, table, index, replace(index, parts=parts), title="put NULLs first, as ORDER BY … DESC does"
            )
            message = (
                f"{index.name} sorts {wrong[0]} DESC NULLS LAST, orderBy(desc()) asks for DESC: "
                "PostgreSQL sorts all rows instead of using it"
            )
            yield RULE.finding(subject, table.index_address(index.name), message, fixes=[fix])


def _meant(subject: Subject, table: Table, index: Index) -> bool:
    """Whether the order of NULLs is written down."""
    declared = subject.declared_table(table.key)
    entry = next((entry for entry in declared.extras if entry.name == index.name), None) if declared else None
    return entry is not None and any("nullsLast" in argument for call in entry.chain for argument in call.arguments)


BAD = """import { index, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core'

export const posts = pgTable(
  'posts',
  {
    id: uuid('id').primaryKey(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [index('posts_created_at_idx').on(table.createdAt.desc())],
)
"""
GOOD = BAD.replace(".desc()", ".desc().nullsFirst()")
EXAMPLES = (
    drizzle(BAD, "index:public.posts_created_at_idx", fixed=GOOD),
    drizzle(GOOD),
    drizzle(BAD.replace(".desc()", ".desc().nullsLast()"), title="written down, so that it is meant"),
    drizzle(BAD.replace(".desc()", ""), title="ascending indexes are read backwards"),
)
DEMONSTRATION = (
    Emits(BAD, "Drizzle writes NULLS LAST", has=("DESC NULLS LAST",)),
    Do("create table posts (id int primary key, created_at timestamptz not null);"
       "insert into posts select n, now() - n * interval '1 minute' from generate_series(1, 5000) n;"
       "create index posts_created_at_idx on posts (created_at desc nulls last); analyze posts;"),
    Plan("select * from posts order by created_at desc limit 10", "all rows are sorted", has="Sort"),
    Do("drop index posts_created_at_idx; create index posts_created_at_idx on posts (created_at desc);"),
    Plan("select * from posts order by created_at desc limit 10", "the index gives the first ten",
         has="Index Scan using posts_created_at_idx", lacks="Sort"),
)  # fmt: skip
