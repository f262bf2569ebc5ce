"""The lexemes of a Prisma schema: words, strings, numbers and marks; `///` comments stay, others go."""

from __future__ import annotations

import json
import re

from dbarchitect.model.decision import Problem
from dbarchitect.read.block_text import Text, Token, TokenKind

_TOKEN = re.compile(
    r"""
    (?P<space>(?:[^\S\r\n\u2028\u2029]|\ufeff)+)
  | (?P<line>\r\n|[\n\r\u2028\u2029])
  | (?P<doc>///[^\n\r]*)
  | (?P<comment>//[^\n\r]*|/\*.*?\*/)
  | (?P<text>"(?:[^"\\\n]|\\.)*")
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w))
  | (?P<word>\w(?:[\w-]*\w)?)
  | (?P<mark>@@|[^\s\w])
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(source: Text) -> tuple[list[Token], list[Problem]]:
    """The lexemes of a text, one of kind `end` last, and what does not end."""
    found: list[Token] = []
    problems: list[Problem] = []
    text, position, first = source.text, 0, True
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None  # every character is white space, a word or a mark
        kind, value, end = str(match.lastgroup), match[0], match.end()
        if kind == "mark" and (value == '"' or text.startswith("/*", position)):
            line = text.find("\n", position)
            end = len(text) if line < 0 else line
            what = "a string" if value == '"' else "a comment"
            problems.append(Problem("error", f"{what} does not end", source.span(position, end)))
        elif value == "\0":
            problems.append(Problem("error", "a NUL character stands here", source.span(position, end)))
        elif kind == "line":
            first = True
        elif kind == "comment":
            first = first or "\n" in value
        elif kind != "space":
            found.append(Token(_KINDS[kind], _meaning(kind, value), position, end, first))
            first = False
        position = end
    found.append(Token("end", "", len(text), len(text), True))
    return found, problems


_KINDS: dict[str, TokenKind] = {"doc": "doc", "text": "text", "number": "number", "word": "word", "mark": "mark"}


def _meaning(kind: str, value: str) -> str:
    if kind == "doc":
        return value[3:].strip()
    if kind != "text":
        return value
    try:
        meant = str(json.loads(value, strict=False))  # Prisma's escapes are those of JSON
    except ValueError:
        meant = re.sub(r"\\(.)", r"\1", value[1:-1], flags=re.DOTALL)
    return meant.replace("\0", "").encode(errors="replace").decode()
