"""Does a plan lead to the new schema, leave nothing to plan, and lead back? On 200 cases of another tool.

    python bench/migrate.py                every case
    python bench/migrate.py 12 40          some, with what is left between

The cases are old and new DDL from pg-schema-diff's acceptance tests (MIT), in shared/cases beside the clone. A case
counts when the plan, run file by file on the old schema, gives the catalog of the new one (by fingerprint), planning
again gives no file, and the way back gives the old catalog. Tables are empty in these cases.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from dbarchitect.engines import postgres
from dbarchitect.engines.fingerprint import LEVELS, difference, fingerprint
from dbarchitect.engines.postgres import Connection, Server
from dbarchitect.errors import DbarchitectError
from dbarchitect.migrate.loss import NAMES
from dbarchitect.migrate.plan import plan
from dbarchitect.model.plan import Plan
from dbarchitect.read.database import read_schema

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "migrations" / "pg_schema_diff.json"
ENOUGH = LEVELS[: LEVELS.index("no-automatic-names") + 1]
"""The levels of equality that count: the order of columns and names that PostgreSQL invents may differ."""


@dataclass
class Outcome:
    """What became of one case.

    Args:
        number: its place.
        name: its file and name.
        converged: the level at which the schema after the plan is the new one; None when it is not.
        settled: planning again gives no file.
        back: the level at which the way back gives the old schema.
        refused: why there is no plan.
        trouble: what went wrong.
        seen: of the losses that the case expects, whether ours are named; None when it expects none.
        notes: what is left between.
    """

    number: int
    name: str
    converged: str | None = None
    settled: bool = False
    back: str | None = None
    refused: str = ""
    trouble: str = ""
    seen: bool | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether there is nothing to complain about."""
        return not self.trouble and bool(self.converged and self.settled and self.back)


def cases() -> list[dict[str, Any]]:
    """The cases; none when the folder is not there."""
    found: list[dict[str, Any]] = json.loads(CASES.read_text(encoding="utf-8"))["cases"] if CASES.exists() else []
    return found


def tried(server: Server, number: int, case: dict[str, Any]) -> Outcome:
    """Plan one case, run it up and down."""
    outcome = Outcome(number, f"{case['file']}: {case['name']}")
    with (
        server.database() as one,
        server.database() as other,
        closing(one.connect()) as connection,
        closing(other.connect()) as wanted,
    ):
        connection.autocommit = wanted.autocommit = True
        _load(connection, case["old"] or [], case["roles"])
        _load(wanted, case["new"] or [], case["roles"])
        _judge(outcome, connection, wanted, server, case)
    return outcome


def _load(connection: Connection, statements: list[str], roles: list[str]) -> None:
    for role in roles:
        name = role if role.startswith('"') else '"' + role.replace('"', '""') + '"'
        if not connection.execute(
            "select from pg_roles where quote_ident(rolname) = %s or rolname = %s", (role, role)
        ).rowcount:
            connection.execute(f"create role {name}".encode())
    for sql in statements:
        connection.execute(sql.encode())


def _judge(outcome: Outcome, connection: Connection, wanted: Connection, server: Server, case: dict[str, Any]) -> None:
    old, new = read_schema(connection), read_schema(wanted)
    before, after = fingerprint(connection), fingerprint(wanted)
    try:
        made = plan(old, new, server=server, runner="dbarchitect")
    except DbarchitectError as error:
        outcome.refused = str(error)
        return
    if case["empty"] and made.steps:
        outcome.trouble = "a plan where none is expected"
    if "DeletesData" in case["hazards"]:
        outcome.seen = any(hazard.name in NAMES for step in made.steps for hazard in step.hazards)
    try:
        _run(connection, made, up=True)
        outcome.converged = _level(fingerprint(connection), after, outcome.notes)
        outcome.settled = not plan(read_schema(connection), new, server=server, runner="dbarchitect").steps
        _run(connection, made, up=False)
        outcome.back = _level(fingerprint(connection), before, outcome.notes)
    except psycopg.Error as error:
        outcome.trouble = str(error).splitlines()[0]
        connection.rollback()


def _run(connection: Connection, made: Plan, *, up: bool) -> None:
    for step in made.steps if up else reversed(made.steps):
        statements = step.up if up else step.down or ()
        if step.transaction == "one":
            with connection.transaction():
                for sql in statements:
                    connection.execute(sql.encode())
        else:
            for sql in statements:
                connection.execute(sql.encode())


def _level(found: Any, wanted: Any, notes: list[str]) -> str | None:
    for level in ENOUGH:
        left = difference(found, wanted, level)
        if not left:
            return level
    notes += [str(item) for item in left]
    return None


def outcomes(numbers: list[int] | None = None) -> Iterator[Outcome]:
    """Every case, or some, one after another."""
    with postgres.start() as server:
        for number, case in enumerate(cases()):
            if numbers is None or number in numbers:
                yield tried(server, number, case)


def main() -> None:
    """Print the table."""
    numbers = [int(word) for word in sys.argv[1:]] or None
    if not cases():
        print("shared/cases does not lie beside this clone; nothing to measure")
        return
    found = list(outcomes(numbers))
    print("| cases | converged | planned again: empty | went back | refused | losses named | all right |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    counts = [
        len(found),
        sum(item.converged is not None for item in found),
        sum(item.settled for item in found),
        sum(item.back is not None for item in found),
        sum(bool(item.refused) for item in found),
    ]
    losses = [item.seen for item in found if item.seen is not None]
    row = [*map(str, counts), f"{sum(losses)} of {len(losses)}", str(sum(item.right for item in found))]
    print(f"| {' | '.join(row)} |")
    exact = sum(item.converged == item.back == "strict" for item in found)
    print(f"\n{exact} of them to the last row of the catalog, both ways. Not all right:\n")
    for item in found:
        if item.right:
            continue
        if item.refused:
            why = f"refused: {item.refused}"
        elif item.trouble:
            why = item.trouble
        elif item.converged and item.back:
            why = "planning again gives a file"
        else:
            why = f"{'not the new schema' if not item.converged else 'not the old schema'}: {'; '.join(item.notes[:2])}"
        print(f"- {item.number} {item.name}: {why[:240]}")
        if numbers:
            print("".join(f"    {note}\n" for note in item.notes), end="")


if __name__ == "__main__":
    main()
