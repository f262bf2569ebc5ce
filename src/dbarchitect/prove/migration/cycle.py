"""Up, down and up again in one copy of a filled database, with a picture of schema and data after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from dbarchitect.engines.fingerprint import LEVELS, Change, Fingerprint, difference
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.certificate import Loss, Trouble, Way
from dbarchitect.model.plan import Transaction
from dbarchitect.prove.migration.content import Content, content
from dbarchitect.prove.migration.losses import detailed, losses
from dbarchitect.prove.migration.round import Round, Stopped, go_round
from dbarchitect.prove.migration.stage import Stage
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database

DIFFERENCES = 12
_WORDS = {
    "pg_attrdef": "default", "pg_attribute": "column", "pg_class": "relation", "pg_constraint": "constraint",
    "pg_index": "index", "pg_proc": "function", "pg_trigger": "trigger", "pg_type": "type", "pg_policy": "policy",
    "pg_enum": "label", "pg_sequence": "sequence", "pg_namespace": "schema", "pg_rewrite": "rule",
}  # fmt: skip


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


def cycle(
    filled: Database,
    stage: Stage,
    migration: Migration,
    transaction: Transaction,
    *,
    shown: bool,
    at_stop: Callable[[Stopped, Connection], None],
) -> Cycle:
    """Take a copy of `filled` through a migration and back.

    Args:
        filled: the database with its rows; it is not changed.
        stage: what it was before it was filled.
        migration: the migration.
        transaction: how its statements run.
        shown: whether values of the data may be shown.
        at_stop: called with a connection to the copy as it is when a step was refused.

    Raises:
        Stopped: PostgreSQL refused the up step, or the down step.
    """
    server = filled.server
    with server.database(template=filled, owner=server.guest) as copy, closing(copy.connect()) as witness:
        before = stage.fingerprint(witness)
        data = _Data(filled, witness, shown)
        seen = go_round(copy, witness, migration, transaction, reached=data.look, at_stop=at_stop)
    if seen.down is None:
        return Cycle(data.lost, data.kept_as)
    level, rows = _level(before, seen.down, ("before the up", "after the down"))
    again, troubles = _again(seen)
    drops = _dropped_by_down(*data.pictures)
    return Cycle(data.lost, data.kept_as, data.left_over, level, rows, again, drops, troubles)


class _Data:
    """What becomes of the rows on the way: a picture of them before, after the up and after the down.

    Args:
        filled: the rows as they were.
        witness: a connection to those that go through it.
        shown: whether their values may be shown.
    """

    def __init__(self, filled: Database, witness: Connection, shown: bool) -> None:
        self._filled = filled
        self._witness = witness
        self._shown = shown
        self.pictures: list[Content] = [content(witness)]
        self.lost: tuple[Loss, ...] = ()
        self.kept_as: tuple[tuple[str, str], ...] = ()
        self.left_over: tuple[Loss, ...] = ()

    def look(self, way: Way) -> None:
        """Take the picture after a step, and compare it with the first."""
        self.pictures.append(content(self._witness, self.pictures[0]))
        found, kept = losses(self.pictures[0], self.pictures[-1])
        exact = self._detailed(found)
        if way == "up":
            self.lost, self.kept_as = exact, kept
            return
        missing = {loss.address for loss in exact}
        self.lost = tuple(replace(loss, returns=not _within(loss.address, missing)) for loss in self.lost)
        gone = {loss.address for loss in self.lost}
        over = [loss for loss in exact if not _within(loss.address, gone)]
        self.left_over = (*over, *self._grown(gone | {loss.address for loss in over}))

    def _detailed(self, found: tuple[Loss, ...]) -> tuple[Loss, ...]:
        if not found:
            return ()
        pair = self.pictures[0], self.pictures[-1]
        with closing(self._filled.connect()) as original:
            exact = [detailed(loss, original, self._witness, pair, shown=self._shown) for loss in found]
        return tuple(loss for loss in exact if loss)

    def _grown(self, known: set[str]) -> Iterator[Loss]:
        """Tables that have more rows than at first."""
        for table in self.pictures[-1].tables:
            was = _was(table.address, self.pictures[0])
            if was is not None and table.rows > was and not _within(table.address, known):
                yield Loss(table.address, "rows", table.rows - was, table.rows)


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


def _again(seen: Round) -> tuple[str | None, tuple[Trouble, ...]]:
    if seen.again is None:
        assert seen.stopped is not None
        refused = seen.stopped.refused
        message = f"after its down it does not apply again: {refused.message}"
        return None, (Trouble("second up", message, refused.statement, refused.sqlstate),)
    level, rows = _level(seen.up, seen.again, ("after the first up", "after the second up"))
    if level is None:
        return None, (Trouble("second up", "applied again after its down it gives another schema", differences=rows),)
    return level, ()


def _level(one: Fingerprint, other: Fingerprint, sides: tuple[str, str]) -> tuple[str | None, tuple[str, ...]]:
    """(the strictest level at which both are equal, the rows that differ at the strict one, in words)."""
    strict = difference(one, other)
    if not strict:
        return LEVELS[0], ()
    equal = next((level for level in LEVELS[1:] if not difference(one, other, level)), None)
    shown = strict if equal else difference(one, other, LEVELS[-1]) or strict
    return equal, tuple(_said(row, sides) for row in shown[:DIFFERENCES])


def _said(row: Change, sides: tuple[str, str]) -> str:
    """A row of the catalog that differs: what it is of, and on which side it is there."""
    text = str(row).replace(row.catalog, _WORDS.get(row.catalog, row.catalog), 1)
    for kind, side in zip(("only left", "only right"), sides, strict=True):
        if row.kind == kind:
            text = text.replace(f": {kind}", f": there only {side}", 1)
    return text


def _dropped_by_down(first: Content, second: Content, third: Content) -> tuple[str, ...]:
    def columns(of: Content) -> set[str]:
        return {t.column_address(c.name) for t in of.tables if t.kind != "m" for c in t.columns}

    return tuple(sorted((columns(second) - columns(first)) - columns(third)))
