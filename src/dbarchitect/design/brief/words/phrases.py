"""Sentences with a fixed form: rules, searching, tenancy, soft delete."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dbarchitect.design.brief.words.nouns import listed, noun

_TENANT = re.compile(
    r"\bmulti[- ]?tenan(?:t|ted|cy)\b|\btenant[- ]isolat\w+|\bisolated (?:per|by) tenant", re.IGNORECASE
)
_SINGLE = re.compile(r"\bsingle[- ]tenan(?:t|cy)\b|\b(?:no|without) (?:multi-?)?tenan(?:t|ts|cy)\b", re.IGNORECASE)
_OWN_TENANT = (
    re.compile(r"(?:the |each |an? )?tenants? (?:is|are|=) (?:an? |the |each )?(?P<name>[\w -]{1,40})", re.IGNORECASE),
    re.compile(r"(?:an? |the |each )?(?P<name>[\w -]{1,40}?) (?:is|are) the tenants?", re.IGNORECASE),
    re.compile(r"(?:all )?(?:data|rows|records) (?:is|are) (?:isolated|separated|kept apart|segregated) "
               r"(?:per|by|for each|between) (?P<name>[\w -]{1,40})", re.IGNORECASE),
    re.compile(r"(?:each|every) (?P<name>[\w -]{1,40}?) (?:can )?(?:only )?(?:sees?|has|have|access|accesses) "
               r"(?:only )?its own (?:data|rows|records).{0,40}", re.IGNORECASE),
)  # fmt: skip
_NO_SOFT = re.compile(r"\b(?:no|without|not use|don't use) soft[- ]?delet\w+|\bhard[- ]?delet\w+", re.IGNORECASE)
_SOFT = re.compile(
    r"\b(?:use )?soft[- ]?delet(?:e|es|ed|ion|ions)\b(?: (?:everywhere|everything|for (?:all|every) \w+))?",
    re.IGNORECASE,
)
_NEVER = re.compile(r"never (?:delete|remove)s? (?P<things>[\w ,-]{1,120})", re.IGNORECASE)
_APPEND = re.compile(r"append[- ]only:? (?P<things>[\w ,-]{1,120})", re.IGNORECASE)
_NO_OVERLAP = (
    re.compile(r"(?:no|without|prevent|forbid) overlap(?:s|ping)? (?:of |between )?(?P<thing>[\w -]{1,40}?) "
               r"(?:per|for|of|in|for the same|of the same)(?: an?| the| each| the same| one)? "
               r"(?P<per>[\w -]{1,40})", re.IGNORECASE),
    re.compile(r"(?P<thing>[\w -]{1,40}?) (?:of|for|in)(?: an?| the| each| the same| one)? (?P<per>[\w -]{1,40}?) "
               r"(?:may|must|can|should|do|shall) ?(?:not|never) overlap", re.IGNORECASE),
    re.compile(r"(?P<thing>[\w -]{1,40}?) (?:may|must|can|should|do|shall) ?(?:not|never) overlap"
               r" (?:per|for|of|in)(?: an?| the| each| the same| one)? (?P<per>[\w -]{1,40})", re.IGNORECASE),
    re.compile(r"(?:an?|the|each) (?P<per>[\w -]{1,40}?) (?:can|may|must) ?not be (?:booked|reserved|rented) twice"
               r"(?: at the same time)?(?P<thing>)", re.IGNORECASE),
)  # fmt: skip
_AT_MOST = re.compile(
    r"(?:at most|no more than|up to) (?P<limit>\d{1,6}) (?P<thing>[\w -]{1,40}?) "
    r"(?:per|for each) (?P<per>[\w -]{1,40})",
    re.IGNORECASE,
)
_UNIQUE = re.compile(r"unique (?P<names>[\w ,-]{1,80}?) (?:per|within|for each) (?P<per>[\w -]{1,40})", re.IGNORECASE)
_SEARCH = re.compile(
    r"(?:(?:users|people|customers|we|you|i|staff|admins?|everybody)\s+)?"
    r"(?:(?:can|should|must|need to|want to|may)\s+)?(?:be able to\s+)?"
    r"(?P<verb>full[- ]text search|search|find|look up|list|filter|browse|show|sort)\s+(?:for\s+)?"
    r"(?P<thing>[\w -]{1,40}?)\s+(?:by|on|via|in|ordered by|sorted by)\s+(?P<fields>[\w ,-]{1,120}?)"
    r"(?:,?\s+(?P<order>newest first|oldest first))?",
    re.IGNORECASE,
)  # fmt: skip
_FILLER = re.compile(
    r"\b(?:it|this|is|the|a|an|app|application|should|must|be|use|uses|with|and|everything|support|we|need)\b",
    re.IGNORECASE,
)
_SEARCH_BY = re.compile(r"search(?:able)? (?:by|on) (?P<fields>[\w ,-]{1,120})", re.IGNORECASE)


@dataclass(slots=True)
class Wishes:
    """What holds for the whole brief, or waits until all entities are known.

    Args:
        tenant: '' for no wish, 'yes' for tenants of some kind, 'no' for none, else the entity.
        soft_delete: for all entities.
        never: names of entities that are never deleted.
        append: names of entities that are only appended to.
        overlaps: (thing, what it must not overlap for); the thing may be ''.
        limits: (thing, per what, how many).
        unique: (properties, per what).
        searches: (verb, thing, properties, order); the thing may be ''.
    """

    tenant: str = ""
    soft_delete: bool | None = None
    never: list[tuple[str, int, int]] = field(default_factory=list)
    append: list[tuple[str, int, int]] = field(default_factory=list)
    overlaps: list[tuple[str, str, int, int]] = field(default_factory=list)
    limits: list[tuple[str, str, int, int, int]] = field(default_factory=list)
    unique: list[tuple[tuple[str, ...], str, int, int]] = field(default_factory=list)
    searches: list[tuple[str, str, tuple[str, ...], str, int, int]] = field(default_factory=list)

    def only_flags(self, text: str) -> bool:
        """Whether a sentence says nothing beyond tenancy and soft delete."""
        return not re.search(r"\w", _FILLER.sub(" ", _blank(_TENANT, text)))

    def flags(self, text: str) -> str:
        """Take tenancy and soft delete out of a sentence; gives back what is left."""
        if _SINGLE.search(text):
            self.tenant = "no"
            text = _blank(_SINGLE, text)
        if _TENANT.search(text):
            self.tenant = self.tenant or "yes"
        if _NO_SOFT.search(text):
            self.soft_delete = False
            return _blank(_NO_SOFT, text)
        match = _SOFT.search(text)
        if match and not re.search(r"\b(?:is|are|be)\s*$", text[: match.start()]):
            self.soft_delete = True
            return _blank(_SOFT, text)
        return text

    def rule(self, text: str, start: int) -> bool:
        """Whether a whole sentence is one of the fixed forms; it is noted then."""
        text = text.strip(" .")
        end = start + len(text)
        for pattern in _OWN_TENANT:
            if match := pattern.fullmatch(text):
                found = noun(match.group("name"))
                self.tenant = found.name if found else "yes"
                return True
        for pattern, notes in ((_NEVER, self.never), (_APPEND, self.append)):
            if match := pattern.fullmatch(text):
                notes.extend((piece, start, end) for piece, _ in listed(match.group("things")))
                return True
        for pattern in _NO_OVERLAP:
            if match := pattern.fullmatch(text):
                self.overlaps.append((match.group("thing"), match.group("per"), start, end))
                return True
        if match := _AT_MOST.fullmatch(text):
            self.limits.append((match.group("thing"), match.group("per"), int(match.group("limit")), start, end))
            return True
        if match := _UNIQUE.fullmatch(text):
            names = tuple(piece.strip() for piece, _ in listed(match.group("names")))
            self.unique.append((names, match.group("per"), start, end))
            return True
        return self._search(text, start, end)

    def _search(self, text: str, start: int, end: int) -> bool:
        match = _SEARCH.fullmatch(text) or _SEARCH_BY.fullmatch(text)
        if match is None:
            return False
        groups = match.groupdict()
        fields = tuple(piece.strip() for piece, _ in listed(match.group("fields")))
        verb = (groups.get("verb") or "search").lower()
        order = (groups.get("order") or "").lower()
        self.searches.append((verb, groups.get("thing") or "", fields, order, start, end))
        return True


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with what matched as blanks, so that offsets stay."""
    return pattern.sub(lambda match: " " * len(match.group()), text)
