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
from dbarchitect.read.sql.source import Written
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
        itself. Where a statement hides what it does (EXECUTE, a function's body) nothing is said of it.
    """
    replay = Replay(reader.run)
    replay.state = of_schema(old).state
    return tuple(replace(step, locks=_locks(step, replay, postgres)) for step in steps)


def _locks(step: Step, replay: Replay, postgres: int) -> tuple[Lock, ...]:
    known = _known(replay)
    return strongest(lock for lock in _each(step, replay, postgres) if _key(lock) in known)


def _known(replay: Replay) -> frozenset[tuple[str, str]]:
    state = replay.state
    return frozenset((*state.tables, *state.views, *state.indexes, *state.sequences))


def _each(step: Step, replay: Replay, postgres: int) -> Iterator[Lock]:
    text = "\n".join(terminated(statement) for statement in step.up)
    for script in scripts({f"{step.file}.sql": text}):
        replay.set_path(["public"])
        for written in script.statements:
            yield from followed(replay, written, postgres)


def followed(replay: Replay, written: Written, postgres: int) -> Iterator[Lock]:
    """The locks of a statement on what was there, which is then replayed; of a DO block those that its text tells.

    Args:
        replay: the schema before the statement; the one after it when all locks were asked for.
        written: the statement.
        postgres: the major version.
    """  # fmt: skip
    if "DoStmt" in written.node:
        known = _known(replay)
        for inner in reader.run_block(replay, written):
            yield from (lock for lock in _at_once(replay, inner.written, postgres) if _key(lock) in known)
        return
    yield from _at_once(replay, written, postgres)
    reader.run(replay, written)


def _at_once(replay: Replay, written: Written, postgres: int) -> Sequence[Lock]:
    around = Surroundings(replay.state, replay.path)
    return effects.of(classify(written.node), around, postgres=postgres).locks


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
