"""drizzle-kit agrees with the migrations folder: it sees no change and accepts the journal."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.errors import EngineError
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, last_lines
from dbarchitect.prove.verdict import failed, proved

KIND = "kit"
RANK = 5
SECONDS = 0.8
STATEMENT = "drizzle-kit finds no difference and accepts the journal."
GENERATE = "drizzle-kit generate finds no difference between the schema files and the migrations."
JOURNAL = "The journal names every migration in order, and drizzle-kit check accepts it."


def check(context: Context) -> Iterator[Claim]:
    """Run the real commands in a copy; count files, since the exit code says nothing (reference/drizzle.md 0.6)."""
    yield _generate(context)
    yield _journal(context)


def _generate(context: Context) -> Claim:
    command = "drizzle-kit generate"
    try:
        changes = context.project.kit_generate_changes()
    except EngineError as error:
        return failed(KIND, None, GENERATE, error.message, command=command)
    if changes:
        reason = f"drizzle-kit would add a migration: {last_lines(changes[0], 3)}"
        return failed(KIND, None, GENERATE, reason, command=command, sql=changes)
    return proved(KIND, None, GENERATE, command=command)


def _journal(context: Context) -> Claim:
    place, command = "project:journal", "drizzle-kit check"
    for fault in context.history.faults:
        return failed(KIND, place, JOURNAL, fault.message, command=command)
    checked = context.project.kit_check()
    if checked.passed:
        return proved(KIND, place, JOURNAL, command=command)
    return failed(KIND, place, JOURNAL, str(checked.problems[0]), command=command)
