"""Noun phrases: `one or more order items (quantity, price)` as a thing, how many, and what stands in parentheses."""

from __future__ import annotations

import re
from typing import Literal

from dbarchitect.design.brief.attribute_list import split
from dbarchitect.design.brief.place import entity_key, spoken_name
from dbarchitect.design.brief.words.vocabulary import DETERMINERS, MANY, MAYBE_ONE, NEVER_IN_NAMES, ONE
from dbarchitect.model.names import singular
from dbarchitect.records import dataclass

Quantity = Literal["", "one", "maybe one", "many"]
_LIMIT = re.compile(
    r"(?:at most|up to|no more than|a maximum of|maximum)\s+(\d{1,6}|two|three|four|five|six|ten)\s+", re.IGNORECASE
)
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_AND = re.compile(r",?\s+(?:and|or|&|as well as|plus)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase.

    Args:
        name: one of it, in words.
        raw: as it stood, without what was stripped.
        plural: whether it stood in the plural.
        quantity: how many were said.
        limit: `at most 5`.
        inside: what stood in parentheses behind it.
        start: offset in the sentence.
        determined: an article or such stood before it.
    """

    name: str
    raw: str
    plural: bool
    quantity: Quantity
    limit: int | None
    inside: str
    start: int
    determined: bool

    @property
    def key(self) -> str:
        """See `entity_key`."""
        return entity_key(self.name)

    @property
    def head(self) -> str:
        """The last word, in the singular."""
        return self.name.rpartition(" ")[2]


def noun(text: str, start: int = 0) -> Noun | None:
    """The noun phrase that a piece of a sentence is; None when it is too long to be one, or none.

    Args:
        text: the piece.
        start: its offset in the sentence.
    """
    start += len(text) - len(text.lstrip())
    text = text.strip(" \t\n,.:")
    body, inside = _parentheses(text)
    quantity: Quantity = ""
    limit: int | None = None
    determined = False
    while True:
        before = body
        matched = _LIMIT.match(body)
        if matched:
            word = matched.group(1).lower()
            limit, quantity = _NUMBERS.get(word) or int(word), "many"
            body = body[matched.end() :]
        for phrases, meaning in ((MANY, "many"), (MAYBE_ONE, "maybe one"), (ONE, "one")):
            phrase = _leading(body, phrases)
            if phrase and not quantity:
                quantity, body = meaning, body[len(phrase) :].lstrip()  # type: ignore[assignment]
        first, _, rest = body.partition(" ")
        if first.lower() in DETERMINERS and rest:
            determined = True
            body = rest.lstrip()
        if body == before:
            break
    start += max(text.find(body), 0)
    if not body or len(body.split()) > 4 or not re.search(r"[^\W\d_]", body) or re.search(r"[=<>{}\[\]|\\]", body):
        return None
    said = [word.lower() for word in body.split()]
    if NEVER_IN_NAMES & set(said) or any(_plural(word) for word in said[:-1]):
        return None
    last = body.split()[-1].lower()
    name = spoken_name(body)
    if not name:
        return None
    return Noun(name, body, singular(last) != last, quantity, limit, inside, start, determined)


def _plural(word: str) -> bool:
    """Whether a word is surely a plural; inside a name that shows a sentence (`users log workouts`)."""
    return len(word) > 4 and word not in ("sales", "goods", "sports", "details") and singular(word) != word


def _leading(text: str, phrases: tuple[str, ...]) -> str:
    low = text[:24].lower()
    return next((phrase for phrase in phrases if low.startswith(phrase + " ")), "")


def _parentheses(text: str) -> tuple[str, str]:
    """`order items (quantity)` -> (`order items`, `quantity`)."""
    if not text.endswith(")"):
        return text, ""
    head, bracket, rest = text.partition("(")
    return (head.strip(), rest[:-1].strip()) if bracket and head.strip() else (text, "")


def listed(text: str, start: int = 0) -> list[tuple[str, int]]:
    """The items of `a, b (c, d) and e`, each with its offset; nothing inside parentheses is split."""
    pieces: list[tuple[str, int]] = []
    for begin, end in split(text, ",;"):
        for offset, piece in _split_and(text[begin:end]):
            if piece.strip():
                pieces.append((piece, start + begin + offset))
    return pieces


def _split_and(text: str) -> list[tuple[int, str]]:
    from dbarchitect.design.brief.compact import outside

    mask = outside(text)
    pieces: list[tuple[int, str]] = []
    position = 0
    lead = re.match(r"\s*(?:and|or|as well as|plus)\s+", mask, re.IGNORECASE)
    if lead:
        position = lead.end()
    for match in _AND.finditer(mask, position):
        if _quantity_or(mask, match):
            continue
        pieces.append((position, text[position : match.start()]))
        position = match.end()
    pieces.append((position, text[position:]))
    return pieces


def _quantity_or(mask: str, match: re.Match[str]) -> bool:
    """The `or` of `one or more`."""
    if match.group().strip().lower() != "or":
        return False
    before = mask[max(0, match.start() - 5) : match.start()].lower()
    after = mask[match.end() : match.end() + 5].lower()
    return before.strip().endswith(("one", "zero", "no")) and after.startswith(("more", "many", "one"))
