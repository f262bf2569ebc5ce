"""`plan`: the migrations that lead from one schema to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dbarchitect.errors import InputError
from dbarchitect.model.plan import Hazard, Plan
from dbarchitect.model.schema import Schema
from dbarchitect.progress import report


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and what stands between it and being run.

    Args:
        plan: the plan.
        unaccepted: hazards that nobody has accepted by name.
    """

    plan: Plan
    unaccepted: tuple[Hazard, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is open: no hazard to accept, no question to answer."""
        return not self.unaccepted and not self.plan.questions


def run(
    a: str | Schema,
    b: str | Schema,
    *,
    renames: Mapping[str, str],
    allow: Collection[str],
    runner: Literal["drizzle", "dbarchitect"],
    postgres: int,
    static: bool,
    from_format: str | None,
) -> Plan:
    """See `dbarchitect.api.plan`."""
    from dbarchitect.engines import postgres as servers
    from dbarchitect.engines.canonical import settled
    from dbarchitect.migrate import plan as planner

    planner.known(allow)
    if not 13 <= postgres <= 18:
        raise InputError(f"there is no plan for PostgreSQL {postgres}", hint="Plans are made for 13 to 18.")
    both = [_schema(source, static=static, from_format=from_format) for source in (a, b)]
    server = servers.shared()
    report("building both schemas in PostgreSQL")
    old, new = (settled(schema, server) for schema in both)
    report("planning")
    return planner.plan(old, new, server=server, renames=renames, allow=allow, runner=runner, postgres=postgres)


def judged(plan: Plan) -> Planned:
    """A plan with the hazards that are left to accept."""
    from dbarchitect.migrate.plan import unaccepted

    return Planned(plan, unaccepted(plan))


def files(plan: Plan) -> dict[str, str]:
    """The files that lead there, as text by name, in order."""
    from dbarchitect.migrate import files as texts

    return {name: text for name, text in texts.files(plan).items() if not name.endswith(".down.sql")}


def save(plan: Plan, folder: Path) -> tuple[str, ...]:
    """Write a plan as plain SQL files, numbered after those that are there.

    Returns:
        The names of the files, sorted.

    Raises:
        InputError: the folder cannot be written to.
    """
    from dbarchitect.edit.apply import write
    from dbarchitect.migrate.files import files

    try:
        folder.mkdir(parents=True, exist_ok=True)
        existing = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InputError(f"cannot write to the folder: {error.strerror}", place=str(folder)) from error
    return write(folder, files(plan, existing))


def _schema(source: str | Schema, *, static: bool, from_format: str | None) -> Schema:
    if isinstance(source, Schema):
        return source
    from dbarchitect.api.reading import run as read

    result = read(source, static=static, from_format=from_format, statistics=False)
    for problem in result.problems:
        if problem.severity == "error":
            place = str(problem.span) if problem.span else source
            raise InputError(problem.message, place=place, hint="A plan needs the whole schema; nothing was planned.")
    return result.schema
