"""A partition comes or goes while its tables are in use.

Why
    ATTACH PARTITION reads the new partition under ACCESS EXCLUSIVE, unless a check proves the bound and its indexes
    are there; the default partition is read too (SC15). DETACH without CONCURRENTLY keeps everybody from the whole
    partitioned table (TX17). An index of a partitioned table cannot be built concurrently (IX12).

Safe way
    Add the bound as CHECK … NOT VALID to the partition, validate it, attach. DETACH … CONCURRENTLY. CREATE INDEX ON
    ONLY the parent, CREATE INDEX CONCURRENTLY on each partition, ALTER INDEX … ATTACH PARTITION.

Sources
    https://www.postgresql.org/docs/18/ddl-partitioning.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.plan import Hazard

ATTACH = Kind("SC15", "attach-partition", "warning", "A new partition is read for its bound.")
DETACH = Kind("TX17", "detach-partition", "warning", "A partition goes while everybody waits for the whole table.")
INDEX = Kind("IX12", "partitioned-index", "warning", "An index over all partitions is built at once.")
KINDS = (ATTACH, DETACH, INDEX)


def check(context: Context) -> Iterator[Hazard]:
    """ATTACH, DETACH, and indexes of partitioned tables."""
    for act, table in context.named("attach partition", "detach partition"):
        part = context.around.table(act.related[0])
        if part is None:
            continue
        place = table_address(part)
        if act.action == "detach partition":
            if not act.concurrently and context.postgres >= 14:
                message = f"{shown(table)} cannot be read or written while {shown(part)} is taken from it"
                yield DETACH.hazard(context, place, message, "DETACH PARTITION … CONCURRENTLY, outside a transaction.",
                                    severity=context.weight(table))  # fmt: skip
            continue
        lock = context.lock(part)
        busy = [one for one in context.around.descendants(table) if context.scans(one)]
        if table_address(part) in context.transaction.made and not busy:
            continue
        if (lock is not None and lock.scans) or busy:
            names = ", ".join(shown(one) for one in [part, *busy])
            message = f"all rows of {names}{context.size(part)} are read for the bound or an index: nobody can use it"
            safe = "Give it the bound as a validated CHECK, and the parent's indexes, before it is attached."
            yield ATTACH.hazard(context, place, message, safe, severity=context.weight(part))
    for act in context.acts:
        parent = context.busy(act.related[0]) if act.action == "create table" and act.option == "partition" else None
        read = [one for one in context.around.descendants(parent) if context.scans(one)] if parent else []
        if parent is not None and read:
            names = ", ".join(map(shown, read))
            message = f"all rows of {names} are read for those of the new partition: nobody can use {shown(parent)}"
            safe = (
                "Make the table apart, and attach it when a validated check on the default partition excludes its rows."
            )
            yield ATTACH.hazard(context, table_address(parent), message, safe, severity=context.weight(*read))
    for act, table in context.named("create index"):
        if table.partitioning is None or act.only:
            continue
        if act.concurrently:
            message = f"{shown(table)} is partitioned: CREATE INDEX CONCURRENTLY is refused (0A000)"
            yield INDEX.hazard(context, table_address(table), message, SAFE, severity="error")
        else:
            message = (
                f"all partitions of {shown(table)} get the index at once: nobody can write to any of them meanwhile"
            )
            yield INDEX.hazard(context, table_address(table), message, SAFE, severity=context.weight(table))


SAFE = "CREATE INDEX ON ONLY the parent, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION."
T = (
    "CREATE TABLE e (id int, at date NOT NULL) PARTITION BY RANGE (at);\n"
    "CREATE TABLE e1 PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n"
    "CREATE TABLE s (id int, at date NOT NULL);\n"
)
ADD = "ALTER TABLE e ATTACH PARTITION s FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
EXAMPLES = (
    bad(T, ADD, "SC15"),
    bad(T, "ALTER TABLE e DETACH PARTITION e1;", "TX17"),
    bad(T, "CREATE INDEX i ON e (id);", "IX12"),
    bad(T, "CREATE INDEX CONCURRENTLY i ON e (id);", "IX12", transaction=False),
    good(T + "ALTER TABLE s ADD CHECK (at >= '2026-01-01' AND at < '2027-01-01');", ADD),
    bad(
        T + "CREATE TABLE rest PARTITION OF e DEFAULT;\n",
        "CREATE TABLE e2 PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
        "SC15",
    ),
    good(T, "ALTER TABLE e DETACH PARTITION e1 CONCURRENTLY;", transaction=False),
    good(T, "CREATE INDEX i ON ONLY e (id);"),
)
