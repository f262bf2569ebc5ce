"""`read`: a schema from a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbarchitect.errors import InputError
from dbarchitect.progress import report
from dbarchitect.read.result import ReadResult
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

if TYPE_CHECKING:
    from dbarchitect.model.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Reading(ReadResult):
    """One schema that was read.

    Args:
        kind: what the source is: drizzle, sql, snapshot, dbml, prisma, json, brief or database.
        line: the line of Drizzle, of a Drizzle schema.
        statistics: sizes and use, of a live database when they were asked for.
    """

    kind: str = ""
    line: Line | None = None
    statistics: Statistics | None = None


def run(source: str, *, static: bool, from_format: str | None, statistics: bool) -> Reading:
    """See `dbarchitect.api.read`."""
    from dbarchitect.api import sources

    report(f"reading {source if '://' not in source else 'the database'}")
    found = sources.find(source, static=static, from_format=from_format, statistics=statistics)
    if len(found) > 1:
        listed = ", ".join(item.name for item in found)
        raise InputError(f"{source!r} holds {len(found)} schemas", hint=f"Read one of them: {listed}.")
    (only,) = found
    if statistics and only.statistics is None:
        raise InputError(
            f"{source!r} is no live database, so there are no statistics", hint="Give db:ALIAS or leave them out."
        )
    _check_something(only.result)
    read = only.result
    return Reading(read.schema, read.problems, read.was, only.kind, only.line, only.statistics)


def _check_something(result: ReadResult) -> None:
    """Refuse a reading that is empty because of an error: nothing is no answer to a file that cannot be read."""
    schema = result.schema
    if schema.tables or schema.enums or schema.views or schema.functions or schema.domains:
        return
    for problem in result.problems:
        if problem.severity == "error":
            place = str(problem.span) if problem.span else None
            raise InputError(problem.message, place=place, hint="Nothing of it could be read.")
