"""Prove the last migrations of a history, or all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from dbarchitect.migrate.migrations import Migration, of_all
from dbarchitect.model.certificate import Certificate, Data, Proven, Trouble
from dbarchitect.progress import report
from dbarchitect.prove.migration.proof import prove
from dbarchitect.prove.migration.running import Refused
from dbarchitect.prove.migration.stage import Stage

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.prove.migration.restored import Rows

MEANS = {"42501", "0A000", "58P01", "F0000"}
"""States by which PostgreSQL says that it lacks a right, a feature or a file that another server may have."""


def certify(
    server: Server,
    migrations: Sequence[Migration],
    count: int,
    *,
    source: str,
    only: Collection[str] | None = None,
    start: Stage | None = None,
    given: Rows | None = None,
) -> Certificate:
    """Replay a history and prove its last migrations.

    Args:
        server: our own server.
        migrations: all of them, oldest first.
        count: how many of the last to prove.
        source: what to call them.
        only: prove none of these but those, by their keys; None for all.
        start: what the first of them meets, which stays the caller's; None for an empty database.
        given: somebody's rows at `start` instead of adversarial ones; they are carried along.

    Returns:
        A verdict for each; those after one that does not run at all are unproved.
    """
    first = max(len(migrations) - count, 0)
    wanted = [number >= first and (only is None or one.key in only) for number, one in enumerate(migrations)]
    found: list[Proven] = []
    broken: Migration | None = None
    stage = start or Stage.empty(server)
    try:
        for migration, proves in list(zip(migrations, wanted, strict=True))[: _end(wanted)]:
            if broken is not None:
                found += [_unreached(migration, broken)] if proves else []
                continue
            report(f"{'proving' if proves else 'replaying'} {migration.name}")
            try:
                if not proves and stage is not start:
                    stage.advance(migration)
                else:
                    before, (stage, transaction) = stage, stage.after(migration)
                    try:
                        if proves:
                            spend = before is not start
                            found.append(prove(before, migration, transaction, stage, given=given, spend=spend))
                    finally:
                        if before is not start:
                            before.drop()
            except Refused as refused:
                found.append(_broken(migration, refused))
                broken = migration
            if given and broken is None and not _carried(given, migration):
                broken = migration
    finally:
        if stage is not start:
            stage.drop()
    data: Data = "restored" if given else "adversarial"
    replayed = wanted.index(True) if True in wanted else len(migrations)
    return Certificate(source, of_all(migrations), server.version, data, replayed, tuple(found))


def _end(wanted: Sequence[bool]) -> int:
    """How many migrations there are up to the last wanted one."""
    return max((number + 1 for number, proves in enumerate(wanted) if proves), default=0)


def _carried(given: Rows, migration: Migration) -> bool:
    try:
        given.advance(migration)
    except Refused:
        return False
    return True


def _unreached(migration: Migration, broken: Migration) -> Proven:
    reason = f"{broken.name} before it does not go through"
    return Proven(migration.key, migration.hash, "unproved", reason, migration.transaction, migration.declared)


def _broken(migration: Migration, refused: Refused) -> Proven:
    """A migration that fails without rows: its fault, unless this server lacks what it needs."""
    lacking = refused.sqlstate in MEANS or "is not available" in refused.message
    trouble = Trouble("up", refused.message, refused.statement, refused.sqlstate)
    if lacking:
        return Proven(
            migration.key, migration.hash, "unproved", f"this server does not do it: {refused.message}",
            migration.transaction, migration.declared, not_proved=((refused.statement, refused.message),),
        )  # fmt: skip
    return Proven(
        migration.key, migration.hash, "failed", f"it does not run: {refused.message}", migration.transaction,
        migration.declared, troubles=(trouble,),
    )  # fmt: skip
