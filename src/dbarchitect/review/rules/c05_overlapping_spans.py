"""Two bookings of one thing may overlap.

Why
    Looking for a free slot and then inserting is two steps: two sessions look at once, both find the slot free, both
    insert. A unique constraint compares values, not spans. Only an exclusion constraint (or a key `without overlaps`,
    PostgreSQL 18) refuses the second one, whoever writes it.

    Found where a table is called a booking, reservation, appointment, rental, lease, shift or stay, or holds prices
    with a time of validity, has a start and an end, and refers to something. Whether an overlap is wrong is yours to
    say, so it is no fact.

Fix
    `create extension btree_gist`, then `alter table … add exclude using gist (room_id with =, tstzrange(starts_at,
    ends_at) with &&)`, with `where (deleted_at is null)` or the like when rows stay after they lose their meaning.
    Display only: which rows exclude each other is for you to say. Drizzle has no exclusion constraints; write it in a
    custom migration.

Sources
    https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-CONSTRAINT
    Seed: "Let database enforce data integrity".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import is_moment, is_money, parts, spans_of
from dbarchitect.model.column import Column
from dbarchitect.model.finding import Finding, Fix
from dbarchitect.model.names import qualified, quote, singular
from dbarchitect.model.table import Table
from dbarchitect.review.demonstration import Accepts, Do, Refuses
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("C05", "overlapping-spans", "house", "warning")

NAMES = frozenset("booking reservation appointment rental lease shift stay".split())
PEOPLE = frozenset("user customer guest client patient member tenant organization created updated by".split())
RANGES = frozenset(("tsrange", "tstzrange", "daterange"))


def check(subject: Subject) -> Iterator[Finding]:
    """Each table of bookings, or of prices in time, without an exclusion constraint."""
    for table in subject.schema.tables:
        last = singular("_".join(parts(table.name))).rpartition("_")[2]
        priced = any(parts(column.name)[:1] in (("valid",), ("effective",)) for column in table.columns) and any(
            is_money(column) for column in table.columns
        )
        span = _span(table) if last in NAMES or priced else ""
        if table.partition_of or not subject.is_whole(table) or not span or _excluded(table):
            continue
        things = [
            link.foreign_key.columns[0]
            for link in subject.roles.links(table)
            if len(link.foreign_key.columns) == 1 and not PEOPLE & set(parts(link.foreign_key.columns[0]))
        ]
        if things:
            message = f"two rows of {table.name} for one {things[0]} may overlap in time: no constraint excludes it"
            yield RULE.finding(subject, table.address, message, fixes=[_fix(table, things[0], span)])


def _span(table: Table) -> str:
    """The span of a row as SQL, '' when it has none."""
    for column in table.columns:
        if column.type.name in RANGES and not column.type.dimensions:
            return quote(column.name)
    for opening, closing in spans_of(table):
        if is_moment(opening):
            return f"{_range(opening)}({quote(opening.name)}, {quote(closing.name)})"
    return ""


def _range(column: Column) -> str:
    return {"date": "daterange", "timestamp": "tsrange"}.get(column.type.name, "tstzrange")


def _excluded(table: Table) -> bool:
    key = table.primary_key
    by_key = key is not None and key.without_overlaps
    return by_key or bool(table.exclusions) or any(unique.without_overlaps for unique in table.uniques)


def _fix(table: Table, thing: str, span: str) -> Fix:
    rule = f"EXCLUDE USING gist ({quote(thing)} WITH =, {span} WITH &&)"
    add = f"ALTER TABLE {qualified(table.schema, table.name)} ADD {rule}"
    return fixes.display("exclude overlaps", "CREATE EXTENSION IF NOT EXISTS btree_gist", add)


ROOMS = "create table rooms (id bigint primary key);\n"
BOOKINGS = (
    "create table bookings (id bigint primary key, room_id bigint not null references rooms (id),\n"
    "  starts_at timestamptz not null, ends_at timestamptz not null, check (ends_at > starts_at));\n"
)
EXCLUDE = "alter table bookings add exclude using gist (room_id with =, tstzrange(starts_at, ends_at) with &&);\n"

EXAMPLES = (
    sql(ROOMS + BOOKINGS, "table:public.bookings"),
    sql("create extension btree_gist;\n" + ROOMS + BOOKINGS + EXCLUDE),
    sql(
        ROOMS + "create table jobs (id bigint primary key, room_id bigint references rooms (id),\n"
        "  starts_at timestamptz, ends_at timestamptz);\n",
        title="jobs may run side by side",
    ),
)
DEMONSTRATION = (
    Do("create table bookings (room int, starts_at timestamptz, ends_at timestamptz, unique (room, starts_at))"),
    Accepts("insert into bookings values (1, '2030-01-01 10:00+00', '2030-01-01 12:00+00')", "a booking"),
    Accepts("insert into bookings values (1, '2030-01-01 11:00+00', '2030-01-01 13:00+00')", "the same room at eleven"),
    Do("delete from bookings where starts_at > '2030-01-01 10:30+00';"
       "create table spans (room int4range, at tstzrange, exclude using gist (room with &&, at with &&));"
       "insert into spans values ('[1,1]', '[2030-01-01 10:00+00, 2030-01-01 12:00+00)')"),
    Refuses("insert into spans values ('[1,1]', '[2030-01-01 11:00+00, 2030-01-01 13:00+00)')", "23P01",
            "an exclusion constraint refuses it"),
)  # fmt: skip
