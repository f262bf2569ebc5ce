"""Identifiers: words to snake_case, camelCase and PascalCase, quoting, and PostgreSQL's limit of 63 bytes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_BYTES = 63

_NO_WORD = re.compile(r"[^A-Za-z0-9]+")
_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "datum": "data",
    "medium": "media",
    "criterion": "criteria",
    "index": "indexes",
    "matrix": "matrices",
    "vertex": "vertices",
    "analysis": "analyses",
    "basis": "bases",
    "crisis": "crises",
    "axis": "axes",
    "quiz": "quizzes",
    "leaf": "leaves",
    "shelf": "shelves",
    "half": "halves",
    "life": "lives",
    "knife": "knives",
    "wife": "wives",
    "self": "selves",
    "thief": "thieves",
    "hero": "heroes",
    "potato": "potatoes",
    "echo": "echoes",
    "movie": "movies",
    "cookie": "cookies",
    "status": "statuses",
    "bus": "buses",
    "virus": "viruses",
    "campus": "campuses",
    "bonus": "bonuses",
    "address": "addresses",
    "cache": "caches",
    "niche": "niches",
    "zombie": "zombies",
    "calorie": "calories",
    "series": "series",
    "species": "species",
}
_SINGULAR = {plural: singular for singular, plural in _IRREGULAR.items()}
_UNCOUNTABLE = frozenset(
    "equipment information news staff software hardware feedback inventory metadata money stock content history "
    "access progress media data".split()
)


def words(text: str) -> list[str]:
    """The lower-case words of a name, however it is written: 'OrderItem', 'order item', 'order_item' -> [order, item].

    Symbols that are no letters (an emoji) become their code point, so that every name keeps at least one word.
    """
    return list(_words(text))


@lru_cache(maxsize=16384)
def _words(text: str) -> tuple[str, ...]:
    if text.isascii():
        spaced = _NO_WORD.sub(" ", text)
    else:
        spaced = "".join(_spell(character) for character in unicodedata.normalize("NFC", text))
    return tuple(part.lower() for part in _BOUNDARY.sub(" ", spaced).split())


def _spell(character: str) -> str:
    if character.isalnum() or unicodedata.category(character) in ("Mn", "Mc"):
        return character
    if unicodedata.category(character) == "So":
        return f" u{ord(character):x} "
    return " "


def snake(text: str) -> str:
    """'Order Item' -> 'order_item'; '' when the text holds no letter, digit or symbol."""
    return "_".join(words(text))


def camel(text: str) -> str:
    """'order_item' -> 'orderItem'."""
    first, *rest = words(text) or [""]
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def pascal(text: str) -> str:
    """'order_item' -> 'OrderItem'."""
    return "".join(word[:1].upper() + word[1:] for word in words(text))


def title(text: str) -> str:
    """'order_item' -> 'Order item', for headings and messages."""
    spoken = " ".join(words(text))
    return spoken[:1].upper() + spoken[1:]


def plural(name: str) -> str:
    """The plural of the last word of a snake_case name: 'order_item' -> 'order_items'."""
    head, _, last = name.rpartition("_")
    return f"{head}_{_plural_word(last)}" if head else _plural_word(last)


def singular(name: str) -> str:
    """The singular of the last word of a snake_case name: 'categories' -> 'category'."""
    head, _, last = name.rpartition("_")
    return f"{head}_{_singular_word(last)}" if head else _singular_word(last)


def _plural_word(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word in _SINGULAR or word in _UNCOUNTABLE or not word.isascii() or not word[-1:].isalpha():
        return word
    if _singular_word(word) != word:
        return word
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"


@lru_cache(maxsize=8192)
def _singular_word(word: str) -> str:
    if word in _SINGULAR:
        return _SINGULAR[word]
    if word in _IRREGULAR or word in _UNCOUNTABLE or not word.isascii():
        return word
    if re.search(r"[^aeiou]ies$", word) and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|x|z|ch|sh)es$", word):
        return word[:-2]
    if word.endswith("s") and not re.search(r"(ss|us|is)$", word) and len(word) > 2:
        return word[:-1]
    return word


def fit(name: str, limit: int = MAX_BYTES) -> str:
    """`name` itself, or its beginning plus a hash of the whole when it has more than `limit` bytes in UTF-8.

    PostgreSQL cuts longer names in silence; two of them may then be one (reference/drizzle.md, #4003).
    """
    raw = name.encode()
    if len(raw) <= limit:
        return name
    import hashlib

    digest = hashlib.sha256(raw).hexdigest()[:8]
    kept = raw[: limit - 9].decode(errors="ignore")
    return f"{kept}_{digest}"


def object_name(first: str, second: str | None, suffix: str) -> str:
    """The name that PostgreSQL makes up: the longer part is shortened first, at whole characters.

    Source: makeObjectName in PostgreSQL's src/backend/commands/indexcmds.c.
    """
    raw = [first.encode()] + ([second.encode()] if second is not None else [])
    room = MAX_BYTES - len(suffix) - len(raw)
    while sum(map(len, raw)) > room:
        longest = 0 if len(raw) == 1 or len(raw[0]) > len(raw[1]) else 1
        raw[longest] = raw[longest][:-1]
    return "_".join([*(part.decode(errors="ignore") for part in raw), suffix])


def quote(identifier: str) -> str:
    """The identifier in double quotes, whatever it holds: the only function that quotes one.

    Raises:
        ValueError: for an empty name or a NUL, which PostgreSQL has no way to write.
    """
    if not identifier or "\0" in identifier:
        raise ValueError(f"not an identifier: {identifier!r}")
    return '"' + identifier.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """'"public"."users"'."""
    return f"{quote(schema)}.{quote(name)}"
