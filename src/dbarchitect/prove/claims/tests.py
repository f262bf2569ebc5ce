"""The project's own tests pass."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "tests"
RANK = 15
SECONDS = 3.0
STATEMENT = "The project's tests pass on PGlite."


def check(context: Context) -> Iterator[Claim]:
    """`bun test`."""
    result = context.project.test()
    counts = {"passed": result.passes, "failed": result.failures, "skipped": result.skips}
    if result.passed:
        yield proved(KIND, None, STATEMENT, command="bun test", **counts)
    else:
        reason = str(result.problems[0]) if result.problems else "no test ran"
        yield failed(KIND, None, STATEMENT, reason, command="bun test", **counts)
