"""Texts as YAML scalars that any YAML reader takes back as the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable

_RESERVED = frozenset(("~", "null", "yes", "no", "true", "false", "on", "off", "y", "n"))
_FLOW = re.compile(r"[A-Za-z][\w /%()-]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(text: str) -> str:
    """A text for a block value: plain where nobody can misread it, else in double quotes."""
    return text if _plain(text) else _double(text)


def key(text: str) -> str:
    """A text for a key."""
    return text if _plain(text) and len(text) < 120 else _double(text) if len(text) < 900 else f"? {_double(text)}\n"


def flow(texts: Iterable[str]) -> str:
    """A list in brackets."""
    return "[" + ", ".join(text if _FLOW.fullmatch(text) and _plain(text) else _double(text) for text in texts) + "]"


def comment(text: str) -> str:
    """A text that can stand behind `# `."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _plain(text: str) -> bool:
    if not text or text != text.strip() or text.lower() in _RESERVED or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    return text[0].isalnum() or text[0] in "(/"


def _double(text: str) -> str:
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
