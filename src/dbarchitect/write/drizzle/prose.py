"""Words of sentences that comments, messages and descriptions share."""

from __future__ import annotations

from collections.abc import Iterable


def article(noun: str) -> str:
    """`an order`, `a product`."""
    vowel = noun[:1].lower() in "aeiou" and not noun.lower().startswith(("uni", "use", "eu", "one", "url", "uuid"))
    return f"{'an' if vowel else 'a'} {noun}"


def spoken_list(items: Iterable[str], last: str = "and") -> str:
    """`a, b and c`."""
    listed = list(items)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {last} {listed[-1]}" if listed else ""
