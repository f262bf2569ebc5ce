"""The planner's picture of a table is old, or there is none.

Why
    Plans follow what ANALYZE saw. When many rows changed since, or none was ever looked at, the planner takes a
    thousand rows for ten and a join for cheap that reads the world. Autovacuum analyses after a tenth of the rows
    changed; when far more did, it does not come round, and on partitioned parents and temporary tables it never does.

    Found are tables of a thousand rows and more of which a fifth changed since the last ANALYZE, and tables with rows
    that were never analysed.

Fix
    `analyze`. It takes seconds and no lock that anybody feels; where it is due again soon, lower
    `autovacuum_analyze_scale_factor` of the table. Display only.

Sources
    https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-STATISTICS
    Seed: "Query Optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.address import parse
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified
from dbarchitect.model.statistics import Statistics, TableStatistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S06", "stale-statistics", "fact", "warning", needs="statistics")

SHARE = 0.2
ROWS = 1000
PAGES = 1 << 20


def check(subject: Subject) -> Iterator[Finding]:
    """Each table whose statistics are missing or far behind."""
    for address, figures in sorted((subject.statistics or Statistics()).tables.items()):
        schema, name = parse(address)[1]
        rows = figures.rows or 0
        if not figures.analyzed and (figures.modified >= ROWS or figures.bytes >= PAGES):
            message = (
                f"{name} ({measured.size(figures.bytes)}) was never analysed: the planner guesses how many rows it has"
            )
        elif figures.analyzed and figures.modified >= max(ROWS, SHARE * rows) and figures.rows is not None:
            said = f"{measured.number(figures.modified)} of {measured.number(rows)} rows"
            message = f"{said} of {name} changed since it was analysed: plans follow a picture that is old"
        else:
            continue
        seen = measured.evidence(f"{measured.number(figures.modified)} rows changed since the last ANALYZE")
        mend = fixes.display("look at the table again", f"ANALYZE {qualified(schema, name)}")
        yield RULE.finding(subject, address, message, evidence=seen, fixes=[mend])


TABLE = "create table events (id bigint primary key);\n"


def _seen(rows: int | None, modified: int, analyzed: bool = True) -> Statistics:
    figures = TableStatistics(rows=rows, bytes=50 << 20, modified=modified, analyzed=analyzed)
    return Statistics({"table:public.events": figures}, {}, 30.0)


EXAMPLES = (
    Example({"schema.sql": TABLE}, ("table:public.events",), statistics=_seen(100_000, 60_000), title="60 % changed"),
    Example(
        {"schema.sql": TABLE}, ("table:public.events",), statistics=_seen(None, 5_000, False), title="never analysed"
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(100_000, 8_000), title="8 % changed"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(200, 190), title="a small table"),
)
DEMONSTRATION = (
    Do("create table events (kind int) with (autovacuum_enabled = false); insert into events values (1);"
       "analyze events; insert into events select 2 from generate_series(1, 20000)"),
    Shows("select reltuples::int from pg_class where oid = 'events'::regclass", "1", "the planner knows of one row"),
    Do("analyze events"),
    Shows("select reltuples::int from pg_class where oid = 'events'::regclass", "20001", "and now of all"),
)  # fmt: skip
