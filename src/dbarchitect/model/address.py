"""Addresses name the elements of a schema: `table:public.users`, `column:public.users.email` (DESIGN, section 4)."""

from __future__ import annotations

import re
from functools import lru_cache

_PLAIN = re.compile(r'[^."\s:]+\Z')
_ALL_PLAIN = re.compile(r'[^."\s:]+(?:\.[^."\s:]+)*')
_PART = re.compile(r'"((?:[^"]|"")*)"|([^."\s:]+)')


@lru_cache(maxsize=32768)
def address(kind: str, *parts: str) -> str:
    """`kind:part.part`; a part with a dot, quote, colon or space is written in double quotes.

    Args:
        kind: table, column, index, constraint, policy, trigger, view, function, sequence, enum, domain, type,
            extension, namespace.
        parts: the schema, then the object, then what lies within it; an index is named by its schema and its name.
    """
    return f"{kind}:" + ".".join(_write(part) for part in parts)


def parse(text: str) -> tuple[str, tuple[str, ...]]:
    """The kind and the parts of an address; the inverse of `address`.

    Raises:
        ValueError: when the text is no address.
    """
    kind, separator, rest = text.partition(":")
    if not separator or not kind.isidentifier():
        raise ValueError(f"not an address: {text!r}")
    if _ALL_PLAIN.fullmatch(rest):
        return kind, tuple(rest.split("."))
    parts = []
    while True:
        match = _PART.match(rest)
        if not match:
            raise ValueError(f"not an address: {text!r}")
        parts.append(match[2] if match[2] is not None else match[1].replace('""', '"'))
        rest = rest[match.end() :]
        if not rest:
            return kind, tuple(parts)
        if not rest.startswith("."):
            raise ValueError(f"not an address: {text!r}")
        rest = rest[1:]


def _write(part: str) -> str:
    return part if part.isidentifier() or _PLAIN.match(part) else '"' + part.replace('"', '""') + '"'
