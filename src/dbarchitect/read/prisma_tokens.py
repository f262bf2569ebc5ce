"""The lexemes of a Prisma schema: words, strings, numbers and marks; `///` comments stay, others go."""

from __future__ import annotations

import json
import re

from dbarchitect.model.decision import Problem
from dbarchitect.read.block_text import Text, Token, TokenKind, lexemes

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
_KINDS: dict[str, TokenKind] = {"doc": "doc", "text": "text", "number": "number", "word": "word", "mark": "mark"}
_UNENDED = {'"': "a string", "/": "a comment"}


def tokens(source: Text) -> tuple[list[Token], list[Problem]]:
    """The lexemes of a text, one of kind `end` last, and what does not end."""
    return lexemes(source, _TOKEN, lambda kind, value: (_KINDS[kind], _meaning(kind, value)), _UNENDED)


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
