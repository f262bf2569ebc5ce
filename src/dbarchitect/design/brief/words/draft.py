"""What the words have said so far: things, their properties and how they belong together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from typing import Literal

from dbarchitect.design.brief.attribute_line import Line
from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.requirements import Attribute, Cardinality, Entity, Relationship, Rule
from dbarchitect.design.brief.words.vocabulary import PEOPLE, ROLES
from dbarchitect.model.origin import Origin
from dbarchitect.records import dataclass

Side = Literal["many", "one", "belongs", "both"]


@dataclass(slots=True)
class Thing:
    """An entity in the making.

    Args:
        name: one of it.
        origin: the words that named it first.
        subject: something was said about it.
        event: it was made of a verb.
    """

    name: str
    origin: Origin
    attributes: dict[str, Attribute] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    subject: bool = False
    event: bool = False
    soft_delete: bool | None = None


@dataclass(frozen=True, slots=True)
class Tie:
    """One statement about two entities, by key: left has many (or one) of right, or belongs to it."""

    left: str
    right: str
    side: Side
    required: bool | None
    origin: Origin
    link: str = ""
    role: str = ""


@dataclass(slots=True)
class Draft:
    """The brief in the making."""

    things: dict[str, Thing] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def thing(self, name: str, origin: Origin) -> Thing:
        """The entity of that name, made when it is new."""
        return self.things.setdefault(entity_key(name), Thing(name, origin))

    def add(self, thing: Thing, line: Line, origin: Origin) -> None:
        """Give an entity an attribute; what was said first stands, later words add to it."""
        key = attribute_key(line.attribute.name)
        if not key:
            return
        old = thing.attributes.get(key)
        new = replace(line.attribute, origin=origin)
        thing.attributes[key] = new if old is None else together(old, new)
        thing.rules.extend(replace(rule, origin=origin) for rule in line.rules)

    def tie(
        self, left: str, right: str, side: Side, required: bool | None, origin: Origin, link: str = "", role: str = ""
    ) -> None:
        """Note a statement about two entities."""
        self.ties.append(Tie(entity_key(left), entity_key(right), side, required, origin, link, role))

    def entities(self) -> tuple[Entity, ...]:
        """The entities, without those that are only a role of a person."""
        return tuple(
            Entity(
                thing.name,
                attributes=tuple(thing.attributes.values()),
                rules=tuple(thing.rules),
                soft_delete=thing.soft_delete,
                origin=thing.origin,
            )
            for key, thing in self.things.items()
            if self._person(key) is None
        )

    def _person(self, key: str) -> str | None:
        """The entity whose role `key` is: an author is a user when users are known and authors only named."""
        thing = self.things.get(key)
        if thing is None or key not in ROLES or thing.attributes or thing.subject:
            return None
        if any(tie.side != "belongs" or tie.left == key for tie in self.ties if key in (tie.left, tie.right)):
            return None
        return next((person for person in map(entity_key, PEOPLE) if person in self.things and person != key), None)

    def relationships(self) -> tuple[Relationship, ...]:
        """The relationships: a half said from each side makes many-to-many."""
        many = {(tie.left, tie.right) for tie in self.ties if tie.side in ("many", "both")}
        found: list[Relationship] = []
        done: set[frozenset[str]] = set()
        for tie in self.ties:
            pair = frozenset((tie.left, tie.right))
            opposite = tie.side == "many" and (tie.right, tie.left) in many and tie.left != tie.right
            if tie.side == "both" or opposite:
                if pair not in done or tie.link:
                    found.append(self._related(tie, tie.left, tie.right, "many-to-many"))
                done.add(pair)
        for tie in self.ties:
            if frozenset((tie.left, tie.right)) in done and tie.side in ("many", "both"):
                continue
            if tie.side == "belongs":
                found.append(self._related(tie, tie.left, tie.right))
            elif tie.side == "many":
                found.append(self._related(tie, tie.right, tie.left))
            elif tie.side == "one":
                found.append(self._related(tie, tie.right, tie.left, "one-to-one"))
        return tuple(found)

    def _related(self, tie: Tie, child: str, parent: str, cardinality: Cardinality = "many-to-one") -> Relationship:
        person = self._person(parent)
        role = self.things[parent].name if person else tie.role
        names = [self.things[self._person(key) or key].name for key in (child, parent)]
        return Relationship(
            names[0],
            names[1],
            cardinality,
            tie.required,
            role,
            name=tie.link,
            origin=tie.origin,
        )


def together(old: Attribute, new: Attribute) -> Attribute:
    """Both attributes in one; what the old one says stands."""
    changes: dict[str, object] = {}
    for name in Attribute.__slots__:
        before, after = getattr(old, name), getattr(new, name)
        silent = before is None if name == "required" else before in (None, "", (), False)
        if silent and after not in (None, "", ()):
            changes[name] = after
    return replace(old, **changes)  # type: ignore[arg-type]


def first(items: Iterable[str]) -> str:
    """The first item, or ''."""
    return next(iter(items), "")
