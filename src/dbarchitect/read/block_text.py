"""Texts of languages made of named blocks (DBML, Prisma) and their lexemes."""

from __future__ import annotations

from typing import Literal

from dbarchitect.model.source import LineIndex, Span
from dbarchitect.records import dataclass

TokenKind = Literal["word", "quoted", "text", "sql", "number", "color", "mark", "doc", "end"]


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier as it is meant, and where it stands (offsets of code points)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A lexeme.

    Args:
        kind: `text` is a string, `sql` stands in backticks, `doc` is a comment for people, `end` is behind all.
        value: what it means: a text without quotes and escapes, a word or mark as it stands.
        start: offset of its first code point.
        end: offset behind its last one.
        first: whether it is the first of its line.
    """

    kind: TokenKind
    value: str
    start: int
    end: int
    first: bool

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, given in lower case."""
        return self.kind == "word" and self.value.lower() in words

    def is_mark(self, *marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind == "mark" and self.value in marks


@dataclass(frozen=True)
class Text:
    """A text with its name; turns offsets into spans.

    Args:
        text: the whole file.
        name: its path, as spans say it.
        lines: its lines.
    """

    text: str
    name: str
    lines: LineIndex

    def span(self, start: int, end: int) -> Span:
        """The span of the code points from `start` up to `end`."""
        return self.lines.span(self.name, start, end)
