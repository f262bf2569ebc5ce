"""A text that was written, and what its format could not hold."""

from __future__ import annotations

from dbarchitect.model.decision import Problem
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A schema in another format.

    Args:
        text: ends with a newline.
        problems: `warning` for what is lost, `info` for what is said in another way.
    """

    text: str
    problems: tuple[Problem, ...] = ()
