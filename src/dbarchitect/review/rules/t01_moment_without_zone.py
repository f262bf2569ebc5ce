"""A moment lies in a type that cannot tell which moment it was.

Why
    `timestamp` keeps the digits of a clock and not where it hung. `now()` written by a session in Berlin and read by
    one in UTC (as Drizzle reads it, whatever the session says) is an hour or two off; in the night when summer time
    ends two different hours have one spelling. `timestamptz` keeps the moment, in the same eight bytes. `timetz` has an
    offset without a day and knows no summer time; a precision of 0 rounds half a second into the future.

    Not found are times of a clock that belong to a place: a table with a time zone column keeps both on purpose, except
    in its own times of creation and change.

Fix
    Change the type to `timestamptz`, with `using … at time zone 'UTC'` when the rows were written in UTC. Unsafe: which
    zone they were written in only you know, and the table is rewritten.

Sources
    https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_timestamp_.28without_time_zone.29
    Seed: "Use timestamp('created_at', { withTimezone: true }) for timezone-aware timestamps".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.lookup import Lookup
from dbarchitect.facts.values import parts
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import quote
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, drizzle, sql
from dbarchitect.review.subject import Subject

RULE = Rule("T01", "moment-without-zone", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each timestamp without a zone, each timetz, and each timestamp that is cut to whole seconds."""
    for table in subject.schema.tables:
        for column in table.columns if not table.partition_of else ():
            if column.type.schema is not None or column.type.category not in ("timestamp", "time"):
                continue
            address = table.column_address(column.name)
            named = f"{table.name}.{column.name}"
            if column.type.name == "timestamp" and not _of_a_place(subject, table, column):
                message = f"{named} has no time zone: a session in another zone reads another moment"
                zoned = SqlType("timestamptz", column.type.arguments, column.type.dimensions)
                using = None if column.type.dimensions else f"{quote(column.name)} at time zone 'UTC'"
                mend = [fixes.change_type(subject, table, column.name, zoned, using)]
                yield RULE.finding(subject, address, message, fixes=mend if using else [])
            elif column.type.name == "timetz":
                message = f"{named} has an offset without a day: summer time shifts it by an hour"
                yield RULE.finding(subject, address, message)
            elif column.type.name == "timestamptz" and column.type.arguments == ("0",):
                message = f"{named} rounds to whole seconds, half of them into the future"
                yield RULE.finding(subject, address, message, severity="info")


def _of_a_place(subject: Subject, table: Table, column: Column) -> bool:
    """Whether the clock time goes with a time zone of its own."""
    if column.name in (subject.roles.created_column(table), subject.roles.updated_column(table)):
        return False
    if "local" in parts(column.name):
        return True
    return subject.facts.once(_tells_a_zone, table)


def _tells_a_zone(facts: Lookup, table: Table) -> bool:
    return any("".join(parts(column.name)).endswith(("timezone", "tz", "zoneid")) for column in table.columns)


EXAMPLES = (
    sql(
        "create table events (id bigint primary key, at timestamp not null, opens timetz);\n",
        "column:public.events.at",
        "column:public.events.opens",
    ),
    sql(
        "create table events (id bigint primary key, at timestamptz not null, day date, opens time,\n"
        "  time_zone text not null, starts_local timestamp not null);\n",
        title="a clock time beside its zone",
    ),
    sql(
        "create table events (id bigint primary key, at timestamptz(0) not null);\n",
        "column:public.events.at",
        title="whole seconds: information",
    ),
    drizzle(
        "import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  at: timestamp('at').defaultNow().notNull(),\n"
        "})\n",
        "column:public.things.at",
        fixed="import { integer, pgTable, timestamp } from 'drizzle-orm/pg-core'\n"
        "export const things = pgTable('things', {\n  id: integer('id').primaryKey(),\n"
        "  at: timestamp('at', { withTimezone: true }).defaultNow().notNull(),\n"
        "})\n",
    ),
)
DEMONSTRATION = (
    Do("create table events (bare timestamp default now(), zoned timestamptz default now());"
       "set timezone = 'Europe/Berlin'; insert into events default values; set timezone = 'UTC'"),
    Shows("select now() - zoned < interval '1 minute' as kept, abs(extract(epoch from now()::timestamp - bare)) > 3500"
          " from events", "True | True", "written in Berlin, read in UTC: the bare one lies in the future"),
    Do("set timezone = 'Europe/Berlin'"),
    Shows("select (timestamptz '2026-10-25 00:30+00')::timestamp = (timestamptz '2026-10-25 01:30+00')::timestamp",
          "True", "an hour apart, and the same clock time: summer time ends"),
    Shows("select timestamptz(0) '2026-01-01 23:59:59.6+01' > timestamptz '2026-01-01 23:59:59.6+01'", "True",
          "rounding makes it later than it was"),
)  # fmt: skip
