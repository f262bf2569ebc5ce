"""`plan`: the migrations that lead from one schema to another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dbarchitect.errors import InputError
from dbarchitect.model.plan import Hazard, Plan
from dbarchitect.model.schema import Schema
from dbarchitect.progress import report
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.api.reading import Reading
    from dbarchitect.engines.postgres import Server
    from dbarchitect.migrate.folder.unseen import Told


_SILENT = frozenset({"drizzle", "snapshot"})
"""Sources in Drizzle's words."""
_UNSAID = frozenset(
    "extension function trigger exclusion domain composite range partition statistics table grant".split()
)
"""Kinds of pieces that Drizzle has no words for; a table is one when it is a partition."""
_BY_HAND = frozenset({"column", "index", "unique", "check", "foreign key", "policy"})
"""Kinds of pieces that Drizzle has words for, and that were made by hand when it was not told of them."""


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
    before, after = (_read(source, static=static, from_format=from_format) for source in (a, b))
    server = servers.shared()
    report("building both schemas in PostgreSQL")
    old = settled(before.schema, server)
    if after.was:
        from dbarchitect.design.renames import renames as called

        renames = {**called(after.was, before.schema, after.schema), **renames}
    kept: tuple[str, ...] = ()
    if after.kind in _SILENT and before.kind not in _SILENT:
        new, kept = beside(old, after.schema, renames, server)
    else:
        new = settled(after.schema, server)
    report("planning")
    return planner.plan(
        old, new, server=server, renames=renames, allow=allow, runner=runner, postgres=postgres, kept=kept
    )


def beside(
    old: Schema,
    declared: Schema,
    renames: Mapping[str, str],
    server: Server,
    told: Told | None = None,
) -> tuple[Schema, tuple[str, ...]]:
    """What a schema in Drizzle's words wants, beside what the schema before has and Drizzle has no word for.

    Args:
        old: the canonical schema before.
        declared: what the Drizzle source declares.
        renames: declared renames.
        server: where both are built.
        told: what Drizzle's last snapshot names; None when there is none.

    Returns:
        (the canonical schema after, the addresses of what stays unsaid).

    Raises:
        InputError: a rename of what there is not.
    """
    from dbarchitect.engines.canonical import canonical, settled
    from dbarchitect.migrate import renames as names
    from dbarchitect.migrate.element import elements
    from dbarchitect.migrate.folder.unseen import with_objects, with_parts

    given = names.declared(renames, old, canonical(with_objects(old, declared), server, renamed=True))
    moved = names.renamed(old, given, server)
    wanted = settled(with_objects(moved, declared), server, renamed=True)
    new = with_parts(moved, wanted, told)
    said, built = elements(declared), elements(wanted)
    kept = [
        place
        for place, item in elements(new).items()
        if (item.kind in _UNSAID and place not in said) or (item.kind in _BY_HAND and place not in built)
    ]
    kept += [
        place
        for place, item in elements(new).items()
        if item.kind == "row security" and item.value[1] and not (place in said and said[place].value[1])
    ]
    return new, tuple(sorted(kept))


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


def _read(source: str | Schema, *, static: bool, from_format: str | None) -> Reading:
    from dbarchitect.api.reading import Reading
    from dbarchitect.api.reading import run as read

    if isinstance(source, Schema):
        return Reading(source)

    result = read(source, static=static, from_format=from_format, statistics=False)
    for problem in result.problems:
        if problem.severity == "error":
            place = str(problem.span) if problem.span else source
            raise InputError(problem.message, place=place, hint="A plan needs the whole schema; nothing was planned.")
    return result
