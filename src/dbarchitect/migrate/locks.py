"""What the files of a plan lock, told from their statements and the schema that they meet: no server is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dbarchitect.migrate import effects
from dbarchitect.migrate.surroundings import Surroundings, of_schema
from dbarchitect.model.address import parse
from dbarchitect.model.plan import MODES, Lock, Step
from dbarchitect.model.schema import Schema
from dbarchitect.read.sql import reader
from dbarchitect.read.sql.replay import Replay
from dbarchitect.read.sql.script import scripts
from dbarchitect.sql.classify import classify
from dbarchitect.write.sql.text import terminated


def located(steps: Sequence[Step], old: Schema, postgres: int) -> tuple[Step, ...]:
    """The steps of a plan with their locks.

    Args:
        steps: in order.
        old: the schema before the first one.
        postgres: the major version.

    Returns:
        For each step the strongest lock on each relation that was there before it: nobody waits for what it made
        itself. Where a statement hides what it does (a DO block, a function's body) nothing is said of it.
    """
    replay = Replay(reader.run)
    replay.state = of_schema(old).state
    return tuple(replace(step, locks=_locks(step, replay, postgres)) for step in steps)


def _locks(step: Step, replay: Replay, postgres: int) -> tuple[Lock, ...]:
    there = Surroundings(replay.state, replay.path)
    known = {*there.state.tables, *there.state.views, *there.state.indexes, *there.state.sequences}
    return strongest(lock for lock in _each(step, replay, postgres) if _key(lock) in known)


def _each(step: Step, replay: Replay, postgres: int) -> Iterator[Lock]:
    text = "\n".join(terminated(statement) for statement in step.up)
    for script in scripts({f"{step.file}.sql": text}):
        replay.set_path(["public"])
        for written in script.statements:
            around = Surroundings(replay.state, replay.path)
            yield from effects.of(classify(written.node), around, postgres=postgres).locks
            reader.run(replay, written)


def strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """The strongest lock on each relation, with everything that is done under any of them, sorted."""
    found: dict[str, Lock] = {}
    for lock in locks:
        known = found.get(lock.address, lock)
        mode = max(known.mode, lock.mode, key=MODES.index)
        found[lock.address] = Lock(lock.address, mode, known.rewrites or lock.rewrites, known.scans or lock.scans)
    return tuple(found[address] for address in sorted(found))


def _key(lock: Lock) -> tuple[str, str]:
    parts = parse(lock.address)[1]
    return parts[0], parts[-1]
