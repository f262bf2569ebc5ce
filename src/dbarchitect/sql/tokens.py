"""A small scanner of PostgreSQL's lexical rules: enough to see which words of a text are names and where they nest.

It never judges grammar; `sql.parser` does that. It needs no library, so that writing SQL stays quick to load.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from dbarchitect.errors import InputError
from dbarchitect.records import dataclass

TokenKind = Literal["word", "quoted", "string", "body", "number", "operator", "mark", "comment"]

_TOKEN = re.compile(
    r"""\s*+(?:
    (?P<comment>--[^\n\r]*)
  | (?P<block>/\*)
  | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
  | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*')
  | (?P<quoted>(?:[uU]&)?"(?:[^"]|"")+")
  | (?P<dollar>\$(?P<tag>[^\W\d][^\W$]*)?\$)
  | (?P<word>(?![eE]')[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*|\.\d\w*|\$\d+)
  | (?P<cast>::)
  | (?P<mark>[()\[\],;.:])
  | (?P<operator>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])+)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A lexeme.

    Args:
        kind: `quoted` is a name in double quotes, `body` a dollar-quoted string, `mark` a bracket, comma, `.` or `::`.
        text: as it stands in the source.
        start: offset of its first code point.
        depth: how many brackets are open around it; a bracket counts with what stands outside it.
    """

    kind: TokenKind
    text: str
    start: int
    depth: int

    @property
    def end(self) -> int:
        """Offset after its last code point."""
        return self.start + len(self.text)

    @property
    def name(self) -> str | None:
        """The identifier that it stands for; None when it is none."""
        if self.kind == "word":
            return self.text.lower()
        if self.kind == "quoted" and self.text[0] == '"':
            return self.text[1:-1].replace('""', '"')
        return None

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these unquoted words, given in lower case."""
        return self.kind == "word" and self.text.lower() in words


@lru_cache(maxsize=4096)  # a schema says the same thing many times: now(), the condition of its policies
def scan(sql: str) -> tuple[Token, ...]:
    """All lexemes but white space.

    Raises:
        InputError: a string, name or comment that does not end, a bracket without its partner, or a NUL.
    """
    tokens: list[Token] = []
    open_brackets: list[str] = []
    for kind, text, start in lexemes(sql):
        depth = len(open_brackets)
        if kind == "mark" and text in ")]":
            if not open_brackets or open_brackets.pop() + text not in ("()", "[]"):
                raise InputError(f"{text!r} closes nothing in {_short(sql)}")
            depth = len(open_brackets)
        tokens.append(Token(kind, text, start, depth))
        if kind == "mark" and text in "([":
            open_brackets.append(text)
    if open_brackets:
        raise InputError(f"{open_brackets[-1]!r} is not closed in {_short(sql)}")
    return tuple(tokens)


Lexeme = tuple[TokenKind, str, int]
"""(kind, text, offset)."""


def lexemes(sql: str, start: int = 0, stop: int | None = None) -> Iterator[Lexeme]:
    """Every lexeme but white space, one after the other.

    Args:
        sql: the text.
        start: offset at which reading begins.
        stop: offset at which the text ends as far as this reading goes.

    Raises:
        InputError: at a string, name or comment that does not end.
    """
    position, stop = start, len(sql) if stop is None else stop
    while match := _TOKEN.match(sql, position, stop):
        group = match.lastgroup or ""
        text, position = match[group], match.end()
        offset = position - len(text)
        kind = _KINDS[group]
        if group == "dollar":
            end = sql.find(text, position, stop)
            if end < 0:
                raise InputError(f"the string that {text} opens does not end in {_short(sql[start:stop])}")
            position = end + len(text)
            text = sql[offset:position]
        elif group == "block":
            text = _block_comment(sql[start:stop], offset - start)
            position = offset + len(text)
        yield kind, text, offset
    rest = sql[position:stop].lstrip()
    if rest:
        raise InputError(f"SQL cannot be read from {rest[:12]!r} on in {_short(sql[start:stop])}")


_KINDS: dict[str, TokenKind] = {
    "comment": "comment", "block": "comment", "escaped": "string", "string": "string", "quoted": "quoted",
    "dollar": "body", "word": "word", "number": "number", "operator": "operator", "cast": "mark", "mark": "mark",
}  # fmt: skip


def _block_comment(sql: str, start: int) -> str:
    """A comment with the comments inside it: PostgreSQL nests them."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if match[0] == "/*" else -1
        if not depth:
            return sql[start : match.end()]
    raise InputError(f"a comment does not end in {_short(sql)}")


def _short(sql: str) -> str:
    return repr(sql if len(sql) <= 60 else sql[:57] + "…")


def split_top(sql: str, mark: str = ",") -> tuple[str, ...]:
    """The pieces between the marks that no bracket encloses, trimmed."""
    pieces, start = [], 0
    for token in scan(sql):
        if token.kind == "mark" and token.text == mark and token.depth == 0:
            pieces.append(sql[start : token.start].strip())
            start = token.end
    pieces.append(sql[start:].strip())
    return tuple(pieces)


def without_outer_parentheses(sql: str) -> str:
    """`((a > 0))` -> `a > 0`; `(a) + (b)` stays."""
    sql = sql.strip()
    while sql.startswith("(") and sql.endswith(")"):
        tokens = scan(sql)
        closing = next(token for token in tokens if token.text == ")" and token.depth == 0)
        if closing is not tokens[-1]:
            return sql
        sql = sql[1:-1].strip()
    return sql
