"""What was proved about migrations on a real server: what a reviewer reads, and what CI keeps (DESIGN §4)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any, Literal, get_args

from dbarchitect.model.plan import LockMode, Reversible, Transaction
from dbarchitect.records import dataclass

Verdict = Literal["exact", "lossy", "irreversible", "failed", "unproved"]
Data = Literal["adversarial", "restored"]
Way = Literal["up", "down", "second up"]


@dataclass(frozen=True, slots=True)
class Loss:
    """Data that is not there any more, or not what it was, after the up step.

    Args:
        address: a column, table or sequence, by its name before the step.
        kind: `dropped` with its values, `changed` values, `rows` that are gone or new, `position` of a sequence.
        count: how many values or rows.
        total: of how many.
        returns: after the down step it is as it was: PostgreSQL made it again from what the values depend on, or the
            step had put it aside; `verdict` says what counts.
        examples: (before, after) of values of our own data; never of somebody's.
    """

    address: str
    kind: Literal["dropped", "changed", "rows", "position"]
    count: int
    total: int
    returns: bool = False
    examples: tuple[tuple[str | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """The step fails on some data; the rest was proved without those rows.

    Args:
        way: where it failed.
        statement: the statement.
        sqlstate: what PostgreSQL answered.
        message: in words.
        query: finds the rows at fault; None when it could not be told.
        rows: how many of the rows here are.
        total: how many rows that table has.
    """

    way: Way
    statement: str
    sqlstate: str
    message: str
    query: str | None
    rows: int
    total: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a migration whatever the data.

    Args:
        way: where.
        message: in a sentence.
        statement: the statement at fault, if it is one.
        sqlstate: what PostgreSQL answered to it.
        differences: catalog rows that differ.
    """

    way: Way
    message: str
    statement: str | None = None
    sqlstate: str | None = None
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What a statement did to one relation that was there before.

    Args:
        address: the table, index, view or sequence.
        mode: the strongest lock.
        rewrites: it was written anew.
        scans: all of it was read.
        reads_wait: a real reader waited; None where none was tried.
        writes_wait: a real writer waited.
    """

    address: str
    mode: LockMode
    rewrites: bool
    scans: bool
    reads_wait: bool | None
    writes_wait: bool | None


@dataclass(frozen=True, slots=True)
class Traced:
    """One statement, alone in its transaction.

    Args:
        statement: its text.
        transaction: it ran inside a transaction; False when it cannot.
        held: the relations that it touched.
        error: why it could not be traced.
    """

    statement: str
    transaction: bool
    held: tuple[Held, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """One migration.

    Args:
        file: its name.
        hash: SHA-256 of what its up and down steps run.
        verdict: exact, lossy or irreversible by measurement; failed, when it does not do what it must; unproved.
        reason: the verdict in a sentence.
        transaction: how its statements ran.
        declared: what its plan, or the comment that its down begins with, says; None when nothing is said.
        level: the strictest level at which the schema after the down is that before; None when at none.
        again: the same for the second up against the first.
        differences: catalog rows by which the down misses.
        losses: data that the up step loses.
        kept_as: columns of the lost that live on under another name, old address to new.
        down_drops: what comes with the up and goes with the down, with all that was written to it meanwhile.
        conditions: data on which it fails.
        troubles: what else is wrong.
        statements: the trace of the up step.
        back: the trace of the down step, on the schema that the up step makes.
        held: for each relation what the whole up step holds in the end: the strongest lock, and whatever happened.
        held_back: the same for the down step.
        not_proved: what was not looked at, and why.
        rows: rows of the data that it was proved on, by table.
    """

    file: str
    hash: str
    verdict: Verdict
    reason: str
    transaction: Transaction = "one"
    declared: Reversible | None = None
    level: str | None = None
    again: str | None = None
    differences: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    kept_as: tuple[tuple[str, str], ...] = ()
    down_drops: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    statements: tuple[Traced, ...] = ()
    back: tuple[Traced, ...] = ()
    held: tuple[Held, ...] = ()
    held_back: tuple[Held, ...] = ()
    not_proved: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was proved about some migrations.

    Args:
        source: the folder or the plan.
        hash: SHA-256 over the hashes of the whole history up to the last proved one.
        postgres: the version that it was proved on.
        data: whose data.
        history: how many migrations were replayed before the first proved one.
        migrations: the proved ones.
    """

    source: str
    hash: str
    postgres: str
    data: Data
    history: int
    migrations: tuple[Proven, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many migrations have which verdict."""
        counts = Counter(item.verdict for item in self.migrations)
        return {verdict: counts[verdict] for verdict in get_args(Verdict)}

    def to_json(self) -> dict[str, Any]:
        """The certificate as JSON; every field is there, so that a reader needs no defaults."""
        return {"format": 1, **_plain(self), "summary": self.summary}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
