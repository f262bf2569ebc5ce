"""A proof back from the JSON that it was stored as."""

from __future__ import annotations

from typing import Any

from dbarchitect.model.claim import Claim, Proof


def parse(content: dict[str, Any]) -> Proof:
    """The inverse of `Proof.to_json`.

    Raises:
        KeyError, TypeError: when the content is no proof.
    """
    return Proof(
        schema_hash=content["schema_hash"],
        drizzle=content["drizzle"],
        postgres=content["postgres"],
        profile=content["profile"],
        claims=tuple(Claim(**claim) for claim in content["claims"]),
    )
