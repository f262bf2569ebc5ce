"""A large B-tree on a column that grows with the table could be a BRIN of some kilobytes.

Why
    Where rows lie on disk in the order of a column, as in most tables that are only appended to, BRIN keeps the least
    and the greatest value of each stretch: thousandths of a B-tree's size, and hardly a cost to each insert. Ranges,
    "the last week", are answered nearly as fast; single rows and sorted pages are not.

    Found are tables of a gigabyte with a B-tree on nothing but a time or date that follows the order on disk.
    Information: whether ranges are all that is asked, only the queries tell.

Fix
    Replace it, with `autosummarize`. Display only. Keep the B-tree where pages are sorted by it.

Sources
    https://www.postgresql.org/docs/current/brin.html
    Seed: "Leveraging Postgres-specific features".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.facts.values import is_moment
from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.statistics import ColumnStatistics, Statistics, TableStatistics
from dbarchitect.review import measured
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Example, Rule
from dbarchitect.review.subject import Subject

RULE = Rule("S08", "brin-chance", "fact", "info", needs="statistics")

FOLLOWS = 0.9
LARGE = 1 << 30


def check(subject: Subject) -> Iterator[Finding]:
    """Each B-tree on a time that follows the order on disk of a very large table."""
    for table in subject.schema.tables:
        figures = measured.of_table(subject, table)
        for index in table.indexes if figures and figures.bytes >= LARGE else ():
            column = index.columns[0] if len(index.columns) == len(index.parts) == 1 else ""
            spread = figures.columns.get(column) if figures else None
            if (
                not spread
                or index.unique
                or index.where
                or index.method != "btree"
                or not is_moment(table.column(column))
            ):
                continue
            if abs(spread.correlation or 0) < FOLLOWS:
                continue
            known = measured.of_index(subject, table, index)
            size = f" ({measured.size(known.bytes)})" if known else ""
            message = (
                f"{table.name} lies in the order of {column}: for ranges a BRIN would do what {index.name}{size} does"
            )
            make = (
                f"CREATE INDEX CONCURRENTLY ON {qualified(table.schema, table.name)} "
                f"USING brin ({quote(column)}) WITH (autosummarize)"
            )
            mend = fixes.display("use a BRIN where only ranges are asked", make)
            seen = measured.evidence(f"correlation {spread.correlation:.2f}")
            yield RULE.finding(subject, table.index_address(index.name), message, evidence=seen, fixes=[mend])


TABLE = "create table events (id bigint primary key, at timestamptz);\ncreate index events_at_idx on events (at);\n"


def _seen(correlation: float, size: int = 8 << 30) -> Statistics:
    spread = {"at": ColumnStatistics(distinct=-1, correlation=correlation)}
    return Statistics({"table:public.events": TableStatistics(rows=90_000_000, bytes=size, columns=spread)}, {}, 30.0)


EXAMPLES = (
    Example(
        {"schema.sql": TABLE}, ("index:public.events_at_idx",), statistics=_seen(0.99), title="8 GB, correlation 0.99"
    ),
    Example({"schema.sql": TABLE}, (), statistics=_seen(0.2), title="correlation 0.2"),
    Example({"schema.sql": TABLE}, (), statistics=_seen(0.99, 5 << 20), title="a small table"),
)
DEMONSTRATION = (
    Do("create table events (at timestamptz, note text); insert into events select now() + n * interval '1 second',"
       " repeat('x', 200) from generate_series(1, 30000) n;"
       "create index tree on events (at); create index brin on events using brin (at) with (pages_per_range = 16);"
       "analyze"),
    Shows("select pg_relation_size('brin') * 10 < pg_relation_size('tree')", "True", "the BRIN is a fraction"),
    Do("drop index tree"),
    Plan("select * from events where at < now() + interval '1 minute'", "it finds a range", has="Bitmap Index Scan"),
)  # fmt: skip
