"""One line of a brief as tokens: what the grammars of attributes, relationships, rules and access share."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from dbarchitect.design.brief.place import LineError
from dbarchitect.records import dataclass

LONGEST = 20_000
"""Code points of one line; nobody writes a longer one by hand."""

_PIECE = re.compile(r"\s+|->|→|>=|<=|≥|≤|[()\[\],<>=—]|[^\s()\[\],<>=—\"]+|\"")
_SIGNS = {"→": "->", "≥": ">=", "≤": "<=", "--": "—"}
PLAIN = re.compile(r"[^\W_][\w.+/%'-]*(?: [^\W_][\w.+/%'-]*)*")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign or a quoted text of a line, from `start` up to `end`."""

    text: str
    start: int
    end: int
    quoted: bool = False
    word: str = ""
    """The word in lower case; '' for a quoted text, which is never a keyword."""


def tokens(line: str) -> list[Token]:
    """The tokens of a line, in order.

    Raises:
        LineError: a quote is not closed, or the line is too long.
    """
    if len(line) > LONGEST:
        raise LineError(f"the line is longer than {LONGEST} characters", "Split it, or write it as a mapping.")
    found: list[Token] = []
    position = 0
    while position < len(line):
        match = _PIECE.match(line, position)
        if match is None:  # pragma: no cover - the pattern takes any character
            break
        piece = match.group()
        if piece == '"':
            end = _closing(line, position)
            found.append(Token(_unquote(line, position, end), position, end, quoted=True))
            position = end
            continue
        if not piece.isspace():
            sign = _SIGNS.get(piece, piece)
            found.append(Token(sign, position, match.end(), word=sign.lower()))
        position = match.end()
    return found


def _closing(line: str, start: int) -> int:
    position = start + 1
    while position < len(line):
        if line[position] == "\\":
            position += 2
            continue
        if line[position] == '"':
            return position + 1
        position += 1
    raise LineError("a quote is opened and not closed", 'Close it with ".', start)


def _unquote(line: str, start: int, end: int) -> str:
    try:
        value = json.loads(line[start:end], strict=False)
    except ValueError:
        raise LineError("the text in quotes has a wrong escape", 'Write \\" and \\\\ inside quotes.', start) from None
    return str(value)


def quoted(text: str) -> str:
    """A text in double quotes, as `tokens` reads it."""
    return json.dumps(text, ensure_ascii=False)


class Cursor:
    """Walks over the tokens of a line.

    Args:
        line: the text.
    """

    def __init__(self, line: str) -> None:
        self.line = line
        self.tokens = tokens(line)
        self.at = 0

    @property
    def done(self) -> bool:
        """Nothing is left."""
        return self.at >= len(self.tokens)

    @property
    def offset(self) -> int:
        """Where the next token starts in the line."""
        return len(self.line) if self.done else self.tokens[self.at].start

    def peek(self, ahead: int = 0) -> Token | None:
        """The token `ahead` of the next one."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def sees(self, *words: str) -> bool:
        """Whether these words come next."""
        for ahead, word in enumerate(words):
            token = self.peek(ahead)
            if token is None or token.word != word:
                return False
        return True

    def take(self, phrase: str) -> bool:
        """Step over the words of `phrase` when they come next."""
        if self.at >= len(self.tokens):
            return False
        words = _parts(phrase)
        if self.tokens[self.at].word != words[0] or (len(words) > 1 and not self.sees(*words)):
            return False
        self.at += len(words)
        return True

    def take_any(self, *phrases: str) -> str | None:
        """Step over the first of the phrases that comes next, and say which."""
        return next((phrase for phrase in phrases if self.take(phrase)), None)

    def next(self) -> Token:
        """Step over one token.

        Raises:
            LineError: the line ends here.
        """
        token = self.peek()
        if token is None:
            raise LineError("the line ends too early", None, len(self.line))
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        """Step over `sign`.

        Raises:
            LineError: something else stands here.
        """
        offset = self.offset
        if not self.take(sign):
            found = self.peek()
            seen = f"found {found.text!r}" if found else "the line ends"
            raise LineError(f"expected {sign!r} here, {seen}", None, offset)

    def rest(self) -> str:
        """Everything that is left, as written, and step over it."""
        text = self.line[self.offset :].strip()
        self.at = len(self.tokens)
        return text

    def remark(self) -> str:
        """The text behind a dash at the end of a line; '' when there is none."""
        return self.rest() if self.take("—") else ""

    def finish(self, known: str) -> None:
        """Demand that nothing is left.

        Raises:
            LineError: naming what is left and what could have stood there.
        """
        if not self.done:
            token = self.next()
            raise LineError(f"{token.text[:60]!r} is not understood here", known, token.start)


@lru_cache(maxsize=500)
def _parts(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def spoken(tokens_: list[Token]) -> str:
    """The words of a name, joined by one blank."""
    return " ".join(token.text for token in tokens_)
