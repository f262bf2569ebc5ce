"""Drizzle's own conversions of keys to names."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+")


def convert(key: str, casing: str) -> str:
    """The column's name of a key.

    Args:
        key: the property's name.
        casing: `snake_case`, `camelCase`, or '' to keep the key.
    """
    if casing not in ("snake_case", "camelCase"):
        return key
    words = _WORD.findall(key.replace("'", "").replace("\u2019", ""))
    if casing == "snake_case":
        return "_".join(word.lower() for word in words)
    return "".join(word.lower() if place == 0 else word[0].upper() + word[1:] for place, word in enumerate(words))
