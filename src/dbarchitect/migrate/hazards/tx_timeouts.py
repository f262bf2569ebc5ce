"""A statement waits for locks, and everybody else waits behind it.

Why
    A statement that asks for a strong lock queues behind whoever uses the table, and all who come later queue behind
    it: without lock_timeout one long report stops the application (TX01). Without statement_timeout a scan or rewrite
    lasts as long as it lasts (TX02). A SET without LOCAL outlives the migration in its session, which a pooler may
    hand to somebody else (TX16).

Safe way
    SET lock_timeout, and try again; `dbarchitect migrate apply` does both.

Sources
    https://www.postgresql.org/docs/18/runtime-config-client.html#GUC-LOCK-TIMEOUT
    Measured: a reader waits as long behind a waiting ALTER TABLE as that one waits.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.migrate.effects import tables_of
from dbarchitect.migrate.hazard import Context, Kind, bad, good, shown
from dbarchitect.migrate.surroundings import table_address
from dbarchitect.model.plan import Hazard

LOCK = Kind("TX01", "no-lock-timeout", "info", "A strong lock is asked for without lock_timeout.")
STATEMENT = Kind("TX02", "no-statement-timeout", "info", "A long statement runs without statement_timeout.")
LEAKS = Kind("TX16", "setting-stays", "info", "A setting outlives the migration in its session.")
STAYING = ("search_path", "role", "session_authorization", "row_security", "session_replication_role")
KINDS = (LOCK, STATEMENT, LEAKS)


def check(context: Context) -> Iterator[Hazard]:
    """The first statement of a file that needs a timeout, and settings that stay."""
    found = [
        (table, lock) for table, lock in tables_of(context.effect, context.around)
        if lock.blocks_writes and table_address(table) not in context.transaction.made
    ]  # fmt: skip
    if found and not context.session.lock_timeout and context.once("TX01"):
        table, lock = found[0]
        message = f"{lock.mode} on {shown(table)} is asked for without lock_timeout: all who come later wait behind it"
        safe = "SET lock_timeout = '5s' at the start of the file, and try again when it ends it."
        yield LOCK.hazard(context, table_address(table), message, safe)
    slow = [(table, lock) for table, lock in found if lock.scans or lock.rewrites]
    if slow and not context.session.statement_timeout and context.once("TX02"):
        table, lock = slow[0]
        message = f"a statement that reads or writes all of {shown(table)} has no statement_timeout"
        yield STATEMENT.hazard(
            context, table_address(table), message, "SET statement_timeout for statements of its kind."
        )
    for act in context.acts:
        if act.action == "set" and act.option == "session" and act.part in STAYING:
            message = f"SET {act.part} stays for the session after the migration: a pooler hands it to somebody else"
            yield LEAKS.hazard(context, f"setting:{act.part}", message, f"SET LOCAL {act.part}.")


T = "CREATE TABLE t (id int PRIMARY KEY, n int);\n"
EXAMPLES = (
    bad(T, "ALTER TABLE t ADD COLUMN a text;\nALTER TABLE t ADD COLUMN b text;", "TX01"),
    bad(T, "SET lock_timeout = '5s';\nALTER TABLE t ALTER COLUMN n TYPE bigint;", "TX02"),
    bad("", "SET search_path = other;", "TX16"),
    good(T, "SET LOCAL lock_timeout = '5s';\nALTER TABLE t ADD COLUMN a text;"),
    good("", "SET LOCAL search_path = other;"),
    good("", T + "ALTER TABLE t ADD COLUMN a text;", title="the table is new"),
)
