"""Most of a table or index is empty room.

Why
    Rows that were deleted or replaced leave holes. VACUUM lets new rows fill them but hardly ever gives room back, so
    that after a large delete, or behind a transaction that stayed open for days, every scan and every backup reads the
    holes too.

    The room that rows need is estimated from their number and average width; found is what is at least half empty and
    wastes a hundred megabytes. Indexes that PostgreSQL 13 and later keep without duplicates look smaller than the
    estimate, so some are missed, none invented.

Fix
    `reindex index concurrently` for an index. For a table `vacuum full`, which locks it for as long as it takes, or an
    extension that rewrites it beside the traffic; and less delay for autovacuum on that table. Display only.

Sources
    https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY
    Seed: "Query Optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import parse
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified
from dbarchitect.model.statistics import IndexStatistics, Statistics, TableStatistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S05", "bloat", "fact", "warning", needs="statistics")

SHARE = 0.5
SMALLEST = 100 << 20


def check(subject: Subject) -> Iterator[Finding]:
    """Each table and index of which more than half, and a hundred megabytes at least, holds nothing."""
    known = subject.statistics or Statistics()
    things: list[tuple[str, TableStatistics | IndexStatistics]] = [*known.tables.items(), *known.indexes.items()]
    for address, figures in sorted(things, key=lambda item: item[0]):
        wasted = figures.wasted or 0
        if wasted < SMALLEST or wasted < SHARE * figures.bytes:
            continue
        kind, (schema, name) = parse(address)[0], parse(address)[1]
        said = f"{measured.size(wasted)} of {measured.size(figures.bytes)}"
        message = f"the {kind} {name} is mostly empty room: {said} hold nothing"
        verb = "REINDEX INDEX CONCURRENTLY" if kind == "index" else "VACUUM (FULL, ANALYZE)"
        mend = fixes.display("give the room back", f"{verb} {qualified(schema, name)}")
        yield RULE.finding(subject, address, message, evidence=measured.evidence(f"about {said}"), fixes=[mend])


TABLE = "create table events (id bigint primary key, at timestamptz);\n"


def _seen(wasted: int | None) -> Statistics:
    return Statistics({"table:public.events": TableStatistics(rows=1000, bytes=900 << 20, wasted=wasted)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE}, ("table:public.events",), statistics=_seen(800 << 20), title="800 of 900 MB hold nothing"
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(200 << 20), title="200 of 900 MB"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(None), title="what cannot be told is not guessed"),
)
DEMONSTRATION = (
    Do("create table events (id int primary key, note text);"
       "insert into events select n, repeat('x', 100) from generate_series(1, 5000) n; create table sizes as"
       " select pg_relation_size('events') as before; delete from events where id < 4900"),
    Do("vacuum events"),
    Shows("select pg_relation_size('events') = before from sizes", "True", "of a hundred rows two are left"),
    Do("vacuum full events"),
    Shows("select pg_relation_size('events') * 10 < before from sizes", "True", "written anew it is a fraction"),
)  # fmt: skip
