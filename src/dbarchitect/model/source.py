"""Where something stands in a text: 1-based lines and columns (in code points), relative POSIX paths."""

from __future__ import annotations

import bisect
import itertools
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text; both numbers start at 1, the column counts code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a file, from `start` up to but not including `end`."""

    file: str
    start: Position
    end: Position

    def __str__(self) -> str:
        return f"{self.file}:{self.start.line}:{self.start.column}"


class LineIndex:
    """Turns offsets of one text into positions; built once a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        lengths = (len(line) + 1 for line in text.split("\n"))
        self._starts = [0, *itertools.accumulate(lengths)][:-1]

    def position(self, offset: int) -> Position:
        """The position of the code point at `offset` (0-based)."""
        line = bisect.bisect_right(self._starts, offset) - 1
        return Position(line + 1, offset - self._starts[line] + 1)

    def span(self, file: str, start: int, end: int) -> Span:
        """The span of the code points from `start` up to `end` (0-based offsets)."""
        return Span(file, self.position(start), self.position(end))
