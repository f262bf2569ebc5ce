"""Claims: what is said about a project, and whether it was proved."""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from typing import Literal

from dbarchitect.records import dataclass

Status = Literal["proved", "failed", "unproved"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about one thing.

    Args:
        id: stable within a proof: `kind` or `kind:address…`.
        kind: the kind of the claim, the name of its file in prove/claims.
        address: what it is about; None for the whole project.
        status: proved, failed, or unproved for want of means.
        statement: what was claimed, in one sentence.
        reason: why it failed or could not be proved, naming the culprit; None when proved.
        evidence: what was done and seen: SQL, SQLSTATE, plan, counts; JSON values only.
    """

    id: str
    kind: str
    address: str | None
    status: Status
    statement: str
    reason: str | None = None
    evidence: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """All claims about a project at one content hash."""

    schema_hash: str
    drizzle: str
    postgres: str
    profile: str
    claims: tuple[Claim, ...]

    @property
    def summary(self) -> dict[str, int]:
        """How many claims have which status."""
        counts = Counter(claim.status for claim in self.claims)
        return {status: counts[status] for status in ("proved", "failed", "unproved")}

    @property
    def failed(self) -> tuple[Claim, ...]:
        """The failed claims."""
        return tuple(claim for claim in self.claims if claim.status == "failed")

    def to_json(self) -> dict[str, object]:
        """The `proof` object of DESIGN section 4."""
        return {
            "format": 1,
            "schema_hash": self.schema_hash,
            "drizzle": self.drizzle,
            "postgres": self.postgres,
            "profile": self.profile,
            "claims": [
                {
                    "id": claim.id,
                    "kind": claim.kind,
                    "address": claim.address,
                    "status": claim.status,
                    "statement": claim.statement,
                    "reason": claim.reason,
                    "evidence": claim.evidence,
                }
                for claim in self.claims
            ],
            "summary": self.summary,
        }
