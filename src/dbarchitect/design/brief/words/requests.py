"""Requests: `design a database schema for users`, `create a Drizzle table for products`, `an online shop`."""

from __future__ import annotations

import re
from typing import Literal

from dbarchitect.design.brief.words.vocabulary import REQUEST_FILLER, REQUEST_KINDS, REQUEST_VERBS
from dbarchitect.records import dataclass

_WORD = re.compile(r"\S+")
_BEHIND = re.compile(
    r"\s*(?:for|of|between|among|about|where|in which|that|which|to|with|on|storing|tracking|managing|representing)\b"
    r"(?:\s*(?:stores?|tracks?|manages?|managing|holds?|keeps?|handles?|models?|represent|saves?|store and manage|"
    r"supports?|contains|has|have)\b(?:\s+track of)?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a sentence asks for.

    Args:
        kind: `table` for just these, `schema` for these and what belongs to them, `relationships` between them.
        rest: what it is asked for.
        start: offset of `rest` in the sentence.
    """

    kind: Literal["table", "schema", "relationships"]
    rest: str
    start: int


_TABLE = re.compile(
    r"(?:(?:also|additionally|then|next|finally|and|please),?\s+)*"
    r"(?:create|define|set up|add|make|build|design|include|draft)\s+"
    r"(?:an?|the|one|another)\s+(?P<name>[^\W\d][\w ]{0,40}?)\s+(?:table|entity)"
    r"(?:,?\s+(?:with|having|containing|that has|which has|that contains|including|for)\s+(?P<rest>.+))?",
    re.IGNORECASE | re.DOTALL,
)
_COLUMNS = re.compile(
    r"(?:(?:the )?(?:following )?(?:columns?|fields?|attributes?|properties)(?: for| like| such as| of|:|,)?"
    r"|(?:the )?following:?)\s+",
    re.IGNORECASE,
)
_COLUMNS_BEHIND = re.compile(r"\s+(?:columns?|fields?|attributes?)$", re.IGNORECASE)


def table(text: str) -> tuple[str, int, str, int] | None:
    """`define a products table with name and price columns`: (name, offset, list, offset)."""
    match = _TABLE.fullmatch(text)
    if match is None or match.group("name").split()[-1].lower() in ("drizzle", "database", "postgres", "sql", "new"):
        return None
    rest = match.group("rest") or ""
    listed, offset = columns(rest, match.start("rest"))
    return match.group("name"), match.start("name"), listed, offset


def columns(text: str, start: int) -> tuple[str, int]:
    """A list of columns without the words `the following columns` around it."""
    match = _COLUMNS.match(text)
    if match:
        text, start = text[match.end() :], start + match.end()
    return _COLUMNS_BEHIND.sub("", text.rstrip(" .")), start


def request(text: str) -> Request | None:
    """The request that a sentence is, or None when it only states something."""
    verb = kind = ""
    position = 0
    words = list(_WORD.finditer(text))
    for index, match in enumerate(words):
        word = match.group().lower().strip(",.:!?")
        if word in REQUEST_KINDS:
            kind = kind if kind in ("table", "tables", "relationship", "relationships") else word
        elif word in REQUEST_VERBS:
            if kind and index and words[index - 1].group().lower() != "to":
                break
            verb = verb or word
        elif word not in REQUEST_FILLER or (kind and word in ("for", "with", "to", "on")):
            break
        position = match.end()
    else:
        return None
    if not kind and not verb:
        return None
    behind = _BEHIND.match(text, position)
    named = kind in ("table", "tables") and re.match(r"\s*(?:called |named )?[^\W\d_][\w ]{0,40}[(:]", text[position:])
    if not verb and not (kind and (behind or named)):
        return None
    start = behind.end() if behind and kind else position
    rest = text[start:].strip(" \t\n,:.")
    start += len(text[start:]) - len(text[start:].lstrip(" \t\n,:."))
    if not rest:
        return None
    if kind in ("table", "tables"):
        return Request("table", rest, start)
    return Request("relationships" if kind.startswith("relation") else "schema", rest, start)


_ARTIFACT = (
    r"(?:index(?:es)?|indices|quer(?:y|ies)|migrations?|performance|statements?|joins?|constraints?|explain plans?)"
)
_OTHER_WORK = re.compile(
    r"(?:(?:please|now|then|can you|could you|help(?: me)?(?: to)?(?: with)?)\s+)*"
    r"(?:optimi[sz]e|speed up|tune|improve|analy[sz]e|review|rewrite|fix|add|create|suggest|write|run|check|plan)\s+"
    rf"(?:(?:an?|the|my|our|this|these|some|more|missing|better|slow|safe|new|sql|database|drizzle)\s+)*{_ARTIFACT}\b"
    r"(?!\s+(?:table|entity))",
    re.IGNORECASE,
)


def other_work(text: str) -> bool:
    """Whether a sentence asks for work on a database that is there (`add indexes`, `optimize this query`), not for one.

    Other commands do that work; nothing in such a sentence is a thing to store.
    """
    return _OTHER_WORK.match(text) is not None
