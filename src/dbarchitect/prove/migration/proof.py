"""One migration proved: filled with data, up, down, up, its locks traced, and the verdict with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Final

import psycopg

from dbarchitect.data.adversarial import Filled, fill, refill
from dbarchitect.data.orphans import drop_orphans
from dbarchitect.engines.trace import Seen, Trace, Tracer, strongest
from dbarchitect.migrate.migrations import Migration, brackets
from dbarchitect.model.certificate import Condition, Held, Proven, Traced, Trouble
from dbarchitect.model.names import qualified, quote
from dbarchitect.model.plan import Transaction
from dbarchitect.prove.migration import copies
from dbarchitect.prove.migration.conditions import Offenders, offenders
from dbarchitect.prove.migration.cycle import Cycle, cycle
from dbarchitect.prove.migration.round import Stopped
from dbarchitect.prove.migration.running import ALONE, made_beforehand
from dbarchitect.prove.migration.stage import Stage
from dbarchitect.prove.migration.verdict import verdict
from dbarchitect.records import dataclass
from dbarchitect.sql.quote import literal

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database
    from dbarchitect.model.schema import Schema
    from dbarchitect.prove.migration.restored import Rows

MOST_ROUNDS: Final = 12


@dataclass
class _Findings:
    """What has come out so far."""

    conditions: list[Condition] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    not_proved: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Doomed:
    """Rows that must go, because a step fails on them: their keys as texts, where they have some."""

    condition: Condition
    offenders: Offenders
    keys: tuple[str, ...]
    rows: list[tuple[str, ...]]


def prove(
    stage: Stage,
    migration: Migration,
    transaction: Transaction,
    following: Stage,
    *,
    given: Rows | None = None,
    spend: bool = False,
) -> Proven:
    """Prove one migration.

    Args:
        stage: what it meets, without rows.
        migration: the migration; it runs on the stage without rows.
        transaction: how its statements run there.
        following: what it makes of the stage, without rows.
        given: somebody's rows at this stage; None for adversarial ones.
        spend: the stage's own database may be filled, because nobody needs it any more.

    Returns:
        The verdict with everything that it rests on.
    """
    found = _Findings()
    if transaction != migration.transaction and migration.runner == "drizzle":
        found.troubles.append(_cannot_run_in_one(migration))
    with _to_fill(stage, given, spend) as filled:
        data = given.count(stage.schema) if given else _filled(filled, stage)
        found.not_proved += [(".".join(key), why) for key, why in sorted(data.empty.items())]
        shown = given is None
        proof = _Proof(filled, stage, following, migration, transaction, shown)
        result = proof.rounds(found)
        if result and result.lost and all(loss.returns for loss in result.lost) and shown:
            result = proof.with_other_values(result)
        up, back = _traces(filled, migration)
        rows = tuple((f"{schema}.{name}", count) for (schema, name), count in sorted(data.rows.items()))
    return verdict(
        migration,
        transaction,
        result,
        conditions=tuple(found.conditions),
        troubles=tuple(found.troubles),
        not_proved=tuple(found.not_proved),
        statements=tuple(map(_traced, up)),
        back=tuple(map(_traced, back)),
        held=_held(strongest(up)),
        held_back=_held(strongest(back)),
        rows=rows,
        restored=given is not None,
    )


@contextmanager
def _to_fill(stage: Stage, given: Rows | None, spend: bool) -> Iterator[Database]:
    """The database that holds the rows, or is to hold them."""
    if spend and not given:
        yield stage.database
        return
    with given.copy() if given else stage.copy() as copy:
        yield copy


def _cannot_run_in_one(migration: Migration) -> Trouble:
    words = ("concurrently", "vacuum", "reindex", "alter system", "create database")
    culprit = next((s for s in migration.up if any(word in s.lower() for word in words)), None)
    message = "it cannot run in a transaction, and Drizzle's migrator runs all pending files in one"
    return Trouble("up", message, culprit, ALONE)


def _filled(filled: Database, stage: Stage) -> Filled:
    with closing(filled.connect()) as connection:
        schema = stage.read(connection)
        found = fill(connection, schema)
        copies.keep(connection, schema)
        return found


@dataclass(frozen=True, slots=True)
class _Proof:
    """What the rounds of one proof share; see `prove`."""

    filled: Database
    stage: Stage
    following: Stage
    migration: Migration
    mode: Transaction
    shown: bool

    def rounds(self, found: _Findings) -> Cycle | None:
        """Go round until no data stands in the way; None when the migration fails for another reason."""
        doomed: list[_Doomed] = []
        migration = self.migration

        def look(stopped: Stopped, copy: Connection) -> None:
            statements = migration.up if stopped.way == "up" else migration.down or ()
            schema = self.stage.schema if stopped.way == "up" else self.following.schema
            one = _offending(stopped, statements, schema, copy)
            doomed.extend([one] if one else [])

        for _ in range(MOST_ROUNDS):
            doomed.clear()
            try:
                result = cycle(self.filled, self.stage, migration, self.mode, shown=self.shown, at_stop=look)
                found.troubles += result.troubles
                return result
            except Stopped as stopped:
                if not doomed or not _take_away(self.filled, doomed[0], self.stage.schema):
                    found.troubles.append(_trouble(stopped))
                    return None
                found.conditions.append(doomed[0].condition)
        found.troubles.append(Trouble("up", f"more than {MOST_ROUNDS} kinds of rows stand in its way"))
        return None

    def with_other_values(self, first: Cycle) -> Cycle:
        """What was lost came back: once more with other values, for a default may have made the first ones again."""
        with closing(self.filled.connect()) as connection:
            refill(connection, self.stage.schema, salt=1)
            copies.keep(connection, self.stage.schema)
        second = self.rounds(_Findings())
        if second is None or not all(loss.returns for loss in second.lost):
            return second or first
        return first


def _trouble(stopped: Stopped) -> Trouble:
    refused = stopped.refused
    left = f"; the INVALID index {stopped.invalid[0]} stays behind" if stopped.invalid else ""
    return Trouble(stopped.way, f"{refused.message}{left}", refused.statement, refused.sqlstate)


def _offending(stopped: Stopped, statements: Sequence[str], schema: Schema, copy: Connection) -> _Doomed | None:
    """The rows that a step failed on, as they are in the copy where it failed; None when they cannot be told."""
    refused = stopped.refused
    culprits = offenders(refused, tuple(statements), schema)
    if culprits is None:
        return None
    table = next(table for table in schema.tables if table.key == culprits.table)
    keys = table.primary_key.columns if table.primary_key else ()
    listed = ", ".join(f"r.{quote(name)}::text" for name in keys) or "null"
    try:
        with copy.transaction(force_rollback=True):
            total = copy.execute(culprits.total.encode()).fetchone()
            count = copy.execute(culprits.count.encode()).fetchone()
            query = f"select {listed} from {qualified(*table.key)} r where {culprits.chosen}"
            rows = copy.execute(query.encode()).fetchall()
    except psycopg.Error:
        return None
    left = f"; the INVALID index {stopped.invalid[0]} stays behind" if stopped.invalid else ""
    numbers = (count[0] if count else 0, total[0] if total else 0)
    condition = Condition(
        stopped.way, refused.statement, refused.sqlstate, f"{refused.message}{left}", culprits.query, *numbers
    )
    return _Doomed(condition, culprits, keys, rows)


def _take_away(filled: Database, doomed: _Doomed, stored: Schema) -> bool:
    """Take rows out of the data, with the children that lose their parent; False when none went."""
    culprits = doomed.offenders
    listed = ", ".join(f"{quote(name)}::text" for name in doomed.keys)
    with closing(filled.connect()) as connection:
        try:
            connection.execute("set session_replication_role = replica")
            if doomed.condition.way == "up":
                deleted = connection.execute(culprits.delete.encode()).rowcount
            elif doomed.keys and doomed.rows:
                values = ", ".join(f"({', '.join(map(literal, row))})" for row in doomed.rows)
                delete = f"delete from {qualified(*culprits.table)} where ({listed}) in (values {values})"
                deleted = connection.execute(delete.encode()).rowcount
            else:
                return False
            drop_orphans(connection, stored)
        except psycopg.Error:
            return False
    return deleted > 0


def _traces(filled: Database, migration: Migration) -> tuple[list[Trace], list[Trace]]:
    """Each statement of up and down alone in its transaction, so that its own locks are seen; the rows are spent."""
    server = filled.server
    if not server.superuser:
        return [], []
    with Tracer(filled, server.guest) as tracer:
        up = _trace(tracer, migration.up)
        whole = not any(trace.sqlstate for trace in up)
        return up, _trace(tracer, migration.down or ()) if whole else []


def _trace(tracer: Tracer, statements: Sequence[str]) -> list[Trace]:
    known = tracer.relations()
    alone = [text for text in statements if not made_beforehand(text) and not brackets(text)]
    return [tracer.trace(statement, known=known) for statement in alone]


def _traced(trace: Trace) -> Traced:
    return Traced(trace.statement, trace.transaction, _held(trace.seen), trace.message)


def _held(seen: Iterable[Seen]) -> tuple[Held, ...]:
    return tuple(
        Held(one.lock.address, one.lock.mode, one.lock.rewrites, one.lock.scans, one.reads_wait, one.writes_wait)
        for one in seen
    )
