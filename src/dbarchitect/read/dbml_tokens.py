"""The lexemes of DBML (dbml.dbdiagram.io/docs): words, quoted names, texts, SQL in backticks, marks; comments go."""

from __future__ import annotations

import re
import textwrap

from dbarchitect.model.decision import Problem
from dbarchitect.read.block_text import Text, Token, TokenKind, lexemes

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
_KINDS: dict[str, TokenKind] = {"color": "color", "number": "number", "word": "word"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def tokens(source: Text) -> tuple[list[Token], list[Problem]]:
    """The lexemes of a text, one of kind `end` last, and what does not end."""
    return lexemes(source, _TOKEN, _meaning, _UNENDED)


def _meaning(kind: str, value: str) -> tuple[TokenKind, str]:
    if kind == "long":
        return "text", _dedented(_unescaped(value[3:-3]))
    if kind in ("text", "quoted"):
        return "text" if kind == "text" else "quoted", _unescaped(value[1:-1])
    if kind == "sql":
        return "sql", value[1:-1].replace("\\`", "`").replace("\0", "")
    return _KINDS.get(kind, "mark"), value


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
