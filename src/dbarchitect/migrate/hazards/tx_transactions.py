"""A transaction does more than one thing while it holds strong locks.

Why
    Locks are held until the transaction ends. Work after the first strong lock makes everybody wait for that, too
    (TX03). Strong locks on several tables in one transaction deadlock with programs that use them in another order
    (TX04). BEGIN and COMMIT in a migration end the transaction that its runner believes in (TX06). Several statements
    that each read a table read it several times (TX13).

Safe way
    One table for a transaction, the strong lock last, and one ALTER TABLE for what reads the same table.

Sources
    https://www.postgresql.org/docs/18/explicit-locking.html
    Measured: migrate/truth.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects import tables_of
from dbarchitect.migrate.hazard import Context, Kind, bad, few, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.plan import Hazard

MORE = Kind("TX03", "work-under-lock", "warning", "Slow work runs while the transaction keeps others out.")
SEVERAL = Kind("TX04", "several-tables-locked", "info", "Strong locks on several tables may deadlock.")
ENDS = Kind("TX06", "transaction-in-migration", "warning", "A migration begins or ends transactions itself.")
AGAIN = Kind("TX13", "several-scans", "info", "A table is read several times for what one statement could do.")
KINDS = (MORE, SEVERAL, ENDS, AGAIN)


def check(context: Context) -> Iterator[Hazard]:
    """What a transaction has done before."""
    for act in context.acts:
        if (
            act.action == "transaction"
            and act.option in ("commit", "rollback", "begin", "start")
            and context.file.drizzle
        ):
            message = f"{act.option.upper()} ends or nests the transaction in which Drizzle runs all that is pending"
            yield ENDS.hazard(context, f"file:{context.file.name}", message, "Leave transactions to the runner.")
    found = [
        (table, lock) for table, lock in tables_of(context.effect, context.around)
        if table_address(table) not in context.transaction.made
    ]  # fmt: skip
    if not context.inside:
        return
    held = {
        name: mode for name, (mode, _) in context.transaction.locks.items()
        if mode == "ACCESS EXCLUSIVE" and name.startswith("table:")
    }  # fmt: skip
    for table, lock in found:
        heavy = lock.scans or lock.rewrites
        known = sorted(name.partition(":")[2].removeprefix("public.") for name in held if name != table_address(table))
        dml = context.moment.classified.kind in ("UpdateStmt", "DeleteStmt", "InsertStmt", "SelectStmt", "MergeStmt")
        if heavy and held and not dml and set(held) != {table_address(table)} and context.once("TX03"):
            message = f"all rows of {shown(table)}{context.size(table)} are read or written while nobody can use \
{few(known)}"
            yield MORE.hazard(context, table_address(table), message, "Another migration for it.",
                              severity=context.weight(table))  # fmt: skip
        times = context.transaction.altered.get(table_address(table), 0)
        if heavy and times and context.alters and context.once(f"TX13 {table_address(table)}"):
            message = (
                f"all rows of {shown(table)}{context.size(table)} are read again: {times + 1} times in this transaction"
            )
            yield AGAIN.hazard(context, table_address(table), message, "One ALTER TABLE with all these commands.")
    fresh = [table for table, lock in found if lock.mode == "ACCESS EXCLUSIVE" and table_address(table) not in held]
    if fresh and held and context.once("TX04"):
        others = few(sorted(name.partition(":")[2].removeprefix("public.") for name in held))
        message = (
            f"{shown(fresh[0])} is locked after {others} in one transaction: who goes the other way round deadlocks"
        )
        yield SEVERAL.hazard(context, table_address(fresh[0]), message, "One table for each transaction.")


T = "CREATE TABLE t (id int PRIMARY KEY, n int);\nCREATE TABLE u (id int PRIMARY KEY, n int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE u ADD COLUMN x int;\nCREATE INDEX i ON t (n);", "TX03"),
    bad(T, "ALTER TABLE u ADD COLUMN x int;\nALTER TABLE t ADD COLUMN x int;", "TX04"),
    bad(T, "COMMIT;", "TX06", drizzle=True),
    bad(T, "ALTER TABLE t ADD CHECK (n > 0);\nALTER TABLE t ADD CHECK (n < 9);", "TX13"),
    good(T, "ALTER TABLE u ADD COLUMN x int;\nCREATE INDEX i ON t (n);", transaction=False),
    bad(T, "DO $$ BEGIN ALTER TABLE u ADD COLUMN x int; CREATE INDEX i ON t (n); END $$;", "TX03", transaction=False),
    good(
        T,
        "DO $$ BEGIN ALTER TABLE u ADD COLUMN x int; END $$;\nDO $$ BEGIN CREATE INDEX i ON t (n); END $$;",
        transaction=False,
        title="each block is a transaction by itself",
    ),
    good(T, "ALTER TABLE t ADD COLUMN x int;\nALTER TABLE t ADD COLUMN y int;"),
    good(T, "COMMIT;\nCREATE INDEX i ON t (n);\nALTER TABLE u ADD COLUMN x int;", title="the transaction has ended"),
    bad(
        T,
        "ALTER TABLE u ADD COLUMN x int;\nCREATE TABLE v (id int);\nINSERT INTO v SELECT id FROM t;\n"
        "ALTER TABLE v ADD FOREIGN KEY (id) REFERENCES t;",
        "TX03",
    ),
    good(
        T,
        "ALTER TABLE u ADD COLUMN x int;\nCREATE TABLE v (id int);\nALTER TABLE v ADD FOREIGN KEY (id) REFERENCES t;",
        title="a table without rows has nothing to look up",
    ),
    good("", T + "ALTER TABLE t ADD COLUMN x int;\nALTER TABLE u ADD COLUMN x int;", title="both tables are new"),
)
