"""Steps that show, on a real PostgreSQL or with the real Drizzle, that what a rule says is so.

The steps of one demonstration run in order, in a database of their own, as an ordinary role; each says what must
happen. A step that goes otherwise means that the rule is wrong, and the tests run them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.engines.postgres import Server


@dataclass(frozen=True, slots=True)
class Do:
    """Run statements that only prepare what follows."""

    sql: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Accepts:
    """PostgreSQL takes the statement, although it should not (or: because it now should)."""

    sql: str
    says: str


@dataclass(frozen=True, slots=True)
class Refuses:
    """PostgreSQL refuses the statement with this SQLSTATE."""

    sql: str
    sqlstate: str
    says: str


@dataclass(frozen=True, slots=True)
class Shows:
    """A query gives these rows, written as `a | b` and a line for each, NULL as the empty text."""

    sql: str
    rows: str
    says: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a query, made with the costs of a large table, has or has not a piece of text.

    Args:
        sql: the query.
        has: a text that stands in the plan, such as `Index Scan using orders_customer_id_idx`.
        lacks: a text that does not.
        says: what that means.
    """

    sql: str
    says: str
    has: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Emits:
    """What Drizzle makes of a schema file: the SQL of `drizzle-kit generate`.

    Args:
        schema: the TypeScript.
        says: what that means.
        has: texts that stand in the SQL.
        lacks: texts that do not.
        line: the line of Drizzle.
    """

    schema: str
    says: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    line: str = "0.45"


Step = Do | Accepts | Refuses | Shows | Plan | Emits


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step did.

    Args:
        step: the step.
        held: whether it went as the rule says.
        result: what PostgreSQL or Drizzle answered, in short.
    """

    step: Step
    held: bool
    result: str


def run(
    steps: Sequence[Step], server: Server | None = None, emit: Callable[[str, str], str] | None = None
) -> tuple[Outcome, ...]:
    """Run the steps of one demonstration.

    Args:
        steps: in order.
        server: where; the shared server of this process when None.
        emit: turns (TypeScript, line of Drizzle) into the SQL that drizzle-kit writes; the real toolchain when None.

    Returns:
        One outcome for each step; after one that did not hold, the rest is still tried.

    Raises:
        EngineError: an engine is missing or does not work.
    """
    if all(isinstance(step, Emits) for step in steps):
        return tuple(_emitted(step, emit) for step in steps if isinstance(step, Emits))
    from dbarchitect.engines import postgres

    server = server or postgres.shared()
    with server.database(owner=server.guest) as database, closing(database.connect(server.guest)) as connection:
        connection.autocommit = True
        return tuple(_emitted(step, emit) if isinstance(step, Emits) else _step(connection, step) for step in steps)


def _step(connection: psycopg.Connection[Any], step: Do | Accepts | Refuses | Shows | Plan) -> Outcome:
    import psycopg

    try:
        if isinstance(step, Shows):
            found = _rows(connection, step.sql)
            return Outcome(step, found == step.rows.strip(), found)
        if isinstance(step, Plan):
            plan = _plan(connection, step.sql)
            return Outcome(step, step.has in plan and not (step.lacks and step.lacks in plan), plan)
        connection.execute(step.sql.encode())
    except psycopg.Error as error:
        said = f"{error.sqlstate} {error.diag.message_primary or error}"
        return Outcome(step, isinstance(step, Refuses) and error.sqlstate == step.sqlstate, said)
    return Outcome(step, not isinstance(step, Refuses), "done")


def _rows(connection: psycopg.Connection[Any], sql: str) -> str:
    rows = connection.execute(sql.encode()).fetchall()
    return "\n".join(" | ".join("" if value is None else str(value) for value in row) for row in rows)


def _plan(connection: psycopg.Connection[Any], sql: str) -> str:
    rows = connection.execute(f"explain (costs off) {sql}".encode()).fetchall()
    return "\n".join(str(row[0]) for row in rows)


def _emitted(step: Emits, emit: Callable[[str, str], str] | None) -> Outcome:
    from dbarchitect.review.emission import emitted

    text = (emit or emitted)(step.schema, step.line)
    held = all(piece in text for piece in step.has) and not any(piece in text for piece in step.lacks)
    return Outcome(step, held, text.strip())
