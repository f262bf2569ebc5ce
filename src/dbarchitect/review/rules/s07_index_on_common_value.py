"""An index leads to a large part of the table, because most rows share a value.

Why
    A B-tree on a column with a handful of values, or with one that nine rows in ten share, is read only for the rare
    ones. For the others the table is read whole, and yet every row stands in the index. A partial index on the rare
    rows is a fraction of the size, and writes of the common value leave it alone.

    This is I02 with figures, for columns of any type: where it speaks, I02 keeps silent. The values themselves are
    never read, so you know better than we which one is rare.

Fix
    Put a partial index in its place, on what such rows are looked up by: `(created_at) where status <> 'done'`. Display
    only: its condition is yours to say.

Sources
    https://www.postgresql.org/docs/current/indexes-partial.html
    Seed: "Consider partial indexes for filtered queries".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified
from dbarchitect.model.statistics import ColumnStatistics, IndexStatistics, Statistics, TableStatistics
from dbarchitect.model.table import Table
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.rules import s02_unused_index as s02
from dbarchitect.review.subject import Subject

RULE = Rule("S07", "index-on-common-value", "fact", "warning", needs="statistics")

FEW = 10
MOST = 0.9


def check(subject: Subject) -> Iterator[Finding]:
    """Each index of one column that few values, or one value, fill."""
    for table in subject.schema.tables:
        figures = measured.of_table(subject, table)
        for index in table.indexes if figures and measured.large(subject, table) else ():
            column = index.columns[0] if len(index.columns) == len(index.parts) == 1 else None
            spread = figures.columns.get(column) if figures and column else None
            if not spread or index.unique or index.where or index.method not in ("btree", "hash"):
                continue
            said = _said(spread, figures.rows or 0) if figures else ""
            if not said or _refers(table, column or "") or s02.unused(subject, table, index):
                continue
            known = measured.of_index(subject, table, index)
            size = f" ({measured.size(known.bytes)})" if known else ""
            message = f"the index {index.name}{size} leads to a large part of {table.name}: {column} has {said}"
            drop = f"DROP INDEX CONCURRENTLY {qualified(table.schema, index.name)}"
            mend = fixes.display("replace it by a partial index on the rare rows", drop)
            seen = measured.evidence(said)
            yield RULE.finding(subject, table.index_address(index.name), message, evidence=seen, fixes=[mend])


def _said(spread: ColumnStatistics, rows: int) -> str:
    """What is wrong with the spread of values, '' when nothing is."""
    common = max(spread.common or 0, spread.null_fraction)
    if common > MOST:
        return f"one value in {common:.0%} of the rows"
    values = spread.values(rows)
    return f"{values:.0f} different values" if 0 < values < FEW else ""


def _refers(table: Table, column: str) -> bool:
    """Whether a foreign key needs the index, however few parents there are."""
    return any(key.columns == (column,) for key in table.foreign_keys)


TABLE = "create table jobs (id bigint primary key, status text);\ncreate index jobs_status_idx on jobs (status);\n"


def _seen(distinct: float, common: float, rows: int = 3_000_000) -> Statistics:
    spread = {"status": ColumnStatistics(distinct=distinct, common=common)}
    indexes = {"index:public.jobs_status_idx": IndexStatistics("table:public.jobs", scans=9000, bytes=20 << 20)}
    return Statistics({"table:public.jobs": TableStatistics(rows=rows, columns=spread)}, indexes, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE},
        ("index:public.jobs_status_idx",),
        statistics=_seen(400, 0.97),
        title="one value in 97 % of the rows",
    ),
    Example({"schema.sql": TABLE}, ("index:public.jobs_status_idx",), statistics=_seen(4, 0.4), title="four values"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(-0.4, 0.01), title="many values"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(4, 0.97, 800), title="a small table"),
)
DEMONSTRATION = (
    Do("create table jobs (id int, status text); insert into jobs"
       " select n, case when n % 50 = 0 then 'open' else 'done' end from generate_series(1, 20000) n;"
       "create index jobs_status_idx on jobs (status); create index jobs_open_idx on jobs (id) where status <> 'done';"
       "analyze"),
    Plan("select * from jobs where status = 'done'", "for the common value the index is passed over", has="Seq Scan"),
    Shows("select pg_relation_size('jobs_open_idx') * 4 < pg_relation_size('jobs_status_idx')", "True",
          "a partial index is a fraction of it"),
)  # fmt: skip
