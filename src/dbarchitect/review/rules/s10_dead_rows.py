"""Dead rows pile up, because VACUUM does not come round.

Why
    An update or delete leaves the old row where it was until VACUUM takes it away. When a fifth of a table is dead,
    every scan reads it for nothing, and indexes lead to rows that are no more. The cause is a transaction that stays
    open, a replication slot that nobody reads, or an autovacuum that is too slow or off for the table.

Fix
    Look for old transactions in `pg_stat_activity` and for slots in `pg_replication_slots`; then `vacuum`. For a table
    that is updated all day set `autovacuum_vacuum_scale_factor` to 0.02 or so. Display only.

Sources
    https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
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

RULE = Rule("S10", "dead-rows", "fact", "warning", needs="statistics")

SHARE = 0.2


def check(subject: Subject) -> Iterator[Finding]:
    """Each table with many dead rows."""
    for address, figures in sorted((subject.statistics or Statistics()).tables.items()):
        live = figures.rows or 0
        if figures.dead < measured.ROWS or figures.dead < SHARE * (live + figures.dead):
            continue
        schema, name = parse(address)[1]
        dead = measured.number(figures.dead)
        message = f"{name} drags {dead} dead rows beside {measured.number(live)} live ones: VACUUM does not come round"
        seen = measured.evidence(f"{dead} dead rows, {'vacuumed before' if figures.vacuumed else 'never vacuumed'}")
        mend = fixes.display("take them away", f"VACUUM (ANALYZE) {qualified(schema, name)}")
        yield RULE.finding(subject, address, message, evidence=seen, fixes=[mend])


TABLE = "create table carts (id bigint primary key);\n"


def _seen(rows: int, dead: int) -> Statistics:
    return Statistics({"table:public.carts": TableStatistics(rows=rows, dead=dead)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE},
        ("table:public.carts",),
        statistics=_seen(100_000, 90_000),
        title="90,000 dead beside 100,000 live",
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(100_000, 12_000), title="12,000 dead"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(10, 200), title="a small table"),
)
DEMONSTRATION = (
    Do("create table carts (id int, total int) with (autovacuum_enabled = false);"
       "insert into carts select n, 0 from generate_series(1, 5000) n"),
    Do("create table sizes as select pg_relation_size('carts') as before"),
    Do("update carts set total = 1"),
    Shows("select pg_relation_size('carts') > 1.9 * before from sizes", "True", "one update, twice the size"),
)  # fmt: skip
