"""Texts of languages made of named blocks (DBML, Prisma) and their lexemes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from dbarchitect.model.decision import Problem
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


def lexemes(
    source: Text,
    pattern: re.Pattern[str],
    meaning: Callable[[str, str], tuple[TokenKind, str]],
    unended: Mapping[str, str],
) -> tuple[list[Token], list[Problem]]:
    """The lexemes of a text, one of kind `end` last, and what does not end.

    Args:
        source: the text.
        pattern: matches everywhere; its groups are kinds, `space`, `line` and `comment` among them.
        meaning: of a group and what it matched, the kind and the value of the lexeme.
        unended: what a lone mark opens, by the mark; `/` stands for a comment.
    """
    found: list[Token] = []
    problems: list[Problem] = []
    text, position, first = source.text, 0, True
    while position < len(text):
        match = pattern.match(text, position)
        assert match is not None  # every character is white space, a word or a mark
        kind, value, end = str(match.lastgroup), match[0], match.end()
        if kind == "mark" and (text.startswith("/*", position) if value == "/" else value in unended):
            line = text.find("\n", position)
            end = len(text) if line < 0 else line
            problems.append(Problem("error", f"{unended[value]} does not end", source.span(position, end)))
        elif value == "\0":
            problems.append(Problem("error", "a NUL character stands here", source.span(position, end)))
        elif kind == "line":
            first = True
        elif kind == "comment":
            first = first or "\n" in value
        elif kind != "space":
            found.append(Token(*meaning(kind, value), position, end, first))
            first = False
        position = end
    found.append(Token("end", "", len(text), len(text), True))
    return found, problems
