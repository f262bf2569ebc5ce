"""The one way up, down and up again: each step as its runner would run it, a fingerprint of the schema after each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbarchitect.engines.fingerprint import Fingerprint, fingerprint
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.certificate import Way
from dbarchitect.model.plan import Transaction
from dbarchitect.prove.migration.running import Guest, Refused, run
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database


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


@dataclass(frozen=True, slots=True)
class Round:
    """The schema after each step.

    Args:
        up: after the up step.
        down: after the down step; None without one.
        again: after the second up; None without a down, or when it was refused.
        stopped: why there was no second up.
    """

    up: Fingerprint
    down: Fingerprint | None = None
    again: Fingerprint | None = None
    stopped: Stopped | None = None


def go_round(
    database: Database,
    witness: Connection,
    migration: Migration,
    transaction: Transaction,
    *,
    guest: Guest | None = None,
    reached: Callable[[Way], None] = lambda way: None,
    at_stop: Callable[[Stopped, Connection], None] = lambda stopped, copy: None,
) -> Round:
    """Take a database through a migration, back, and through it again; it stays where that ends.

    Args:
        database: is changed.
        witness: a connection to it of a role that sees everything.
        migration: the migration.
        transaction: how its statements run.
        guest: who runs them; the server's guest when None.
        reached: called after the up and after the down, each time that the step went through.
        at_stop: called when the first up or the down was refused, with the database as it is then.

    Raises:
        Stopped: PostgreSQL refused the up step, or the down step.
    """

    def step(way: Way, statements: tuple[str, ...], mode: Transaction) -> Stopped | None:
        try:
            run(database, statements, mode, guest)
        except Refused as refused:
            query = "select indexrelid::regclass::text from pg_catalog.pg_index where not indisvalid order by 1"
            invalid = tuple(str(name) for (name,) in witness.execute(query).fetchall())
            return Stopped(way, refused, invalid)
        return None

    def go(way: Way, statements: tuple[str, ...], mode: Transaction) -> Fingerprint:
        stopped = step(way, statements, mode)
        if stopped is not None:
            at_stop(stopped, witness)
            raise stopped
        seen = fingerprint(witness, again=True)
        reached(way)
        return seen

    up = go("up", migration.up, transaction)
    if migration.down is None:
        return Round(up)
    down = go("down", migration.down, "none" if migration.down_alone else transaction)
    refused = step("second up", migration.up, transaction)
    return Round(up, down, None if refused else fingerprint(witness, again=True), refused)
