"""What the architect hands over: a schema with its reasons, before anything is written or proved."""

from __future__ import annotations

from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.model.decision import Decision, Problem, Question
from dbarchitect.model.schema import Schema
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A designed schema.

    Args:
        requirements: what it was made from, with answers.
        schema: the schema with intent and origins.
        decisions: every choice with its reason, by address.
        questions: what only the user can answer, with the default that was taken.
        problems: what could not be done as asked; an `error` stops `design`.
    """

    requirements: Requirements
    schema: Schema
    decisions: tuple[Decision, ...] = ()
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
