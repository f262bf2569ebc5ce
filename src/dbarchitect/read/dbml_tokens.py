"""The lexemes of DBML (dbml.dbdiagram.io/docs): words, quoted names, texts, SQL in backticks, marks; comments go."""

from __future__ import annotations

import re
import textwrap

from dbarchitect.model.decision import Problem
from dbarchitect.read.block_text import Text, Token, TokenKind

_TOKEN = re.compile(
    r"""
    (?P<space>(?:[^\S\r\n\u2028\u2029]|\ufeff)+)
  | (?P<line>\r\n|[\n\r\u2028\u2029])
  | (?P<comment>//[^\n\r]*|/\*.*?\*/)
  | (?P<long>'''(?:[^'\\]|\\.|'(?!''))*''')
  | (?P<text>'(?:[^'\\\n]|\\.)*')
  | (?P<quoted>"(?:[^"\\\n]|\\.)*")
  | (?P<sql>`(?:[^`\\]|\\.)*`)
  | (?P<color>\#[0-9A-Za-z]+)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w))
  | (?P<word>\w+)
  | (?P<mark>[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNENDED = {"'": "a text", '"': "a quoted name", "`": "an expression", "/": "a comment"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def tokens(source: Text) -> tuple[list[Token], list[Problem]]:
    """The lexemes of a text, one of kind `end` last, and what does not end."""
    found: list[Token] = []
    problems: list[Problem] = []
    text, position, first = source.text, 0, True
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # every character is white space, a word or a mark
        kind, value, end = str(match.lastgroup), match[0], match.end()
        opened = kind == "mark" and (value in "'\"`" or text.startswith("/*", position))
        if opened:
            end = _line_end(text, position)
            message = f"{_UNENDED[value]} does not end"
            problems.append(Problem("error", message, source.span(position, end)))
        elif value == "\0":
            problems.append(Problem("error", "a NUL character stands here", source.span(position, end)))
        elif kind == "line":
            first = True
        elif kind == "comment":
            first = first or "\n" in value
        elif kind != "space":
            found.append(_token(kind, value, position, end, first))
            first = False
        position = end
    found.append(Token("end", "", len(text), len(text), True))
    return found, problems


def _token(kind: str, value: str, start: int, end: int, first: bool) -> Token:
    if kind == "long":
        return Token("text", _dedented(_unescaped(value[3:-3])), start, end, first)
    if kind in ("text", "quoted"):
        return Token("text" if kind == "text" else "quoted", _unescaped(value[1:-1]), start, end, first)
    if kind == "sql":
        return Token("sql", value[1:-1].replace("\\`", "`").replace("\0", ""), start, end, first)
    kinds: dict[str, TokenKind] = {"color": "color", "number": "number", "word": "word"}
    return Token(kinds.get(kind, "mark"), value, start, end, first)


def _unescaped(text: str) -> str:
    text = text.replace("\0", "")
    return re.sub(r"\\(.)", lambda match: _escape(match[1]), text, flags=re.DOTALL) if "\\" in text else text


def _escape(character: str) -> str:
    if character == "\n":
        return ""  # a backslash at the end of a line joins it with the next one
    return _ESCAPES.get(character, character)


def _dedented(text: str) -> str:
    """A text over several lines without the indentation that they share, and without blank lines at its ends."""
    if "\n" not in text:
        return text
    head, _, rest = text.partition("\n")
    body = textwrap.dedent(rest)
    return (f"{head}\n{body}" if head.strip() else body).rstrip().strip("\n")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
