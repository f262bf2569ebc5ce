"""Short ways to say how a claim went."""

from __future__ import annotations

from dbarchitect.model.claim import Claim


def proved(kind: str, address: str | None, statement: str, **evidence: object) -> Claim:
    """A claim that held."""
    return Claim(_id(kind, address), kind, address, "proved", statement, None, dict(evidence))


def failed(kind: str, address: str | None, statement: str, reason: str, **evidence: object) -> Claim:
    """A claim that did not hold; `reason` names the culprit."""
    return Claim(_id(kind, address), kind, address, "failed", statement, reason, dict(evidence))


def unproved(kind: str, address: str | None, statement: str, reason: str, **evidence: object) -> Claim:
    """A claim that could not be decided; `reason` says for want of what."""
    return Claim(_id(kind, address), kind, address, "unproved", statement, reason, dict(evidence))


def _id(kind: str, address: str | None) -> str:
    return f"{kind}:{address}" if address else kind
