"""A flag says what the time beside it says too.

Why
    `is_published` and `published_at` tell one thing twice. Nothing keeps them together: a row that is not published
    since Tuesday is taken, one query asks the flag, the next one the time, and they disagree. The time alone says both.

    Found where the names have the same stem and neither a check nor a generated column ties the two. Times that are
    planned (`scheduled_at`) or that only go with a flag of another word are left alone.

Fix
    Drop the flag and ask `published_at is not null`; or keep it as `generated always as (published_at is not null)
    stored`. Display only: queries use it.

Sources
    https://www.postgresql.org/docs/current/ddl-generated-columns.html
    Seed: "Avoid redundant data unless justified".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.conditions import checks_of
from dbarchitect.facts.values import is_boolean, is_moment, parts
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified, quote
from dbarchitect.review.demonstration import Accepts, Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T07", "flag-beside-its-time", "house", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each boolean with a moment of the same stem in its table."""
    for table in subject.schema.tables:
        moments = {
            parts(column.name)[:-1]: column.name
            for column in table.columns
            if is_moment(column) and parts(column.name)[-1] in ("at", "on") and column.nullable
        }
        for column in table.columns if not table.partition_of else ():
            if not is_boolean(column) or column.generated:
                continue
            spelled = parts(column.name)
            stem = spelled[1:] if spelled[0] in ("is", "was", "has", "been") else spelled
            moment = moments.get(stem)
            if moment is None or {*checks_of(table, column.name)} & {*checks_of(table, moment)}:
                continue
            message = f"{table.name}.{column.name} repeats {moment}: nothing keeps the two from disagreeing"
            drop = f"ALTER TABLE {qualified(table.schema, table.name)} DROP COLUMN {quote(column.name)}"
            mend = fixes.display(f"drop {column.name} and ask whether {moment} is there", drop)
            yield RULE.finding(subject, table.column_address(column.name), message, fixes=[mend])


EXAMPLES = (
    sql(
        "create table posts (id bigint primary key, is_published boolean not null default false,\n"
        "  published_at timestamptz);\n",
        "column:public.posts.is_published",
    ),
    sql(
        "create table posts (id bigint primary key, is_active boolean not null default true, archived_at timestamptz,\n"
        "  published boolean generated always as (published_at is not null) stored, published_at timestamptz,\n"
        "  pinned boolean not null, pinned_at timestamptz, check (pinned = (pinned_at is not null)));\n",
        title="generated, tied by a check, or about something else",
    ),
)
DEMONSTRATION = (
    Do("create table posts (is_published boolean not null default false, published_at timestamptz)"),
    Accepts("insert into posts values (false, now()), (true, null)", "two rows that contradict themselves"),
    Shows("select count(*) filter (where is_published), count(*) filter (where published_at <= now()),"
          " count(*) filter (where is_published and published_at <= now()) from posts", "1 | 1 | 0",
          "two ways to ask, two answers"),
)  # fmt: skip
