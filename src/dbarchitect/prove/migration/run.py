"""Prove the last migrations of a history, or all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dbarchitect.model.certificate import Certificate, Data, Proven, Trouble
from dbarchitect.progress import report
from dbarchitect.prove.migration.files import Migration, of_all
from dbarchitect.prove.migration.proof import prove
from dbarchitect.prove.migration.running import Refused
from dbarchitect.prove.migration.stage import Stage

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.model.plan import Transaction
    from dbarchitect.prove.migration.restored import Rows

MEANS = {"42501", "0A000", "58P01", "F0000"}
"""States by which PostgreSQL says that it lacks a right, a feature or a file that another server may have."""


def certify(
    server: Server,
    migrations: Sequence[Migration],
    count: int,
    *,
    source: str,
    start: Stage | None = None,
    given: Rows | None = None,
) -> Certificate:
    """Replay a history and prove its last migrations.

    Args:
        server: our own server.
        migrations: all of them, oldest first.
        count: how many of the last to prove.
        source: what to call them.
        start: what the first of them meets, which stays the caller's; None for an empty database.
        given: somebody's rows at `start` instead of adversarial ones; they are carried along.

    Returns:
        A verdict for each; those after one that does not run at all are unproved.
    """
    stage = start or Stage.empty(server)
    first = max(len(migrations) - count, 0)
    found: list[Proven] = []
    broken: Migration | None = None
    try:
        for number, migration in enumerate(migrations):
            if broken is not None:
                if number >= first:
                    found.append(_unreached(migration, broken))
                continue
            report(f"proving {migration.name}" if number >= first else f"replaying {migration.name}")
            try:
                if number < first and stage is not start:
                    stage.advance(migration)
                    continue
                following, transaction = stage.after(migration)
            except Refused as refused:
                found.append(_broken(migration, refused))
                broken = migration
                continue
            before, stage = stage, following
            try:
                if number >= first:
                    found.append(prove(before, migration, transaction, given=given))
            finally:
                if before is not start:
                    before.drop()
            if given and not _carried(given, migration, transaction):
                broken = migration
    finally:
        if stage is not start:
            stage.drop()
    data: Data = "restored" if given else "adversarial"
    return Certificate(source, of_all(migrations), server.version, data, first, tuple(found))


def _carried(given: Rows, migration: Migration, transaction: Transaction) -> bool:
    try:
        given.advance(migration, transaction)
    except Refused:
        return False
    return True


def _unreached(migration: Migration, broken: Migration) -> Proven:
    reason = f"{broken.name} before it does not go through"
    return Proven(migration.name, migration.hash, "unproved", reason, migration.transaction, migration.declared)


def _broken(migration: Migration, refused: Refused) -> Proven:
    """A migration that fails without rows: its fault, unless this server lacks what it needs."""
    lacking = refused.sqlstate in MEANS or "is not available" in refused.message
    trouble = Trouble("up", refused.message, refused.statement, refused.sqlstate)
    if lacking:
        return Proven(
            migration.name, migration.hash, "unproved", f"this server does not do it: {refused.message}",
            migration.transaction, migration.declared, not_proved=((refused.statement, refused.message),),
        )  # fmt: skip
    return Proven(
        migration.name, migration.hash, "failed", f"it does not run: {refused.message}", migration.transaction,
        migration.declared, troubles=(trouble,),
    )  # fmt: skip
