"""A sentence as clauses: who, does what, to what."""

from __future__ import annotations

import re
from functools import cache

from dbarchitect.design.brief.compact import outside
from dbarchitect.design.brief.words.vocabulary import (
    ADVERBS,
    AGENT,
    ASSOCIATED,
    BELONGS,
    DETERMINERS,
    EVENTS,
    HAS,
    LINKS,
    MODALS,
    NEVER_IN_NAMES,
    PARTICIPLES,
    PREPOSITIONS,
    PRONOUNS,
    THINGS,
    Verb,
)
from dbarchitect.model.names import singular
from dbarchitect.records import dataclass

_WORD = re.compile(r"[^\W_][\w'./-]*|,")
_CONNECTORS = frozenset(
    (",", "and", "but", "while", "whereas", "which", "that", "who", "where", "whose", "because", "so")
)
_RELATIVE = frozenset(("which", "that", "who", "whose"))
_BE = frozenset(("is", "are", "be"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word outside parentheses."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of a sentence.

    Args:
        subject: the text before the verb; '' for the subject of the clause before.
        relative: the subject is the last thing that the clause before names (`which has …`).
        verb: its kind.
        base: of an event, its verb in the base form.
        modal: can, may, must …; ''.
        negated: `cannot`, `do not`.
        object: the text behind the verb.
        subject_start: offset in the sentence.
        object_start: offset in the sentence.
        start: offset of the whole.
        end: offset behind it.
    """

    subject: str
    relative: bool
    verb: Verb
    base: str
    modal: str
    negated: bool
    object: str
    subject_start: int
    object_start: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    first: int
    after: int
    verb: Verb
    base: str
    modal: str
    negated: bool


def clauses(text: str) -> list[Clause]:
    """The clauses of a sentence; none when it has no verb that the grammar knows."""
    mask = outside(text)
    words = [Word(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(mask)]
    verbs = _verbs(words)
    found: list[Clause] = []
    begin = 0
    for index, verb in enumerate(verbs):
        subject = words[begin : verb.first]
        subject, relative = _own_subject(subject)
        following = verbs[index + 1] if index + 1 < len(verbs) else None
        stop = _boundary(words, verb.after, following.first) if following else len(words)
        object_words = words[verb.after : stop]
        while object_words and object_words[-1].text in (",", "and", "but"):
            object_words.pop()
        subject_start = subject[0].start if subject else words[verb.first].start
        object_start = words[verb.after].start if verb.after < len(words) else len(text)
        object_end = _reach(text, mask, object_words[-1].end) if object_words else object_start
        subject_end = _reach(text, mask, subject[-1].end) if subject else subject_start
        found.append(
            Clause(
                text[subject_start:subject_end] if subject else "",
                relative,
                verb.verb,
                verb.base,
                verb.modal,
                verb.negated,
                text[object_start:object_end],
                subject_start,
                object_start,
                subject_start,
                object_end,
            )
        )
        begin = stop
    return found


def _reach(text: str, mask: str, end: int) -> int:
    """Up to the end of the parentheses that follow a word."""
    match = re.compile(r"\s*_+\)").match(mask, end)
    return match.end() if match else end


def _own_subject(subject: list[Word]) -> tuple[list[Word], bool]:
    """The subject without connectors before it, and whether it is a relative one."""
    relative = False
    while subject and subject[0].text in _CONNECTORS:
        relative = subject[0].text in _RELATIVE and len(subject) == 1
        subject = subject[1:]
    if subject and subject[-1].text in _RELATIVE:
        return [], True
    while subject and subject[-1].text == ",":
        subject = subject[:-1]
    return subject, relative


def _boundary(words: list[Word], start: int, stop: int) -> int:
    """Where the subject of the next clause begins, between the verb before it and its own."""
    for index in range(stop - 1, start - 1, -1):
        if words[index].text in _CONNECTORS:
            return index
    # no connector: the next verb's subject is the noun right before it
    index = stop - 1
    while index > start and words[index - 1].text in DETERMINERS:
        index -= 1
    return max(index, start)


def _verbs(words: list[Word]) -> list[_Found]:
    found: list[_Found] = []
    index = 0
    while index < len(words):
        verb = _verb(words, index, found[-1].after if found else -1)
        if verb is None:
            index += 1
            continue
        found.append(verb)
        index = max(verb.after, index + 1)
    return found


def _verb(words: list[Word], index: int, last: int) -> _Found | None:
    at = index
    modal = ""
    negated = False
    while at < len(words) and at - index < 4:
        word = words[at].text
        if word in MODALS:
            modal = word
        elif word in ("cannot", "can't", "mustn't", "don't", "doesn't"):
            modal, negated = "can", True
        elif (word in ("do", "does") and at + 1 < len(words) and words[at + 1].text == "not") or (
            word in ("not", "never") and at > index
        ):
            negated = True
        elif word not in ADVERBS or (at == index and not modal):
            break
        at += 1
    kind = _phrase(words, at) or _passive(words, at)
    if kind is not None:
        after, verb = kind
        return _Found(index, after, verb, "", modal, negated)
    if at < len(words) and words[at].text in _BE and at > 0:
        after = at + 1
        if after < len(words) and words[after].text in ("not", "never"):
            negated = words[after].text == "not"
            after += negated
        return _Found(index, after, "is", "", modal, negated)
    event = _event(words, at, modal, last)
    return _Found(index, event[0], event[1], event[2], modal, negated) if event else None


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], Verb]]]:
    """The fixed verb phrases by their first word, the longest first."""
    table: dict[str, list[tuple[tuple[str, ...], Verb]]] = {}
    groups: tuple[tuple[tuple[str, ...], Verb], ...] = ((HAS, "has"), (BELONGS, "belongs"), (ASSOCIATED, "associated"))
    for phrases, verb in groups:
        for phrase in phrases:
            parts = tuple(phrase.split())
            table.setdefault(parts[0], []).append((parts, verb))
    return {first: sorted(entries, key=lambda entry: -len(entry[0])) for first, entries in table.items()}


def _phrase(words: list[Word], at: int) -> tuple[int, Verb] | None:
    if at >= len(words):
        return None
    for parts, verb in _phrases().get(words[at].text, []):
        after = at + len(parts)
        if tuple(word.text for word in words[at:after]) == parts and not (
            after < len(words) and words[after].text == "to"
        ):
            return after, verb
    return None


def _passive(words: list[Word], at: int) -> tuple[int, Verb] | None:
    """`are placed by`: the subject belongs to what follows."""
    if at + 2 >= len(words) or words[at].text not in _BE:
        return None
    middle = at + 1 + (words[at + 1].text in ADVERBS)
    if middle + 1 >= len(words) or words[middle].text not in PARTICIPLES or words[middle + 1].text not in PREPOSITIONS:
        return None
    return middle + 2, "belongs"


@cache
def _forms() -> dict[str, list[tuple[tuple[str, ...], Verb, str]]]:
    """The verbs of events in base form and third person, by their first word."""
    table: dict[str, list[tuple[tuple[str, ...], Verb, str]]] = {}
    groups: tuple[tuple[tuple[str, ...], Verb], ...] = (
        (EVENTS, "event"),
        (tuple(LINKS), "link"),
        (tuple(THINGS), "thing"),
    )
    for verbs, kind in groups:
        for base in verbs:
            first, *rest = base.split()
            for form in (first, _third(first)):
                table.setdefault(form, []).append(((form, *rest), kind, base))
    return {first: sorted(entries, key=lambda entry: -len(entry[0])) for first, entries in table.items()}


def _third(verb: str) -> str:
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + ("es" if re.search(r"(s|x|z|ch|sh)$", verb) else "s")


def _event(words: list[Word], at: int, modal: str, last: int) -> tuple[int, Verb, str] | None:
    """An event's verb, such as `borrow`.

    Many of these are nouns too (`orders`, `reviews`): without a modal one must stand behind the first words of a
    sentence or connector, and not in what another verb is about.
    """
    if at >= len(words) or at + 1 >= len(words):
        return None
    before = words[at - 1].text if at else ","
    if _agent_acts(words, at, before, last):
        return at + 1, "event", words[at].text
    if last >= 0 and not any(word.text in _CONNECTORS for word in words[last:at]):
        return None
    if not modal and (before in _CONNECTORS - PRONOUNS or before in DETERMINERS or _distance(words, at) > 3):
        return None
    for parts, kind, base in _forms().get(words[at].text, []):
        after = at + len(parts)
        if tuple(word.text for word in words[at:after]) != parts or after >= len(words):
            continue
        if words[after].text in _CONNECTORS or words[after].text in ("of", "for", "by"):
            continue
        plural = before.endswith("s") or before in PRONOUNS
        third = words[at].text != base.split()[0]
        if kind != "event" and not modal and plural == third:
            continue
        return after, kind, base
    return None


def _agent_acts(words: list[Word], at: int, before: str, last: int) -> bool:
    """`users log workouts`: somebody, a word that is no plural and no known verb, and a plural."""
    if last >= 0 or _distance(words, at) != 1 or not AGENT.fullmatch(before):
        return False
    word, after = words[at].text, words[at + 1].text
    known = word in _forms() or word in _CONNECTORS or word in MODALS or word in NEVER_IN_NAMES
    return not known and not word.endswith("s") and singular(after) != after


def _distance(words: list[Word], at: int) -> int:
    """Words between the last connector and `at`."""
    distance = 0
    while at - distance > 0 and words[at - distance - 1].text not in _CONNECTORS:
        distance += 1
    return distance
