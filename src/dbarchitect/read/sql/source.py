"""SQL files, the statements in them, and where things stand there: places are worked out when somebody asks."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from dbarchitect.model.address import address, parse
from dbarchitect.model.source import LineIndex, Span
from dbarchitect.sql.parser import Node
from dbarchitect.sql.tokens import lexemes

_BLANK = re.compile(r"(?:\s+|--[^\n\r]*)*")
_OPEN, _CLOSE, _SEPARATORS = frozenset("(["), frozenset(")]"), frozenset(",;")


class File:
    """One SQL text.

    Args:
        name: relative POSIX path, as spans name it.
        text: what stands in it.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def _lines(self) -> LineIndex:
        return LineIndex(self.text)

    def span(self, start: int, end: int) -> Span:
        """The span of the code points from `start` up to `end`."""
        return self._lines.span(self.name, start, max(start, end))


class Lexeme(NamedTuple):
    """A lexeme of a statement; `start` and `end` are offsets in the file, a bracket counts with what is outside it."""

    kind: str
    text: str
    start: int
    end: int
    depth: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these unquoted words, given in lower case."""
        return self.kind == "word" and self.text.lower() in words


class Written:
    """A statement in its file.

    Args:
        file: where it stands.
        node: its tree: {kind: fields}.
        start: offset at which it starts, blanks and comments before it included.
        end: offset after its last character.
        offset: turns a location of the tree into an offset in the file.
    """

    __slots__ = ("_lexemes", "_offset", "_start", "_trimmed", "end", "file", "node")

    def __init__(self, file: File, node: Node, start: int, end: int, offset: Callable[[int], int] | None) -> None:
        self.file = file
        self.node = node
        self.end = end
        self._start = start
        self._offset = offset
        self._trimmed = False
        self._lexemes: tuple[Lexeme, ...] | None = None

    @property
    def start(self) -> int:
        """Offset of its first word."""
        if not self._trimmed:
            self._start, self._trimmed = _after_blanks(self.file.text, self._start), True
        return self._start

    @property
    def text(self) -> str:
        """The statement without its semicolon."""
        return self.file.text[self.start : self.end].rstrip()

    def at(self, location: int) -> int:
        """The offset in the file of a location in the tree."""
        return self._offset(location) if self._offset else location

    @property
    def lexemes(self) -> tuple[Lexeme, ...]:
        """Its lexemes without comments.

        Raises:
            InputError: a string, name or comment does not end.
        """
        if self._lexemes is None:
            self._lexemes = tuple(scan(self.file.text, self.start, self.end))
        return self._lexemes

    def top(self) -> list[Lexeme]:
        """The lexemes outside of brackets."""
        return [lexeme for lexeme in self.lexemes if lexeme.depth == 0]

    def commands(self) -> list[tuple[int, int]]:
        """The (start, end) of the pieces between its commas outside of brackets."""
        return pieces(self.lexemes, self.start, self.end)

    def element_end(self, start: int, limit: int | None = None) -> int:
        """Where what starts at `start` ends: before the comma, bracket or semicolon outside it, and before `limit`."""
        end, depth = start, 0
        for kind, text, offset in lexemes(self.file.text, start, self.end):
            if kind == "comment":
                continue
            if text in _CLOSE:
                depth -= 1
            if depth < 0 or (depth == 0 and text in _SEPARATORS) or (limit is not None and offset >= limit):
                break
            if text in _OPEN:
                depth += 1
            end = offset + len(text)
        return end

    def expression(self, start: int, limit: int | None = None) -> str:
        """The expression that starts at `start`, as written; ends as `element_end` says."""
        text = self.file.text
        begin = _after_blanks(text, start)
        return text[begin : self.element_end(begin, limit)]

    def after_word(self, start: int, word: str) -> int:
        """The offset behind the first unquoted `word` outside of brackets from `start` on; else the end."""
        depth = 0
        for kind, text, offset in lexemes(self.file.text, start, self.end):
            if kind == "word":
                if depth == 0 and text.lower() == word:
                    return offset + len(text)
            elif text in _OPEN:
                depth += 1
            elif text in _CLOSE:
                depth -= 1
        return self.end

    def bracketed(self, start: int) -> tuple[int, int]:
        """The (start, end) of what stands between the first bracket from `start` on and its partner."""
        opened: int | None = None
        for lexeme in scan(self.file.text, start, self.end):
            if lexeme.text == "(" and lexeme.depth == 0 and opened is None:
                opened = lexeme.end
            elif lexeme.text == ")" and lexeme.depth == 0 and opened is not None:
                return opened, lexeme.start
        return self.end, self.end

    def in_brackets(self, start: int) -> str:
        """The text between the first bracket from `start` on and its partner."""
        opened, closed = self.bracketed(start)
        return self.file.text[opened:closed].strip()


def scan(text: str, start: int, end: int) -> Iterator[Lexeme]:
    """The lexemes from `start` to `end` with their offsets and depths, without comments.

    Raises:
        InputError: at a string, name or comment that does not end.
    """
    depth = 0
    for kind, lexeme, offset in lexemes(text, start, end):
        if kind == "comment":
            continue
        if lexeme in _CLOSE:
            depth -= 1
        yield Lexeme(kind, lexeme, offset, offset + len(lexeme), depth)
        if lexeme in _OPEN:
            depth += 1


def pieces(lexemes: tuple[Lexeme, ...] | list[Lexeme], start: int, end: int) -> list[tuple[int, int]]:
    """The (start, end) of what stands between the commas outside of brackets."""
    found, begin, last = [], start, start
    for lexeme in lexemes:
        if lexeme.depth == 0 and lexeme.text == ",":
            found.append((begin, last))
            begin = last = lexeme.end
            continue
        if begin == last or last < begin:
            begin = lexeme.start
        last = lexeme.end
    found.append((begin, max(begin, last)))
    return [(first, min(last, end)) for first, last in found]


class Mark(NamedTuple):
    """Where an element is written: a whole statement, one of its commands, or a piece of it.

    Args:
        statement: the statement.
        start: offset of the piece; None for the statement or a command.
        limit: where the piece ends at the latest.
        command: the number of the command between the statement's commas.
    """

    statement: Written
    start: int | None = None
    limit: int | None = None
    command: int | None = None

    def span(self) -> Span:
        """The place."""
        statement = self.statement
        if self.start is not None:
            return statement.file.span(self.start, statement.element_end(self.start, self.limit))
        if self.command is not None:
            places = statement.commands()
            if len(places) > 1 and self.command < len(places):
                return statement.file.span(*places[self.command])
        start = statement.start
        return statement.file.span(start, start + len(statement.text))


class Spans(Mapping[str, tuple[Span, ...]]):
    """Spans by address, each worked out when it is asked for.

    Args:
        marks: marks by the parts of the address: (kind, schema, name, …).
    """

    def __init__(self, marks: Mapping[tuple[str, ...], tuple[Mark, ...]]) -> None:
        self._marks = marks
        self._known: dict[str, tuple[Span, ...]] = {}

    def __getitem__(self, place: str) -> tuple[Span, ...]:
        if place not in self._known:
            self._known[place] = tuple(mark.span() for mark in self._marks[_parts(place)])
        return self._known[place]

    def __iter__(self) -> Iterator[str]:
        return (address(*place) for place in self._marks)

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, place: object) -> bool:
        try:
            return isinstance(place, str) and _parts(place) in self._marks
        except KeyError:
            return False

    def __repr__(self) -> str:
        return repr(dict(self))


def _parts(place: str) -> tuple[str, ...]:
    try:
        kind, parts = parse(place)
    except ValueError:
        raise KeyError(place) from None
    return kind, *parts


def offsets(text: str, base: int = 0) -> Callable[[int], int] | None:
    """What turns offsets of UTF-8 bytes in `text` into offsets of code points, `base` added; None for no change."""
    if text.isascii():
        return (lambda location: base + location) if base else None
    starts: list[int] = []
    surplus: list[int] = []
    extra = 0
    for place, character in enumerate(text):
        if character > "\x7f":
            starts.append(place + extra)
            surplus.append(extra)
            extra += len(character.encode(errors="replace")) - 1
    surplus.append(extra)

    def offset(location: int) -> int:
        return base + location - surplus[bisect.bisect_left(starts, location)]

    return offset


def _after_blanks(text: str, start: int) -> int:
    while True:
        match = _BLANK.match(text, start)
        start = match.end() if match else start
        if not text.startswith("/*", start):
            return start
        start = next((offset + len(body) for _, body, offset in lexemes(text, start)), len(text))
