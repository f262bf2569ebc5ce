"""Choices that the architect made, with their price, and questions that only the user can answer."""

from __future__ import annotations

from dbarchitect.model.origin import Origin
from dbarchitect.model.source import Span
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Alternative:
    """What else could have been chosen, and what it would cost."""

    choice: str
    price: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One choice.

    Args:
        address: the element that it shaped.
        choice: what was chosen, in one sentence.
        because: the reason that a reviewer would ask for.
        alternatives: the roads not taken.
        origin: what led to it.
        topic: groups decisions in the report (keys, relationships, types, constraints, indexes, tenancy, soft delete,
            normalization, naming).
    """

    address: str
    choice: str
    because: str
    alternatives: tuple[Alternative, ...] = ()
    origin: Origin | None = None
    topic: str = "structure"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to a question and what follows from it."""

    value: str
    consequence: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose answer changes the schema; `default` is taken when nobody answers.

    Args:
        id: stable name for `--answer ID=VALUE`.
    """

    id: str
    ask: str
    default: str
    options: tuple[Option, ...] = ()
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read or used as it stands; `error` means that the result is not complete."""

    severity: str
    message: str
    span: Span | None = None
