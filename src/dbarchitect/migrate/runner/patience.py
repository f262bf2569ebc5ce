"""How long a statement waits for a lock, and how often it tries again."""

from __future__ import annotations

import random
from collections.abc import Iterator

from dbarchitect.records import dataclass

RETRIED = frozenset({"55P03", "40P01", "40001"})
"""lock_not_available, deadlock_detected, serialization_failure: the same statement may pass the next time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Waiting and trying again. A statement that waits makes everybody wait who comes after it, so it waits for short.

    Args:
        lock_timeout: seconds that one try waits for a lock.
        tries: how many there are.
        first: seconds before the second try; each further pause is twice as long.
        longest: seconds that a pause has at most.
        seed: of what the pauses are spread with, so that two runners do not knock in step.
    """

    lock_timeout: float = 3.0
    tries: int = 10
    first: float = 0.5
    longest: float = 15.0
    seed: int = 0

    def pauses(self) -> Iterator[float]:
        """Seconds to pause after each try but the last, between half of the full pause and all of it."""
        dice = random.Random(self.seed)  # noqa: S311 - not for secrets
        for number in range(self.tries - 1):
            yield min(self.longest, self.first * 2**number) * (0.5 + dice.random() / 2)

    @property
    def milliseconds(self) -> int:
        """The lock timeout as PostgreSQL takes it."""
        return max(1, round(self.lock_timeout * 1000))

    @property
    def whole(self) -> int:
        """Milliseconds of all tries and pauses: for CONCURRENTLY, whose waiting stands in nobody's way."""
        return self.milliseconds * self.tries + round(1000 * sum(self.pauses()))
