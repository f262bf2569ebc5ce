"""What a reader hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from dbarchitect.model.decision import Problem
from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a source says.

    Args:
        schema: the schema.
        problems: what the source holds that a schema cannot say, or that could not be read.
        was: of a brief, what it called things before, by what it calls them now.
    """

    schema: Schema
    problems: tuple[Problem, ...] = ()
    was: Mapping[str, str] = field(default_factory=dict)
