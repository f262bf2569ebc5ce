"""One entity that breaks third normal form becomes several, by Bernstein's synthesis, in the words of the brief."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dbarchitect.design.blueprint import Blueprint, fold, fold_field
from dbarchitect.design.brief.requirements import AccessNeed, Attribute, Entity, Relationship, Rule
from dbarchitect.design.normalize.chase import is_lossless, preserves
from dbarchitect.design.normalize.dependency import FD, Universe
from dbarchitect.design.normalize.synthesis import Relation, synthesize
from dbarchitect.design.prepared import Declared, Note, Prepared
from dbarchitect.model.names import words

_ENDINGS = frozenset({"id", "code", "number", "no", "key", "name"})


@dataclass(slots=True)
class _Part:
    """A relation of the synthesis that becomes, or joins, an entity."""

    relation: Relation
    entity: Entity
    key: int
    existing: bool
    moved: int = 0
    parents: list[_Part] = field(default_factory=list)


class Split:
    """The splitting of one entity; `apply` changes the prepared requirements."""

    def __init__(
        self, plan: Blueprint, prepared: Prepared, entity: Entity, universe: Universe, dependencies: Sequence[FD]
    ) -> None:
        self.plan = plan
        self.prepared = prepared
        self.entity = entity
        self.universe = universe
        self.dependencies = dependencies
        self.attributes = {fold_field(attribute.name): attribute for attribute in entity.attributes}
        self.references = {
            fold(relationship.role or relationship.parent): relationship
            for relationship in prepared.requirements.relationships
            if fold(relationship.child) == fold(entity.name)
        }

    def apply(self, broken: Sequence[FD]) -> None:
        """Split the entity.

        Args:
            broken: the dependencies that break 3NF, for the explanation.
        """
        relations = synthesize(self.universe.all, self.dependencies)
        home = next(r for r in relations if r.attributes & 1)
        parts = [self._part(relation) for relation in relations if relation is not home]
        entities = {fold(e.name): e for e in self.prepared.requirements.entities}
        for part in parts:
            self._link(part.relation.attributes, part, parts)
        origin = _Part(home, self.entity, 1, existing=True)
        self._link(home.attributes, origin, parts)
        gone = 0
        for part in parts:
            gone |= part.relation.attributes
        relationships = [r for r in self.prepared.requirements.relationships if not self._leaves(r, origin)]
        entities[fold(self.entity.name)] = self._reduced(origin)
        for part in parts:
            entities[fold(part.entity.name)] = self._grown(part, entities)
            relationships += self._carried(part)
        for part in (origin, *parts):
            relationships += [self._reference(part, parent) for parent in part.parents]
        relationships = _distinct(relationships)
        self.prepared.requirements = replace(
            self.prepared.requirements, entities=tuple(entities.values()), relationships=tuple(relationships)
        )
        self._note(parts, relations, broken)

    def _part(self, relation: Relation) -> _Part:
        """The entity that a relation becomes; a single reference as key means an entity that exists."""
        key = relation.keys[0]
        names = self.universe.spell(key)
        if len(names) == 1 and names[0] in self.references:
            parent = self.references[names[0]].parent
            return _Part(relation, self._known(parent), key, existing=True)
        stem = " ".join(self._stem(name) for name in names)
        if fold(stem) == fold(self.entity.name):
            stem = " ".join(" ".join(words(name)) for name in names)
        known = next((e for e in self.prepared.requirements.entities if fold(e.name) == fold(stem)), None)
        if known is not None and fold(known.name) != fold(self.entity.name) and len(names) == 1:
            return _Part(relation, known, key, existing=True)
        if known is not None:
            stem = f"{stem} detail"
        facts = _spoken(self.universe.spell(relation.attributes & ~key))
        description = f"What is known of {_spoken(names)} alone: {facts}."
        made = Entity(stem, description, tenant=self.entity.tenant, soft_delete=self.entity.soft_delete,
                      origin=self.entity.origin)  # fmt: skip
        return _Part(relation, made, key, existing=False)

    def _known(self, name: str) -> Entity:
        return next(e for e in self.prepared.requirements.entities if fold(e.name) == fold(name))

    def _stem(self, name: str) -> str:
        """`zip code` and `zip_id` name a zip; the entity's own name in front says nothing new."""
        parts = words(name)
        own = words(self.entity.name)
        if parts[: len(own)] == own and len(parts) > len(own):
            parts = parts[len(own) :]
        if len(parts) > 1 and parts[-1] in _ENDINGS:
            parts = parts[:-1]
        return " ".join(parts)

    def _link(self, attributes: int, part: _Part, parts: list[_Part]) -> None:
        """Replace the keys of other parts within `attributes` by references to them, largest keys first."""
        for other in sorted(parts, key=lambda p: (-p.key.bit_count(), p.key)):
            inside = other is not part and other.key & ~attributes == 0
            implied = any(other.key & ~parent.relation.attributes == 0 for parent in part.parents)
            if not inside or (part.key == other.key and part.existing):
                continue
            part.moved |= other.key
            if not implied:
                part.parents.append(other)

    def _reduced(self, origin: _Part) -> Entity:
        """The entity with what its own key alone determines, and rules that speak of what moved in other words."""
        stay = set(self.universe.spell(origin.relation.attributes & ~origin.moved))
        attributes = tuple(a for a in self.entity.attributes if fold_field(a.name) in stay)
        rules = tuple(rule for one in self.entity.rules if (rule := self._rule(one, origin)) is not None)
        access = tuple(need for one in self.entity.access if (need := self._access(one, origin)) is not None)
        return replace(self.entity, attributes=attributes, rules=rules, access=access, dependencies=())

    def _translated(self, names: Iterable[str], origin: _Part) -> tuple[str, ...] | None:
        """Fields in the words of the reduced entity: a moved key is the reference; None when something is elsewhere."""
        wanted = list(names)
        keys = {fold_field(name): name for name in wanted}
        here = set(self.universe.spell(origin.relation.attributes & ~origin.moved)) | {"created_at", "updated_at"}
        result: list[str] = []
        for part in origin.parents:
            spelled = self.universe.spell(part.key)
            if all(name in keys for name in spelled):
                result.append(self._role(part))
                for name in spelled:
                    keys.pop(name)
        for key, name in keys.items():
            bare = key.lstrip("_")
            if bare not in here and fold(bare.removesuffix("_id")) not in here:
                return None
            result.append(name)
        return tuple(result)

    def _rule(self, rule: Rule, origin: _Part) -> Rule | None:
        """The rule in the words of the reduced entity; None, with a warning, when it speaks of what moved."""
        fields = self._translated(rule.fields, origin)
        if fields is None:
            self._drop(f"rule '{rule.kind}'", rule.fields)
            return None
        return replace(rule, fields=fields)

    def _access(self, need: AccessNeed, origin: _Part) -> AccessNeed | None:
        """The access in the words of the reduced entity; None, with a warning, when it needs what moved."""
        by = self._translated(need.by, origin)
        order = self._translated((text.lstrip("-") for text in need.order), origin)
        if by is None or order is None:
            self._drop("access", (*need.by, *need.order))
            return None
        signs = ["-" if text.startswith("-") else "" for text in need.order]
        order = tuple(sign + name for sign, name in zip(signs, order, strict=True)) if len(order) == len(signs) else ()
        here = [name for name in need.returning if self._translated((name,), origin) is not None]
        return replace(need, by=by, order=order, ranges=tuple(name for name in need.ranges if name in by),
                       returning=tuple(here) if len(here) == len(need.returning) else ())  # fmt: skip

    def _drop(self, what: str, fields: Iterable[str]) -> None:
        self.plan.problem(
            f"{self.entity.name}: the {what} on {_spoken(fields)} speaks of attributes that normalization moved to "
            "another "
            "table; state it there",
            self.entity.origin, severity="warning",
        )  # fmt: skip

    def _leaves(self, relationship: Relationship, origin: _Part) -> bool:
        """Whether a reference of the entity moved away with what determines it."""
        if fold(relationship.child) != fold(self.entity.name):
            return False
        name = fold(relationship.role or relationship.parent)
        own = self.universe.spell(origin.relation.attributes & ~origin.moved)
        reused = any(self._is_reference(part, name) for part in origin.parents)
        return name not in own and not reused

    def _is_reference(self, part: _Part, name: str) -> bool:
        return part.existing and self.universe.spell(part.key) == (name,) and name in self.references

    def _grown(self, part: _Part, entities: dict[str, Entity]) -> Entity:
        """The part's entity with its attributes and the uniqueness of its keys."""
        entity = entities.get(fold(part.entity.name), part.entity)
        left = part.relation.attributes & ~part.moved
        stay = self.universe.spell(left & part.key) + self.universe.spell(left & ~part.key)
        single = len(self.universe.spell(part.key)) == 1
        known = {fold_field(attribute.name) for attribute in entity.attributes}
        attributes = list(entity.attributes)
        for name in stay:
            if name not in self.attributes:
                continue
            moved = self.attributes[name]
            in_key = part.key >> self.universe.names.index(name) & 1
            if part.existing and not in_key:
                moved = _renamed(moved, entity)
            if in_key:
                moved = replace(moved, required=True, unique="tenant" if single else moved.unique)
            if fold_field(moved.name) not in known:
                attributes.append(moved)
        rules = entity.rules
        if not single:
            fields = [self._word(name, part) for name in self.universe.spell(part.key)]
            rule = Rule(
                "unique", tuple(dict.fromkeys(fields)), reason="The key of this table by the declared dependency."
            )
            rules = (*rules, rule)
        return replace(entity, attributes=tuple(attributes), rules=rules)

    def _word(self, name: str, part: _Part) -> str:
        """A field of a part's key as the part calls it: itself, or the reference that took its place."""
        bit = 1 << self.universe.names.index(name)
        for parent in part.parents:
            if parent.key & bit:
                return self._role(parent)
        return self.attributes[name].name if name in self.attributes else name

    def _carried(self, part: _Part) -> list[Relationship]:
        """References that moved to a part with what determines them."""
        names = self.universe.spell(part.relation.attributes & ~part.moved)
        own = self.universe.spell(part.key) if part.existing else ()
        return [
            replace(self.references[name], child=part.entity.name, owned=None)
            for name in names
            if name in self.references and name not in own
        ]

    def _role(self, part: _Part) -> str:
        names = self.universe.spell(part.key)
        return names[0] if part.existing and names[0] in self.references else part.entity.name

    def _reference(self, part: _Part, parent: _Part) -> Relationship:
        """The reference from a part to the table that took over some of its attributes."""
        names = self.universe.spell(parent.key)
        if parent.existing and names[0] in self.references:
            return replace(self.references[names[0]], child=part.entity.name)
        needed = [self.attributes[name].required is not False for name in names if name in self.attributes]
        needed += [self.references[name].required is not False for name in names if name in self.references]
        return Relationship(part.entity.name, parent.entity.name, required=all(needed), owned=False,
                            reason=f"Takes the place of {_spoken(names)}.", origin=self.entity.origin)  # fmt: skip

    def _note(self, parts: list[_Part], relations: Sequence[Relation], broken: Sequence[FD]) -> None:
        masks = [relation.attributes for relation in relations]
        lossless = is_lossless(self.universe.all, masks, self.dependencies)
        kept = preserves(masks, self.dependencies)
        proof = "The join gives back every row and no other (chase), " if lossless else "The join may add rows, "
        proof += "and every dependency is kept by a key." if kept else "and some dependency needs a join to check."
        for part in parts:
            left, right = self.universe.spell(part.key), self.universe.spell(part.relation.attributes & ~part.key)
            self.prepared.dependencies.append(
                Declared(fold(part.entity.name), tuple(self._word(name, part) for name in left),
                         tuple(self._told(name, part) for name in right))
            )  # fmt: skip
            causes = [fd for fd in broken if fd.left in part.relation.keys]
            spelled = "; ".join(f"{_spoken(self.universe.spell(fd.left))} → {_spoken(self.universe.spell(fd.right))}"
                                for fd in causes) or f"{_spoken(left)} → {_spoken(right)}"  # fmt: skip
            choice = f"{_spoken(right)} of {self.entity.name} moved to {part.entity.name}"
            because = (
                f"{spelled}, and {_spoken(left)} is no key of {self.entity.name}: the same fact would stand in many "
                "rows, and "
                f"changing it in one of them would make two truths. {proof}"
            )
            note = Note(fold(part.entity.name), choice, because,
                        (("keep: <reason> at the dependency", "one table to read; every writer must keep the copies "
                                                              "equal"),),
                        "normalization", self.entity.origin)  # fmt: skip
            self.prepared.notes.append(note)

    def _told(self, name: str, part: _Part) -> str:
        if part.existing and name in self.attributes:
            return _renamed(self.attributes[name], part.entity).name
        return self._word(name, part)


def _renamed(attribute: Attribute, entity: Entity) -> Attribute:
    """`customer city` is the `city` of a customer."""
    own, parts = words(entity.name), words(attribute.name)
    if parts[: len(own)] == own and len(parts) > len(own):
        return replace(attribute, name=" ".join(parts[len(own) :]))
    return attribute


def _distinct(relationships: list[Relationship]) -> list[Relationship]:
    seen: dict[tuple[str, str, str], Relationship] = {}
    for relationship in relationships:
        key = (fold(relationship.child), fold(relationship.parent), fold(relationship.role))
        seen.setdefault(key, relationship)
    return list(seen.values())


def _spoken(fields: Iterable[str]) -> str:
    return ", ".join(" ".join(words(name)) or name for name in fields)
