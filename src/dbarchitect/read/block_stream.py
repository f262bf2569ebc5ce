"""Walking over the lexemes of a file, and finding the way back after something that is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from dbarchitect.model.decision import Problem
from dbarchitect.read.block_text import Name, Text, Token

MOST_PROBLEMS = 100


class BlockError(Exception):
    """Something here cannot be read."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


class Stream:
    """The lexemes of one file and a position among them.

    Args:
        source: the text.
        tokens: its lexemes, the last of kind `end`.
        problems: where problems are added.
        blocks: the words that begin a block, in lower case.
    """

    def __init__(self, source: Text, tokens: Sequence[Token], problems: list[Problem], blocks: Collection[str]) -> None:
        self.source = source
        self.position = 0
        self._tokens = tokens
        self._problems = problems
        self._blocks = blocks

    @property
    def token(self) -> Token:
        """The lexeme at the position."""
        return self._tokens[self.position]

    @property
    def last_end(self) -> int:
        """The offset behind the lexeme before the position."""
        return self._tokens[self.position - 1].end if self.position else 0

    def ahead(self, count: int = 1) -> Token:
        """A lexeme further on."""
        return self._tokens[min(self.position + count, len(self._tokens) - 1)]

    def next(self) -> Token:
        """The lexeme at the position, which moves behind it."""
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def done(self, closing: str) -> bool:
        """Whether a block or list ends here.

        Raises:
            BlockError: the file ends before it does.
        """
        if self.token.kind == "end":
            raise self.error(f"{closing!r} is missing at the end of the file")
        return self.token.is_mark(closing)

    def expect(self, mark: str) -> None:
        """Move over a mark.

        Raises:
            BlockError: something else stands here.
        """
        if not self.token.is_mark(mark):
            raise self.error(f"expected {mark!r}, found {self.shown()}")
        self.next()

    def name(self) -> Name:
        """Move over a name: a word, a number or what stands in double quotes.

        Raises:
            BlockError: something else stands here.
        """
        token = self.token
        if token.kind not in ("word", "quoted", "number") or not token.value:
            raise self.error(f"expected a name, found {self.shown()}")
        self.next()
        return Name(token.value, token.start, token.end)

    def shown(self) -> str:
        """The lexeme at the position, for messages."""
        token = self.token
        if token.kind == "end":
            return "the end of the file"
        text = self.source.text[token.start : token.end].splitlines()[0]
        return repr(text if len(text) <= 40 else text[:37] + "…")

    def error(self, message: str, place: Name | None = None, known: Sequence[str] = ()) -> BlockError:
        """A fault at a name, or at the position; a word that is nearly a known one is said."""
        token = self.token
        near = difflib.get_close_matches(token.value.lower()[:60], known, n=1)
        if near:
            message += f"; did you mean {near[0]!r}?"
        start, end = (place.start, place.end) if place else (token.start, token.end)
        return BlockError(message, start, end)

    def note(self, error: BlockError) -> None:
        """Keep a fault as a problem; after a hundred the last one says that there are more."""
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(Problem("error", error.message, self.source.span(error.start, error.end)))
        elif len(self._problems) == MOST_PROBLEMS:
            self._problems.append(Problem("error", "there are more problems of this kind"))

    def warn(self, severity: str, message: str, token: Token, hint: str = "") -> None:
        """Keep a problem about what is left out on purpose."""
        text = f"{message}. {hint}" if hint else message
        self._problems.append(Problem(severity, text, self.source.span(token.start, token.end)))

    @contextmanager
    def line(self, closing: str) -> Iterator[None]:
        """Read one element of a block; after a fault the next line goes on, or the end of the block."""
        start = self.position
        try:
            yield
        except BlockError as error:
            self.note(error)
            if self.ahead(0).kind == "end":
                raise BlockError(f"{closing!r} is missing at the end of the file", error.start, error.end) from None
            if self.position == start:
                self._skip_one()
            while not (self.token.first or self.token.kind == "end" or self.token.is_mark(closing)):
                self._skip_one()

    def skip_brackets(self, opening: str, closing: str) -> None:
        """Move over everything between two brackets, which lie within one another.

        Raises:
            BlockError: the closing one is missing.
        """
        start = self.token
        depth = 0
        while True:
            token = self.next()
            if token.kind == "end":
                raise BlockError(f"{closing!r} is missing for this {opening!r}", start.start, start.end)
            depth += token.is_mark(opening) - token.is_mark(closing)
            if depth == 0:
                return

    def skip_block(self) -> None:
        """Move over a block that is not read: its words, and its braces when they come before the next line's end."""
        self.next()
        while not self.token.is_mark("{") and not self.token.first:
            if self.token.kind == "end":
                return
            self._skip_one()
        if self.token.is_mark("{"):
            self.skip_brackets("{", "}")
        while not self.token.first:
            self.next()

    def skip_to_block(self, start: int) -> None:
        """After a fault: move on to the next line that begins a block."""
        if self.position == start:
            self.next()
        while self.token.kind != "end" and not self._begins_block():
            self.next()

    def _begins_block(self) -> bool:
        token, after = self.token, self.ahead()
        if not token.first or not token.is_word(*self._blocks):
            return False
        return after.kind in ("word", "quoted") or after.is_mark("{", ":")

    def _skip_one(self) -> None:
        """Move over a lexeme, or over brackets whose end comes before that of the block around them."""
        closing = {"[": "]", "(": ")"}.get(self.token.value) if self.token.kind == "mark" else None
        self.next()
        if closing is None:
            return
        start = self.position
        while not (self.token.kind == "end" or self.token.is_mark("{", "}")):
            if self.next().is_mark(closing):
                return
        self.position = start
