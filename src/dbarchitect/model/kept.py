"""What a team keeps of a proof beside its migrations: one small file for each of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, get_args

from dbarchitect.model.certificate import Data, Proven, Verdict
from dbarchitect.model.plan import LockMode, Reversible
from dbarchitect.records import dataclass

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The certificate of one migration.

    Args:
        migration: its path in the folder, without an ending.
        verdict: what came of it.
        reason: the verdict in a sentence.
        up: digest of what its up step runs.
        down: digest of what takes it back; None when nothing does.
        before: digest of the up steps before it.
        postgres: the version that it was proved on.
        data: on whose data.
        declared: what its down says of itself.
        loses: addresses of what the up step loses for good.
        rows: (SQLSTATE, query that finds them) of rows that stand in its way.
        locks: the strongest lock on each relation, over the whole up step.
        locks_back: the same for the down step.
    """

    migration: str
    verdict: Verdict
    reason: str
    up: str
    down: str | None
    before: str
    postgres: str
    data: Data
    declared: Reversible | None = None
    loses: tuple[str, ...] = ()
    rows: tuple[tuple[str, str | None], ...] = ()
    locks: tuple[tuple[str, LockMode], ...] = ()
    locks_back: tuple[tuple[str, LockMode], ...] = ()

    def text(self) -> str:
        """The certificate as it is written: the same bytes for the same proof."""
        content = {
            "format": FORMAT,
            "migration": self.migration,
            "verdict": self.verdict,
            "reason": self.reason,
            "declared": self.declared,
            "proved_on": {"postgres": self.postgres, "data": self.data},
            "digests": {"up": self.up, "down": self.down, "before": self.before},
            "loses": list(self.loses),
            "rows_in_the_way": [{"sqlstate": state, "query": query} for state, query in self.rows],
            "locks": {"up": dict(self.locks), "down": dict(self.locks_back)},
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def of(proven: Proven, key: str, digests: tuple[str, str | None, str], postgres: str, data: Data) -> Kept:
    """What is kept of a proof.

    Args:
        proven: the proof.
        key: what the migration is called in its folder.
        digests: of its up step, of its down step, and of what ran before it.
        postgres: the version that it was proved on.
        data: on whose data.
    """
    up, down, before = digests
    return Kept(
        key, proven.verdict, proven.reason, up, down, before, postgres, data, proven.declared,
        tuple(loss.address for loss in proven.losses if not loss.returns),
        tuple((condition.sqlstate, condition.query) for condition in proven.conditions),
        tuple((held.address, held.mode) for held in proven.held),
        tuple((held.address, held.mode) for held in proven.held_back),
    )  # fmt: skip


def read(text: str) -> Kept:
    """A certificate from its file.

    Raises:
        ValueError: it is none, or one of another format.
    """
    content = json.loads(text)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("it is no certificate of this format")
    try:
        return _kept(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it lacks something, or has it in another form: {error}") from None


def _kept(content: Mapping[str, Any]) -> Kept:
    digests, proved_on, locks = content["digests"], content["proved_on"], content["locks"]
    if content["verdict"] not in get_args(Verdict) or content["declared"] not in (None, *get_args(Reversible)):
        raise ValueError(f"there is no verdict {content['verdict']!r}, or nothing can be declared so")
    return Kept(
        str(content["migration"]), content["verdict"], str(content["reason"]),
        str(digests["up"]), digests["down"], str(digests["before"]), str(proved_on["postgres"]), proved_on["data"],
        content["declared"], tuple(map(str, content["loses"])),
        tuple((row["sqlstate"], row["query"]) for row in content["rows_in_the_way"]),
        tuple(locks["up"].items()), tuple(locks["down"].items()),
    )  # fmt: skip
