"""Plain words to `Requirements`: the first grammar (a later one widens it behind the same function).

Every sentence is tried as a request, a definition (`product: name, price`), a rule of fixed form, clauses with a verb,
and a bare list of things. It is read twice: what the first reading finds to be a thing, the second takes as one
everywhere.
"""

from __future__ import annotations

import re

from dbarchitect.design.brief.place import Text
from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.design.brief.words import vocabulary
from dbarchitect.design.brief.words.clauses import clauses
from dbarchitect.design.brief.words.finish import Finisher, asked_pack, nothing
from dbarchitect.design.brief.words.interpreter import Interpreter
from dbarchitect.design.brief.words.nouns import Noun, listed, noun
from dbarchitect.design.brief.words.phrases import Wishes
from dbarchitect.design.brief.words.requests import Request, other_work, request, table
from dbarchitect.design.brief.words.sentences import LONGEST, Sentence, sentences
from dbarchitect.errors import InputError

MOST = 5_000
"""Sentences of one brief."""

_TYPOGRAPHY = str.maketrans("\u2018\u2019\u201c\u201d\u2013", "''\"\"-")
"""Curly quotes and the en dash, which word processors put in, as the grammar has them; nothing changes its place."""

_WHERE = re.compile(r"\s+(?:where|in which|so that)\s+|:\s+", re.IGNORECASE)
_WITH = re.compile(
    r",?\s+(?:with|having|that has|which has|containing|including|consisting of|specifically for|such as|namely)\s+",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"(?P<name>[^\W\d_][\w '-]{0,60}?)\s*(?::|\s[-—=]\s)\s*(?P<rest>\S.*)?", re.DOTALL)
_KNOWN = (
    r"(?P<name>[^\W\d]\w*(?: \w+){0,2}?)(?:'s|s')?\s+(?:personal |basic |contact |detailed |relevant )?"
    r"(?:information|details|data|info)"
)
_INCLUDING = r"\s*,?\s*(?:including|such as|like|namely|e\.g\.|:|—)[,:]?\s*(?P<rest>.*)"
_INFORMATION = (
    re.compile(rf"\b(?:records?|stores?|keeps?|tracks?|saves?|maintains?|collects?)\s+(?:the\s+|each\s+)?"
               rf"{_KNOWN}{_INCLUDING}",
               re.IGNORECASE | re.DOTALL),
    re.compile(rf"(?:an?\s+|the\s+|each\s+|every\s+)?{_KNOWN}\s+"
               r"(?:includes?|consists? of|contains?|is|are)[,:]?\s+(?P<rest>.+)",
               re.IGNORECASE | re.DOTALL),
)  # fmt: skip
_WHEN = re.compile(r"(?:each time|every time|when|whenever|if|after|before|once)\b", re.IGNORECASE)
_SECTIONS = frozenset(
    ("rule", "requirement", "note", "relationship", "constraint", "example", "business rule", "feature", "access",
     "query", "goal", "scope", "overview", "background", "assumption", "description")
)  # fmt: skip
_LISTS = frozenset(("entity", "table", "thing", "object", "main entity", "model", "tables needed"))
_LEFT = re.compile(r"\w+")


def read_words(text: str, name: str) -> Requirements:
    """Read plain English.

    Args:
        text: the words.
        name: how errors name them.

    Raises:
        InputError: nothing in them names a thing to store; with what was read and the forms that work.
    """
    source = Text(text, name)
    found = sentences(text.translate(_TYPOGRAPHY))
    if len(found) > MOST:
        hint = "Say what is stored, in a few pages at most, or write brief.yaml."
        raise InputError(
            f"a brief in words has at most {MOST:,} sentences, this one {len(found):,}", hint=hint, place=name
        )
    first = _WordsReader(source, frozenset())
    first.read(found)
    second = _WordsReader(source, frozenset(first.interpreter.draft.things))
    second.read(found)
    finisher = Finisher(source, second.interpreter, second.wishes, second.requests)
    if not second.interpreter.draft.things and not finisher.asks_for_something:
        raise nothing(source, len(found))
    return finisher.requirements()


class _WordsReader:
    def __init__(self, source: Text, known: frozenset[str]) -> None:
        self.source = source
        self.interpreter = Interpreter(source, known)
        self.wishes = Wishes()
        self.requests: list[tuple[Request, int]] = []

    def read(self, found: list[Sentence]) -> None:
        for sentence in found:
            if len(sentence.text) > LONGEST:
                self.interpreter.skip(sentence.start, sentence.start + len(sentence.text))
            else:
                self._sentence(sentence)

    def _sentence(self, sentence: Sentence) -> None:
        text = self.wishes.flags(sentence.text)
        if self.wishes.only_flags(text) and (text != sentence.text or self.wishes.tenant):
            return
        if self.wishes.rule(text, sentence.start):
            return
        if _WHEN.match(text) or other_work(text):
            self.interpreter.skip(sentence.start, sentence.start + len(text))
            return
        if self._table(text, sentence.start) or self._information(text, sentence):
            return
        asked = request(text)
        if asked is not None:
            self._request(asked, sentence.start + asked.start)
            self._items(sentence, None)
        elif not self._definition(text, sentence):
            self._statement(text, sentence.start, said=text != sentence.text)

    def _statement(self, text: str, start: int, *, said: bool) -> None:
        parts = clauses(text)
        for clause in parts:
            self.interpreter.clause(clause, start)
        if not parts and not self._bare(text, start) and not (said and not _LEFT.search(text)):
            self.interpreter.skip(start, start + len(text))

    def _table(self, text: str, start: int) -> bool:
        """`define a products table with name and price columns`."""
        found = table(text)
        name = noun(found[0], start + found[1]) if found else None
        if found is None or name is None:
            return False
        thing = self.interpreter.thing(name, self.interpreter.origin(name.start, name.start + len(name.raw)))
        self.requests.append((Request("table", name.raw, 0), name.start))
        self.interpreter.subjects = [thing]
        self.interpreter.properties(thing, found[2], start + found[3])
        thing.subject = bool(found[2])
        return True

    def _information(self, text: str, sentence: Sentence) -> bool:
        """`the company records customers' personal information, including name and phone number`."""
        match = _INFORMATION[0].search(text) or _INFORMATION[1].fullmatch(text)
        name = noun(match.group("name"), sentence.start + match.start("name")) if match else None
        if match is None or name is None or (not match.group("rest") and not sentence.items):
            return False
        thing = self.interpreter.thing(name, self.interpreter.origin(name.start, name.start + len(name.raw)))
        thing.subject = True
        self.interpreter.subjects = [thing]
        self.interpreter.properties(thing, match.group("rest"), sentence.start + match.start("rest"))
        for item, offset in sentence.items:
            self.interpreter.properties(thing, item, offset)
        return True

    # requests

    def _request(self, asked: Request, start: int) -> None:
        """What is asked for: things, or an application described behind `where` or `with`."""
        head, tail, offset = asked.rest, "", 0
        where = _WHERE.search(asked.rest)
        if where:
            head, tail, offset = asked.rest[: where.start()], asked.rest[where.end() :], where.end()
            if ":" in where.group() and clauses(tail) and asked_pack(head) is None:
                head = ""
        elif clauses(asked.rest) and not _WITH.search(asked.rest):
            head, tail = "", asked.rest
        self.requests.append((Request(asked.kind, asked.rest if not tail else head, asked.start), start))
        if head:
            self._wanted(head, start)
        if tail:
            self._tail(head, tail, start + offset)

    def _tail(self, head: str, tail: str, start: int) -> None:
        if clauses(tail):
            self._statement(tail, start, said=False)
            return
        subject = noun(head)
        if subject is not None and subject.key in self.interpreter.draft.things:
            self.interpreter.properties(self.interpreter.draft.things[subject.key], tail, start)
        else:
            self.interpreter.entities(tail, start)

    def _wanted(self, text: str, start: int) -> None:
        match = _WITH.search(text)
        head = text[: match.start()] if match else text
        domain = self._domain(head)
        if not domain:
            things = self.interpreter.entities(head, start)
            if match and things:
                things[-1].subject = True
                piece, offset = text[match.end() :], start + match.end()
                self.interpreter.has(
                    things[-1:], piece, offset, "", plural=not piece.lstrip().startswith(("a ", "an "))
                )
        elif match:
            self.interpreter.entities(text[match.end() :], start + match.end())

    def _domain(self, text: str) -> bool:
        """Whether a phrase names an application rather than things."""
        found = noun(text)
        head = found.head if found is not None else (text.split() or [""])[-1].lower().strip(".,")
        return head in vocabulary.DOMAIN or (asked_pack(text) is not None and not (found is not None and found.plural))

    # definitions and lists

    def _definition(self, text: str, sentence: Sentence) -> bool:
        """`product: name, sku unique, price`, or a heading with bullets."""
        match = _DEFINITION.fullmatch(text)
        if match is None:
            return False
        found = noun(
            re.sub(
                r"\s+(?:table|entity|has|have|fields|attributes|columns)$", "", match.group("name"), flags=re.IGNORECASE
            )
        )
        rest = match.group("rest") or ""
        start = sentence.start + (match.start("rest") if rest else 0)
        if found is None or (not rest and not sentence.items):
            return False
        if found.name in _LISTS or found.name in vocabulary.NOBODY:
            self.interpreter.entities(rest, start)
            for item, offset in sentence.items:
                self._sentence(Sentence(item, offset)) if clauses(item) else self.interpreter.entities(item, offset)
            return True
        if found.name in _SECTIONS or clauses(rest):
            if rest:
                self._statement(rest, start, said=False)
            self._items(sentence, None)
            return True
        origin = self.interpreter.origin(sentence.start, sentence.start + len(match.group("name")))
        thing = self.interpreter.thing(found, origin)
        thing.subject = True
        self.interpreter.subjects = [thing]
        self.interpreter.has([thing], rest, start, "", plural=True)
        self._items(sentence, thing)
        return True

    def _items(self, sentence: Sentence, thing: object) -> None:
        """The bullets below a sentence: properties of its thing, or sentences of their own."""
        for item, offset in sentence.items:
            if thing is None or clauses(item):
                self._sentence(Sentence(item, offset))
            else:
                self.interpreter.has(self.interpreter.subjects, item, offset, "", plural=True)

    def _bare(self, text: str, start: int) -> bool:
        """A list of things without any verb: `customers, orders and products`, `a blog with posts`."""
        if asked_pack(text) is not None:
            self.requests.append((Request("schema", text, 0), start))
            self._wanted(text, start)
            return True
        match = _WITH.search(text)
        head = text[: match.start()] if match else text
        found = [noun(piece) for piece, _ in listed(head)]
        nouns = [each for each in found if each is not None]
        tail = [noun(piece) for piece, _ in listed(text[match.end() :])] if match else []
        if not nouns or len(nouns) != len(found) or any(len(each.name.split()) > 3 for each in nouns):
            return False
        if match and all(each is not None and each.plural for each in tail):
            self.interpreter.entities(text[match.end() :], start + match.end())
            return True
        known = any(self.interpreter.is_known(each) for each in nouns)
        plain = len(nouns) > 1 and all(each.plural for each in nouns)
        if not (known or plain or (match and self._described(nouns[0])) or any(each.inside for each in nouns)):
            return False
        self.requests.append((Request("table", text, 0), start))
        self._wanted(text, start)
        return True

    def _described(self, found: Noun) -> bool:
        """Whether `X with …` can mean a thing and its parts: `an app with …`, `recipes with …`."""
        return found.head in vocabulary.DOMAIN or found.plural or found.determined
