"""The emitted TypeScript passes the strict compiler."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context
from dbarchitect.prove.verdict import failed, proved

KIND = "types"
RANK = 1
SECONDS = 1.0
STATEMENT = "The TypeScript compiles under strict settings."


def check(context: Context) -> Iterator[Claim]:
    """Run `tsc --noEmit` with the project's own tsconfig.json."""
    result = context.project.typecheck()
    if result.passed:
        yield proved(KIND, None, STATEMENT, command="tsc --noEmit")
    else:
        complaints = [str(problem) for problem in result.problems]
        yield failed(KIND, None, STATEMENT, complaints[0], command="tsc --noEmit", problems=complaints[:20])
