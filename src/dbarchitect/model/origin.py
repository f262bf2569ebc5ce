"""Why an element is there: the words of a brief, a pattern, data, or a convention of the house."""

from __future__ import annotations

from typing import Literal

from dbarchitect.model.source import Span
from dbarchitect.records import dataclass

OriginKind = Literal["brief", "answer", "pattern", "data", "convention", "derived"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an element or a decision comes from.

    Args:
        kind: `brief` for the user's words, `pattern` for a pack or pattern, `convention` for a rule of the profile.
        text: the words, or the name of the pattern or rule.
        span: where the words stand, when they stand in a file.
    """

    kind: OriginKind
    text: str
    span: Span | None = None
