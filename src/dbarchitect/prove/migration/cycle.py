"""Up, down and up again in one copy of a filled database, with a picture of schema and data after each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dbarchitect.engines.fingerprint import LEVELS, Fingerprint, difference, fingerprint
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.certificate import Loss, Trouble, Way
from dbarchitect.model.plan import Transaction
from dbarchitect.prove.migration.content import Content, content
from dbarchitect.prove.migration.losses import detailed, losses
from dbarchitect.prove.migration.running import Refused, run

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database

DIFFERENCES = 12


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one round showed.

    Args:
        lost: what the up step loses; `returns` says whether it is there again after the down.
        kept_as: what lives on elsewhere.
        left_over: what the down leaves different although the up lost nothing there.
        level: the strictest level at which the down restores the schema; None at none, and without a down.
        differences: catalog rows by which it misses, at the strict level.
        again: the strictest level at which the second up gives the schema of the first.
        down_drops: columns that came with the up and went with the down.
        troubles: what failed, whatever the data.
    """

    lost: tuple[Loss, ...] = ()
    kept_as: tuple[tuple[str, str], ...] = ()
    left_over: tuple[Loss, ...] = ()
    level: str | None = None
    differences: tuple[str, ...] = ()
    again: str | None = None
    down_drops: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()


class Stopped(Exception):  # noqa: N818 - carries where PostgreSQL refused what
    """A step was refused.

    Args:
        way: the step.
        refused: what PostgreSQL said.
        invalid: indexes that it left behind INVALID.
    """

    def __init__(self, way: Way, refused: Refused, invalid: tuple[str, ...]) -> None:
        super().__init__(str(refused))
        self.way: Way = way
        self.refused = refused
        self.invalid = invalid


def cycle(
    filled: Database,
    before: Fingerprint,
    migration: Migration,
    transaction: Transaction,
    *,
    shown: bool,
    at_stop: Callable[[Stopped, Connection], None],
) -> Cycle:
    """Take a copy of `filled` through a migration and back.

    Args:
        filled: the database with its rows; it is not changed.
        before: the fingerprint of its schema.
        migration: the migration.
        transaction: how its statements run.
        shown: whether values of the data may be shown.
        at_stop: called with a connection to the copy as it is when a step was refused.

    Raises:
        Stopped: PostgreSQL refused the up step, or the down step.
    """
    server = filled.server
    with server.database(template=filled, owner=server.guest) as copy, closing(copy.connect()) as witness:
        first = content(witness)
        _step("up", copy, witness, migration.up, transaction, at_stop)
        up, second = fingerprint(witness), content(witness, first)
        found, kept = losses(first, second)
        with closing(filled.connect()) as original:
            exact = [detailed(loss, original, witness, (first, second), shown=shown) for loss in found]
        lost = tuple(loss for loss in exact if loss)
        if migration.down is None:
            return Cycle(lost, kept)
        _step("down", copy, witness, migration.down, transaction, at_stop)
        down, third = fingerprint(witness), content(witness, first)
        open_, _ = losses(first, third)
        with closing(filled.connect()) as original:
            still = [detailed(loss, original, witness, (first, third), shown=shown) for loss in open_]
        missing = {loss.address for loss in still if loss}
        lost = tuple(replace(loss, returns=not _within(loss.address, missing)) for loss in lost)
        gone = {loss.address for loss in lost}
        grown = [
            table for table in third.tables if (was := _was(table.address, first)) is not None and table.rows > was
        ]
        over = [loss for loss in still if loss and not _within(loss.address, gone)]
        over += [
            Loss(table.address, "rows", table.rows - (_was(table.address, first) or 0), table.rows)
            for table in grown
            if not _within(table.address, gone | {loss.address for loss in over})
        ]
        level, rows = _level(before, down)
        drops = _dropped_by_down(first, second, third)
        again, troubles = _again(copy, witness, migration, transaction, up)
        return Cycle(lost, kept, tuple(over), level, rows, again, drops, troubles)


def _was(address: str, first: Content) -> int | None:
    return next((table.rows for table in first.tables if table.address == address), None)


def _within(address: str, places: set[str]) -> bool:
    """Whether an element, its table or one of its columns is among the places."""
    name = address.partition(":")[2]
    for place in places:
        other = place.partition(":")[2]
        if name == other or name.startswith(f"{other}.") or other.startswith(f"{name}."):
            return True
    return False


def _again(
    copy: Database, witness: Connection, migration: Migration, transaction: Transaction, up: Fingerprint
) -> tuple[str | None, tuple[Trouble, ...]]:
    try:
        _step("second up", copy, witness, migration.up, transaction)
    except Stopped as stopped:
        refused = stopped.refused
        message = f"after its down it does not apply again: {refused.message}"
        return None, (Trouble("second up", message, refused.statement, refused.sqlstate),)
    level, rows = _level(up, fingerprint(witness))
    if level is None:
        return None, (Trouble("second up", "applied again after its down it gives another schema", differences=rows),)
    return level, ()


def _level(one: Fingerprint, other: Fingerprint) -> tuple[str | None, tuple[str, ...]]:
    """(the strictest level at which both are equal, the rows that differ at the strict one)."""
    strict = difference(one, other)
    if not strict:
        return LEVELS[0], ()
    equal = next((level for level in LEVELS[1:] if not difference(one, other, level)), None)
    shown = tuple(str(row) for row in (strict if equal else difference(one, other, LEVELS[-1]) or strict))
    return equal, shown[:DIFFERENCES]


def _dropped_by_down(first: Content, second: Content, third: Content) -> tuple[str, ...]:
    def columns(of: Content) -> set[str]:
        return {t.column_address(c.name) for t in of.tables if t.kind != "m" for c in t.columns}

    return tuple(sorted((columns(second) - columns(first)) - columns(third)))


def _step(
    way: Way,
    copy: Database,
    witness: Connection,
    statements: tuple[str, ...],
    transaction: Transaction,
    at_stop: Callable[[Stopped, Connection], None] | None = None,
) -> None:
    try:
        run(copy, statements, transaction)
    except Refused as refused:
        query = "select indexrelid::regclass::text from pg_catalog.pg_index where not indisvalid order by 1"
        invalid = tuple(str(name) for (name,) in witness.execute(query).fetchall())
        stopped = Stopped(way, refused, invalid)
        if at_stop:
            at_stop(stopped, witness)
        raise stopped from None
