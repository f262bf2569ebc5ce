"""An index of a partitioned table was begun and never completed.

Why
    `create index … on only parent` makes an index that is invalid until each partition has one of its own that is
    attached to it. Until then no query uses it, a new partition gets its own, and an old one has none. It is the right
    way to index a large partitioned table without a long lock, when it is gone to its end.

    A live database tells of other invalid indexes too; that is S04, and swollen ones are S05.

Fix
    `create index concurrently` on each partition, then `alter index parent_idx attach partition partition_idx`. Display
    only: it is a matter of hours, not of an edit.

Sources
    https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
    Seed: "Index frequently queried columns".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.finding import Finding
from dbarchitect.model.names import qualified
from dbarchitect.review.demonstration import Do, Plan, Shows
from dbarchitect.review.mending import fixes
from dbarchitect.review.rule import Rule, sql
from dbarchitect.review.subject import Subject

RULE = Rule("I05", "index-on-only", "fact", "warning")


def check(subject: Subject) -> Iterator[Finding]:
    """Each index on ONLY a partitioned table that has partitions."""
    parents = {(part.partition_of.schema, part.partition_of.table): part
               for part in reversed(subject.schema.tables) if part.partition_of}  # fmt: skip
    for table in subject.schema.tables:
        partition = parents.get(table.key)
        for index in table.indexes if partition else ():
            if index.only and partition:
                message = (
                    f"the index {index.name} of {table.name} is invalid: partitions such as {partition.name} lack it"
                )
                attach = (
                    f"ALTER INDEX {qualified(table.schema, index.name)} ATTACH PARTITION "
                    f"{qualified(partition.schema, f'{partition.name}_{index.name}')}"
                )
                mend = fixes.display("give each partition its index and attach it", attach)
                yield RULE.finding(subject, table.index_address(index.name), message, fixes=[mend])


TABLE = (
    "create table events (id bigint, at date not null) partition by range (at);\n"
    "create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01');\n"
)

EXAMPLES = (
    sql(TABLE + "create index events_at_idx on only events (at);\n", "index:public.events_at_idx"),
    sql(TABLE + "create index events_at_idx on events (at);\n"),
)
DEMONSTRATION = (
    Do(TABLE + "insert into events select n, '2026-06-01'::date + n % 200 from generate_series(1, 9000) n;"
       "create index events_at_idx on only events (at); analyze"),
    Shows("select indisvalid from pg_index where indexrelid = 'events_at_idx'::regclass", "False", "it is invalid"),
    Plan("select from events where at = '2026-06-02'", "and nothing uses it", has="Seq Scan"),
    Do("create index part_idx on events_2026 (at); alter index events_at_idx attach partition part_idx"),
    Plan("select from events where at = '2026-06-02'", "attached, it serves", has="part_idx"),
)  # fmt: skip
