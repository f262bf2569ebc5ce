"""An index is hardly ever used.

Why
    It is written on every insert and on most updates, fills memory and backups, and keeps HOT updates from happening,
    for next to no query. The counters must have run for a week at least, so that a weekly report counts; an index that
    makes a rule (unique, primary key, exclusion) or that finds the rows of a foreign key is left alone, and so are
    indexes of less than a megabyte.

    Counters are those of one server: a replica that answers queries has its own, so look there too before you drop. On
    a replica the rule keeps silent.

Fix
    Drop it, concurrently. Unsafe: the one query that uses it at the end of the quarter is slow then.

Sources
    https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-INDEXES-VIEW
    Seed: "Index strategy and optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.coverage import superfluous
from dbarchitect.model.finding import Finding
from dbarchitect.model.index import Index
from dbarchitect.model.statistics import IndexStatistics, Statistics, TableStatistics
from dbarchitect.model.table import Table
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S02", "unused-index", "fact", "warning", needs="statistics")

FEW = 50
DAYS = 7
SMALLEST = 1 << 20


def check(subject: Subject) -> Iterator[Finding]:
    """Each index of some size that a week of counters saw used no more than a few times."""
    for table in subject.schema.tables:
        covered = {found.index.name for found in superfluous(table)}
        for index in table.indexes:
            figures = unused(subject, table, index)
            if figures is None or index.name in covered:
                continue  # S03 speaks of those that another one covers
            days = f"{subject.statistics.days or 0:.0f}" if subject.statistics else ""
            size = measured.size(figures.bytes)
            message = f"the index {index.name} ({size}) was used {figures.scans} times in {days} days"
            seen = measured.evidence(f"{figures.scans} scans in {days} days, {size}")
            mend = fixes.drop_index(subject, table, index)
            yield RULE.finding(subject, table.index_address(index.name), message, evidence=seen, fixes=[mend])


def unused(subject: Subject, table: Table, index: Index) -> IndexStatistics | None:
    """The figures of an index that is worth dropping because it is hardly used, None for any other."""
    known = subject.statistics
    figures = measured.of_index(subject, table, index)
    if known is None or known.replica or (known.days or 0) < DAYS or figures is None:
        return None
    if not figures.valid or figures.scans > FEW or figures.bytes < SMALLEST or index.unique:
        return None
    return None if _finds_references(subject, table, index) else figures


def _finds_references(subject: Subject, table: Table, index: Index) -> bool:
    """Whether a foreign key relies on it."""
    address = table.index_address(index.name)
    for reference in subject.facts.references_from(table):
        access = subject.facts.index_for(table, reference.foreign_key.columns)
        if access and access.address == address:
            return True
    return False


TABLE = "create table orders (id bigint primary key, note text);\ncreate index orders_note_idx on orders (note);\n"


def _seen(scans: int, days: float, replica: bool = False) -> Statistics:
    figures = IndexStatistics("table:public.orders", scans=scans, bytes=300 << 20)
    tables = {"table:public.orders": TableStatistics(rows=4_000_000, bytes=1 << 30)}
    return Statistics(tables, {"index:public.orders_note_idx": figures}, days, 180000, replica)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE},
        ("index:public.orders_note_idx",),
        statistics=_seen(0, 30.0),
        title="300 MB, no scan in 30 days",
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(90_000, 30.0), title="90,000 scans"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(0, 2.0), title="two days tell nothing"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(0, 30.0, True), title="a replica knows only its own queries"),
)
DEMONSTRATION = (
    Do("create table orders (id int, note text); create index orders_note_idx on orders (note)"),
    Shows("select pg_relation_size('orders_note_idx')", "8192", "an empty index"),
    Do("insert into orders select n, md5(n::text) from generate_series(1, 5000) n"),
    Shows("select pg_relation_size('orders_note_idx') > 200000, (select count(*) from pg_stat_user_indexes"
          " where indexrelname = 'orders_note_idx' and idx_scan = 0)", "True | 1", "written for each row"),
)  # fmt: skip
