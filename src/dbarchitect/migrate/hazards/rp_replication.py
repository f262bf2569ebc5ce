"""What replicas see of it.

Why
    Logical replication carries rows, not DDL: a column must be there on the subscriber first (RP01). UPDATE and DELETE
    of a published table fail while it has no primary key or replica identity (RP02). A rewrite of a large table sends
    all of it to every replica at once (RP03). An unlogged table is empty on a replica, and computed columns are not
    published unless one asks for it (RP04).

Safe way
    Change the subscriber first, drop there last; give published tables a key; rewrite in batches.

Sources
    https://www.postgresql.org/docs/18/logical-replication-restrictions.html
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import LARGE, Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.plan import Hazard
from dbarchitect.model.statistics import Statistics, TableStatistics

FIRST = Kind("RP01", "published-table-changes", "info", "A published table changes: its subscribers must change first.")
KEY = Kind("RP02", "published-without-key", "warning", "A published table has nothing that identifies its rows.")
BURST = Kind("RP03", "rewrite-reaches-replicas", "warning", "A large rewrite reaches every replica at once.")
ABSENT = Kind("RP04", "not-replicated", "warning", "An unlogged table is empty on replicas.")
KINDS = (FIRST, KEY, BURST, ABSENT)


def check(context: Context) -> Iterator[Hazard]:
    """Published tables, rewrites of large tables, unlogged ones."""
    for act in context.acts:
        table = context.around.table(act.name)
        if table is None:
            continue
        place = table_address(table)
        if act.action == "publish" and table.primary_key is None and table.replica_identity == "default":
            message = (
                f"UPDATE and DELETE of {shown(table)} fail from now on: nothing identifies its rows to a subscriber"
            )
            yield KEY.hazard(context, place, message, "Give it a primary key or REPLICA IDENTITY FULL first.")
        if act.action == "drop constraint" and place in context.session.story.published:
            key = table.primary_key
            if key is not None and key.name == act.part and table.replica_identity == "default":
                message = f"UPDATE and DELETE of {shown(table)} fail from now on: it is published and loses its key"
                yield KEY.hazard(context, place, message, "Give it REPLICA IDENTITY FULL first.")
        if act.action in ("add column", "set type") and place in context.session.story.published:
            message = f"{shown(table)} is published, and DDL is not: its subscribers must change first"
            yield FIRST.hazard(context, place, message, "Change the subscribers first.")
        if act.action == "set unlogged" and context.rewrites(table):
            message = f"{shown(table)} is empty on every replica from now on, and after a crash"
            yield ABSENT.hazard(context, place, message, "Keep it logged.")
    busy = [table for act, table in context.named(*{act.action for act in context.acts}) if context.rewrites(table)]
    for table in busy[:1]:
        if (context.rows(table) or 0) >= LARGE:
            message = f"all of {shown(table)}{context.size(table)} goes to every replica at once"
            yield BURST.hazard(context, table_address(table), message, "A new column, filled in batches.")


T = "CREATE TABLE t (id int, n int);\nCREATE TABLE k (id int PRIMARY KEY, n int);\n"
P = T + "CREATE PUBLICATION p FOR TABLE k;\n"
BIG = Statistics({"table:public.k": TableStatistics(rows=50_000_000)})
EXAMPLES = (
    bad(T, "CREATE PUBLICATION p FOR TABLE t;", "RP02"),
    bad(P, "ALTER TABLE k ADD COLUMN x int;", "RP01"),
    bad(P, "ALTER TABLE k DROP CONSTRAINT k_pkey;", "RP02"),
    bad(T, "ALTER TABLE k ALTER COLUMN n TYPE bigint;", "RP03", statistics=BIG),
    bad(T, "ALTER TABLE k SET UNLOGGED;", "RP04"),
    good(T, "CREATE PUBLICATION p FOR TABLE k;"),
    good(T, "ALTER TABLE k ALTER COLUMN n TYPE bigint;"),
)
