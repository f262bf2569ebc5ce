"""What a reader hands back."""

from __future__ import annotations

from dataclasses import dataclass

from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A schema, and what the source holds that it cannot say or that could not be read."""

    schema: Schema
    problems: tuple[Problem, ...] = ()
