"""drizzle-kit agrees with the migrations folder: it sees no change and accepts the journal."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, last_lines
from dbarchitect.prove.verdict import failed, proved

KIND = "kit"
STATEMENT = "drizzle-kit generate finds no difference between the schema files and the migrations."
JOURNAL = "drizzle-kit check accepts the migrations folder."


def check(context: Context) -> Iterator[Claim]:
    """Run the real commands in a copy; count files, since the exit code says nothing (reference/drizzle.md 0.6)."""
    changes = context.project.kit_generate_changes()
    if changes:
        reason = f"drizzle-kit would add a migration: {last_lines(changes[0], 3)}"
        yield failed(KIND, None, STATEMENT, reason, command="drizzle-kit generate", sql=changes)
    else:
        yield proved(KIND, None, STATEMENT, command="drizzle-kit generate")
    checked = context.project.kit_check()
    if checked.passed:
        yield proved(KIND, "project:journal", JOURNAL, command="drizzle-kit check")
    else:
        yield failed(KIND, "project:journal", JOURNAL, str(checked.problems[0]), command="drizzle-kit check")
