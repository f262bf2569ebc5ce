"""The emitted TypeScript is formatted and lints clean under the project's own biome.json."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "style"
RANK = 2
SECONDS = 0.4
STATEMENT = "biome format and biome lint find nothing to change."


def check(context: Context) -> Iterator[Claim]:
    """Both commands over the whole project."""
    problems = [*context.project.check_format().problems, *context.project.lint().problems]
    if problems:
        complaints = [str(problem) for problem in problems]
        yield failed(KIND, None, STATEMENT, complaints[0], problems=complaints[:20])
    else:
        yield proved(KIND, None, STATEMENT, commands=["biome format", "biome lint"])
