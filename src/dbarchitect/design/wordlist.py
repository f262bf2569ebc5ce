"""Sets of words, written the way people read them."""

from __future__ import annotations


def wordlist(text: str) -> frozenset[str]:
    """The words of a text that blanks separate."""
    return frozenset(text.split())
