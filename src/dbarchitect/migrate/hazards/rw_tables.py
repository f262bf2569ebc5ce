"""A table is written anew for its storage.

Why
    SET LOGGED, SET UNLOGGED, VACUUM FULL and CLUSTER, and SET ACCESS METHOD or SET TABLESPACE to another one, copy the
    whole table while ACCESS EXCLUSIVE keeps readers and writers out.

Safe way
    pg_repack or pg_squeeze do the same beside the running table.

Sources
    https://www.postgresql.org/docs/18/sql-vacuum.html
    https://www.postgresql.org/docs/18/sql-cluster.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.plan import Hazard

REWRITE = Kind("RW12", "rewrite-table", "warning", "A table is written anew for its storage.")
KINDS = (REWRITE,)


def check(context: Context) -> Iterator[Hazard]:
    """VACUUM FULL, CLUSTER and the storage commands of ALTER TABLE."""
    actions = ("vacuum full", "cluster", "set logged", "set unlogged", "set access method", "set tablespace")
    for act, table in context.named(*actions):
        if (act.action.endswith("logged") and not context.rewrites(table)) or act.part in ("heap", "pg_default"):
            continue
        message = (
            f"{act.action.upper()} writes {shown(table)}{context.size(table)} anew: no reads and no writes meanwhile"
        )
        yield REWRITE.hazard(context, table_address(table), message, "Use pg_repack or pg_squeeze.",
                             severity=context.weight(table))  # fmt: skip


T = "CREATE TABLE t (id int PRIMARY KEY);\n"
EXAMPLES = (
    bad(T, "VACUUM FULL t;", "RW12", transaction=False),
    bad(T, "CLUSTER t USING t_pkey;", "RW12"),
    bad(T, "ALTER TABLE t SET UNLOGGED;", "RW12"),
    bad(T, "ALTER TABLE t SET TABLESPACE fast;", "RW12"),
    good(T, "ALTER TABLE t SET TABLESPACE pg_default;"),
    good(T, "ALTER TABLE t SET LOGGED;", title="it is logged already"),
    good(T, "VACUUM t;", transaction=False),
)
