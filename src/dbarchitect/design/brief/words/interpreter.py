"""What each clause means for the draft."""

from __future__ import annotations

import re

from dbarchitect.design.brief import attribute_line, attribute_list, packs
from dbarchitect.design.brief.place import LineError, Text, attribute_key, entity_key, spoken_name
from dbarchitect.design.brief.requirements import Attribute, Rule
from dbarchitect.design.brief.words import vocabulary
from dbarchitect.design.brief.words.clauses import Clause
from dbarchitect.design.brief.words.draft import Draft, Thing
from dbarchitect.design.brief.words.nouns import Noun, listed, noun
from dbarchitect.design.brief.words.requests import columns
from dbarchitect.model.names import plural, singular
from dbarchitect.model.origin import Origin

_PREPOSITION = re.compile(r"\s+(?:for|on|to|from|in|at|about|with)\s+", re.IGNORECASE)
_ROLE = re.compile(r"\b([\w-]{2,30}),? (?:who|which|that) is (?:also )?an? ([\w-]{2,30})\b", re.IGNORECASE)
_OWNED = re.compile(
    r"(?P<name>[\w -]{1,60}?)\s+(?:of|for)\s+(?P<owner>(?:an?|the|each|every|all)?\s*[\w -]{1,60})", re.IGNORECASE
)
_GENITIVE = re.compile(r"(?P<owner>[\w -]{1,60}?)(?:'s|s')\s+(?P<name>[\w -]{1,60})", re.IGNORECASE)
_VALUES = re.compile(r"(?:one of|either|any of)\s+", re.IGNORECASE)
_FIXED_OF = frozenset(("date", "number", "place", "type", "kind", "time", "year", "country", "city", "point", "proof"))


class Interpreter:
    """Turns clauses into a draft.

    Args:
        source: the whole text, for places.
        known: keys of entities that an earlier reading found.
    """

    def __init__(self, source: Text, known: frozenset[str]) -> None:
        self.source = source
        self.known = known
        self.draft = Draft()
        self.subjects: list[Thing] = []
        self.last: Thing | None = None
        self.said: tuple[Thing, str] | None = None
        self.roles = {
            entity_key(match.group(1)): match.group(2).lower()
            for match in _ROLE.finditer(source.text)
            if len(source.text) < 50_000
        }
        self.unread: list[tuple[int, int]] = []
        self.unread_text: list[str] = []
        self.limits: list[tuple[str, str, int, Origin]] = []

    def origin(self, start: int, end: int) -> Origin:
        """The words from `start` up to `end` of the whole text."""
        return Origin("brief", " ".join(self.source.text[start:end].split())[:200], self.source.span(start, end))

    def skip(self, start: int, end: int) -> None:
        """Note a piece that nothing was made of."""
        self.unread.append((start, end))

    def thing(self, found: Noun, origin: Origin) -> Thing:
        """The entity that a noun names."""
        thing = self.draft.thing(found.name, origin)
        self.last = thing
        return thing

    # clauses

    def clause(self, clause: Clause, base: int) -> None:
        """Take in one clause of the sentence at `base`."""
        origin = self.origin(base + clause.start, base + clause.end)
        if clause.verb == "is":
            self._is(clause, base, origin)
            return
        subjects = self._subjects(clause, base, origin)
        if subjects is None or clause.negated:
            self.skip(base + clause.start, base + clause.end)
        elif not subjects:
            self.entities(clause.object, base + clause.object_start)
        elif clause.verb == "has":
            self.has(subjects, clause.object, base + clause.object_start, clause.modal, plural=self._plural(clause))
        else:
            self._acts(subjects, clause, base)

    def _plural(self, clause: Clause) -> bool:
        found = noun(clause.subject) if clause.subject else None
        return found is not None and found.plural and not found.determined

    def _subjects(self, clause: Clause, base: int, origin: Origin) -> list[Thing] | None:
        """Who a clause is about: [] for nobody in particular (`we`, `the system`), None when it cannot be told."""
        if clause.relative:
            self.subjects = [self.last] if self.last else []
            return self.subjects or None
        if not clause.subject:
            return self.subjects or None
        found: list[Thing] = []
        for text, start in listed(clause.subject, base + clause.subject_start):
            if text.strip().lower() in vocabulary.PRONOUNS:
                return self.subjects or None
            subject = noun(_bare(text), start)
            if subject is None:
                continue
            if subject.name in vocabulary.PRONOUNS or subject.raw.lower() in vocabulary.PRONOUNS:
                return self.subjects or None
            if (
                subject.name in vocabulary.NOBODY
                or subject.head in vocabulary.DOMAIN
                or self._owner_of_all(subject, text)
            ):
                return []
            thing = self.thing(subject, self.origin(subject.start, subject.start + len(subject.raw)))
            thing.subject = True
            found.append(thing)
        self.subjects = found or self.subjects
        return found or None

    def _owner_of_all(self, subject: Noun, text: str) -> bool:
        """`The company has many customers`, when there is only the one whose database it is."""
        head = subject.head
        if head not in vocabulary.HOUSES or not text.lower().lstrip().startswith("the "):
            return False
        others = rf"\b(?:each|every|an?|many|multiple|several|all|one)\s+{head}\b|\b{plural(head)}\b"
        return re.search(others, self.source.text, re.IGNORECASE) is None

    def entities(self, text: str, start: int) -> list[Thing]:
        """The things of a list such as `users (name, email), products and orders`."""
        things: list[Thing] = []
        for piece, offset in listed(text, start):
            piece, behind = _split_preposition(piece)
            found = noun(piece, offset)
            if found is None or found.name in vocabulary.NOBODY or found.raw.lower() in vocabulary.PRONOUNS:
                self.skip(offset, offset + len(piece))
                continue
            thing = self.thing(found, self.origin(found.start, found.start + len(found.raw)))
            self._inside(thing, found)
            self._behind(found, behind, offset + len(piece))
            things.append(thing)
        if things:
            self.subjects = things
        return things

    def _inside(self, thing: Thing, found: Noun) -> None:
        """Parentheses behind an entity hold its properties."""
        if found.inside:
            self.properties(thing, found.inside, found.start + len(found.raw))

    def properties(self, thing: Thing, text: str, start: int) -> None:
        """A list of properties: `name, sku unique, price`."""
        for piece, offset in listed(text, start):
            if not self._property(thing, piece, offset):
                self.skip(offset, offset + len(piece))

    def _property(self, thing: Thing, piece: str, offset: int) -> bool:
        piece = re.sub(
            r"^\s*(?:such as|like|e\.g\.|namely|and|its|their|the|an?)\s+", "", piece, flags=re.IGNORECASE
        ).strip()
        try:
            line = attribute_list.attribute(piece, {}) if len(piece) < 500 else None
        except LineError:
            line = None
        if line is None or not _nameable(line.attribute.name):
            return False
        self.said = (thing, line.attribute.name)
        self.draft.add(thing, line, self.origin(offset, offset + len(piece)))
        return True

    def has(self, subjects: list[Thing], text: str, start: int, modal: str, *, plural: bool) -> None:
        """`S has …`: properties and things, told apart by how many, by what is known, and by their last word."""
        shorter, begin = columns(text, start)
        if shorter != text:
            for subject in subjects:
                self.properties(subject, shorter, begin)
            return
        for piece, offset in listed(text, start):
            piece, behind = _split_preposition(piece)
            found = noun(piece, offset)
            for subject in subjects:
                if found is not None and found.key in self.roles:
                    self._has_role(subject, found)
                elif found is not None and self._is_entity(found, plural):
                    self._one_has(subject, found, modal)
                    self._behind(found, behind, offset + len(piece))
                elif not self._property(subject, _unquantified(piece), offset):
                    self.skip(offset, offset + len(piece))

    def _has_role(self, subject: Thing, found: Noun) -> None:
        """`a manager, who is an employee`."""
        origin = self.origin(found.start, found.start + len(found.raw))
        person = self.draft.thing(spoken_name(self.roles[found.key]), origin)
        self.draft.tie(subject.name, person.name, "belongs", None, origin, role=found.name)

    def _behind(self, found: Noun, text: str, start: int) -> None:
        """`appointments with doctors`: what stands behind a preposition is a thing too when it can be one."""
        other = noun(text, start) if text else None
        if other is None or not (other.plural or other.key in self.known):
            return
        thing = self.draft.thing(other.name, self.origin(start, start + len(text)))
        self.draft.tie(found.name, thing.name, "belongs", None, thing.origin)

    def _is_entity(self, found: Noun, plural: bool) -> bool:
        like_attribute = found.head in vocabulary.ATTRIBUTES or found.name in vocabulary.ATTRIBUTES
        if found.quantity == "many" or found.key in self.known or found.key in self.draft.things:
            return not (like_attribute and found.key not in self.known and not found.plural)
        if found.plural and not found.determined:
            return not like_attribute
        return (not like_attribute and found.quantity != "") or (not like_attribute and self.is_known(found))

    def is_known(self, found: Noun) -> bool:
        """Whether the words or a pack know the thing."""
        return found.key in self.known or packs.find(found.key) is not None

    def _one_has(self, subject: Thing, found: Noun, modal: str) -> None:
        origin = self.origin(found.start, found.start + len(found.raw))
        thing = self.draft.thing(found.name, origin)
        self.last = thing
        optional = found.quantity == "maybe one" or (modal in vocabulary.MAYBE and found.quantity in ("", "one"))
        if found.quantity == "many" or (found.plural and not found.determined):
            shared = found.name in vocabulary.SHARED and found.key != entity_key(subject.name)
            self.draft.tie(subject.name, found.name, "both" if shared else "many", None, origin)
            if found.limit is not None:
                self.limits.append((found.name, subject.name, found.limit, origin))
        elif found.name in vocabulary.DEPENDENT:
            self.draft.tie(subject.name, found.name, "one", None, origin)
        else:
            required = False if optional else True if modal == "must" or found.quantity == "one" else None
            self.draft.tie(subject.name, found.name, "belongs", required, origin)
        self._inside(thing, found)

    # other verbs

    def _acts(self, subjects: list[Thing], clause: Clause, base: int) -> None:
        start = base + clause.object_start
        match = _PREPOSITION.search(clause.object) if clause.verb in ("event", "link", "thing") else None
        text, target = (clause.object[: match.start()], clause.object[match.end() :]) if match else (clause.object, "")
        made: list[Thing] = []
        for piece, offset in listed(text, start):
            found = noun(piece, offset)
            if found is None:
                self.skip(offset, offset + len(piece))
                continue
            origin = self.origin(base + clause.start, base + clause.end)
            thing = self.thing(found, self.origin(offset, offset + len(piece)))
            made.extend(self._act(subject, thing, found, clause, origin) for subject in subjects)
            self._inside(thing, found)
        if match and made:
            for piece, offset in listed(target, start + match.end()):
                found = noun(piece, offset)
                if found is None or found.head in vocabulary.ATTRIBUTES:
                    self.skip(offset, offset + len(piece))
                    continue
                other = self.thing(found, self.origin(offset, offset + len(piece)))
                side = "both" if made[0].name in ("order", "invoice", "cart") else "belongs"
                self.draft.tie(made[0].name, other.name, side, None, other.origin)  # type: ignore[arg-type]

    def _act(self, subject: Thing, thing: Thing, found: Noun, clause: Clause, origin: Origin) -> Thing:
        """One subject does something to one thing; gives back what a preposition behind it is about."""
        required = False if clause.modal in vocabulary.MAYBE or found.quantity == "maybe one" else None
        if clause.verb == "belongs":
            required = True if clause.modal == "must" or found.quantity == "one" else required
            side = "both" if found.quantity == "many" else "belongs"
            self.draft.tie(subject.name, thing.name, side, None if side == "both" else required, origin)  # type: ignore[arg-type]
        elif clause.verb == "associated":
            side = "both" if found.plural or found.quantity == "many" else "belongs"
            self.draft.tie(subject.name, thing.name, side, None if side == "both" else required, origin)  # type: ignore[arg-type]
        elif clause.verb == "event":
            self.draft.tie(subject.name, thing.name, "many", None, origin)
        elif clause.verb == "link":
            self.draft.tie(subject.name, thing.name, "both", None, origin, vocabulary.LINKS[clause.base])
        else:
            return self._event(vocabulary.THINGS[clause.base], subject, thing, origin)
        return thing

    def _event(self, name: str, subject: Thing, thing: Thing, origin: Origin) -> Thing:
        """`members borrow books`: a loan, which belongs to both."""
        if entity_key(thing.name) == entity_key(name):
            self.draft.tie(thing.name, subject.name, "belongs", True, origin)
            return thing
        event = self.draft.thing(name, origin)
        event.event = True
        self.draft.tie(name, subject.name, "belongs", True, origin)
        self.draft.tie(name, thing.name, "belongs", True, origin)
        return event

    # predicates

    def _is(self, clause: Clause, base: int, origin: Origin) -> None:
        text = clause.object.strip(" .,")
        person = entity_key(re.sub(r"^(?:also )?an?\s+", "", text))
        if clause.relative and person in map(entity_key, self.roles.values()):
            return
        if clause.relative and self.said and self._predicate(*self.said, text, clause, origin):
            return
        owner, name = self._owner(clause.subject, base + clause.subject_start, origin)
        if owner is None or not self._predicate(owner, name, text, clause, origin):
            self.skip(base + clause.start, base + clause.end)

    def _owner(self, subject: str, start: int, origin: Origin) -> tuple[Thing | None, str]:
        """The entity that a predicate is about, and its property; '' for the entity itself."""
        match = _GENITIVE.fullmatch(subject) or _OWNED.fullmatch(subject)
        if match and match.group("name").split()[-1].lower() not in _FIXED_OF:
            owner = noun(match.group("owner"))
            name = noun(match.group("name"))
            if owner is not None and name is not None and owner.raw.lower() not in vocabulary.PRONOUNS:
                thing = self.thing(owner, origin)
                return thing, _own(thing, name.raw) or name.raw
        found = noun(_bare(subject), start) if subject else None
        if found is not None and subject.lower().startswith(("each ", "every ")):
            thing = self.thing(found, origin)
            thing.subject = True
            self.subjects = [thing]
            return thing, ""
        if found is None or found.raw.lower() in vocabulary.PRONOUNS:
            return (self.subjects[-1] if self.subjects else None), ""
        if found.key in self.draft.things:
            self.subjects = [self.draft.things[found.key]]
            return self.draft.things[found.key], ""
        for thing in [*reversed(self.subjects), *self.draft.things.values()]:
            named = _own(thing, found.raw)
            if named:
                return thing, named
        first, _, rest = found.raw.partition(" ")
        if rest and (entity_key(first) in self.draft.things or entity_key(first) in self.known):
            whose = self.draft.thing(spoken_name(first), origin)
            return whose, _own(whose, rest) or spoken_name(rest)
        if found.key in self.known:
            return self.draft.thing(found.name, origin), ""
        if found.head in vocabulary.ATTRIBUTES and self.subjects:
            return self.subjects[-1], found.name
        return None, ""

    def _predicate(self, owner: Thing, name: str, text: str, clause: Clause, origin: Origin) -> bool:
        low = text.lower()
        identified = re.fullmatch(r"(?:uniquely )?identified by (.{1,80})", low)
        if identified:
            found = noun(identified.group(1))
            if found is None:
                return False
            attribute = Attribute(found.name, required=True, unique="tenant")
            self.draft.add(owner, attribute_line.Line(attribute), origin)
            return True
        if not name:
            return entity_rule(owner, low, origin)
        if clause.modal in ("can", "may", "must", "") and (_VALUES.match(text) or ("," in text and " or " in text)):
            values = [cleaned_value(piece) for piece, _ in listed(re.sub(r"\s+or\s+", ", ", _VALUES.sub("", text)))]
            values = [value for value in dict.fromkeys(values) if value]
            if len(values) < 2 or any(len(value.split()) > 4 for value in values):
                return False
            self.draft.add(owner, attribute_line.Line(Attribute(name, values=tuple(values))), origin)
            return True
        low = re.sub(r"^(?:positive|greater than zero)$", "> 0", low)
        low = re.sub(r"^(?:non-?negative|not negative|zero or more)$", ">= 0", low)
        try:
            line = attribute_line.parse(name, re.sub(r"^(?:an?|always)\s+", "", low), {})
        except LineError:
            return False
        self.draft.add(owner, line, origin)
        return True


def _own(thing: Thing, name: str) -> str:
    """The thing's own property of that name, in the singular or plural; '' when it has none."""
    keys = (attribute_key(name), singular(attribute_key(name)))
    return next((thing.attributes[key].name for key in keys if key in thing.attributes), "")


def _nameable(name: str) -> bool:
    """Whether a name of a property is one, and no piece of a sentence."""
    said = name.lower().split()
    if not attribute_key(name) or len(said) > 5:
        return False
    return (
        not vocabulary.NEVER_IN_NAMES & set(said[1:])
        and said[0] not in vocabulary.NEVER_IN_NAMES - vocabulary.MAY_BEGIN
    )


def entity_rule(thing: Thing, predicate: str, origin: Origin) -> bool:
    """What a predicate demands of a whole entity."""
    predicate = re.sub(r"[\s-]+", " ", predicate).strip()
    kinds = {"never deleted": "never deleted", "not deleted": "never deleted", "never removed": "never deleted",
             "never be deleted": "never deleted", "append only": "append only", "immutable": "append only"}  # fmt: skip
    kind = next((kinds[words] for words in kinds if predicate.startswith(words)), None)
    if kind is not None:
        if kind not in {rule.kind for rule in thing.rules}:
            thing.rules.append(Rule(kind, origin=origin))  # type: ignore[arg-type]
        return True
    if predicate.startswith(("soft deleted", "soft delete")):
        thing.soft_delete = True
        return True
    return False


def cleaned_value(text: str) -> str:
    """A label out of a sentence: without quotes and articles."""
    return re.sub(r"^(?:an?|the)\s+", "", text.strip(" \t\n\"'.")).strip()


def _split_preposition(piece: str) -> tuple[str, str]:
    """`tickets for events` -> (`tickets`, `events`)."""
    match = None if piece.rstrip().endswith(")") else _PREPOSITION.search(piece)
    return (piece[: match.start()], piece[match.end() :]) if match else (piece, "")


def _bare(text: str) -> str:
    """A subject without last words that add nothing: `customer information`."""
    words = text.split()
    while len(words) > 1 and words[-1].lower() in vocabulary.RECORD:
        words.pop()
    if len(words) > 1 and words[-1].endswith(("'s", "s'")):
        words[-1] = words[-1].rstrip("s").rstrip("'")
    while len(words) > 1 and words[-1].lower() in vocabulary.RECORD:
        words.pop()
    return " ".join(words)


def _unquantified(piece: str) -> str:
    """`several phone numbers` as a property."""
    low = piece.lower().lstrip()
    phrase = next((each for each in (*vocabulary.MAYBE_ONE, *vocabulary.ONE) if low.startswith(each + " ")), "")
    optional = phrase in vocabulary.MAYBE_ONE
    rest = piece.lstrip()[len(phrase) :]
    return f"optional {rest.strip()}" if optional else rest
