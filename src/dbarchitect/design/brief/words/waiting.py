"""Rules and searches that can be placed only when all entities are known."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.requirements import AccessNeed, Attribute, Entity, Relationship, Requirements, Rule
from dbarchitect.design.brief.validate import reference
from dbarchitect.design.brief.words.interpreter import Interpreter, cleaned_value
from dbarchitect.design.brief.words.nouns import noun
from dbarchitect.design.brief.words.phrases import Wishes
from dbarchitect.model.names import singular, words
from dbarchitect.model.origin import Origin


class Waiting:
    """Places what waited.

    Args:
        interpreter: knows places, and takes what fits nowhere as unread.
        wishes: what waited.
        assumptions: gets a sentence for what is added on the way.
    """

    def __init__(self, interpreter: Interpreter, wishes: Wishes, assumptions: list[str]) -> None:
        self.interpreter = interpreter
        self.wishes = wishes
        self.assumptions = assumptions

    def keep(self, found: Requirements) -> Requirements:
        """The requirements with rules and searches in their entities."""
        return self._rules(self._searches(found))

    def _rules(self, found: Requirements) -> Requirements:
        rules: dict[str, list[Rule]] = {}
        wishes = self.wishes
        for kind, notes in (("never deleted", wishes.never), ("append only", wishes.append)):
            for text, start, end in notes:
                self._note(rules, found, text, Rule(kind), start, end)  # type: ignore[arg-type]
        for thing, per, limit, start, end in wishes.limits:
            self._note(
                rules, found, thing, Rule("at most per", (self._called(found, thing, per),), limit=limit), start, end
            )
        for thing, per, limit, origin in self.interpreter.limits:
            key = entity_key(thing)
            rules.setdefault(key, []).append(
                Rule("at most per", (self._called(found, thing, per),), limit=limit, origin=origin)
            )
        for names, per, start, end in wishes.unique:
            self._unique(rules, found, names, per, start, end)
        found = self._overlaps(rules, found)
        entities = tuple(
            replace(
                entity,
                rules=tuple(self._fitting([*entity.rules, *rules.get(entity_key(entity.name), [])], found, entity)),
            )
            for entity in found.entities
        )
        return replace(found, entities=entities)

    def _note(
        self, rules: dict[str, list[Rule]], found: Requirements, text: str, rule: Rule, start: int, end: int
    ) -> None:
        entity = self._entity(found, text)
        if entity is None:
            self.interpreter.skip(start, end)
        else:
            origin = self.interpreter.origin(start, end)
            rules.setdefault(entity_key(entity.name), []).append(replace(rule, origin=origin))

    def _entity(self, found: Requirements, text: str) -> Entity | None:
        said = noun(text)
        return next((each for each in found.entities if said is not None and entity_key(each.name) == said.key), None)

    def _called(self, found: Requirements, thing: str, per: str) -> str:
        """What `thing` calls the entity `per`."""
        child, parent = noun(thing), noun(per)
        if child is None or parent is None:
            return per
        for each in found.relationships:
            if entity_key(each.child) == child.key and entity_key(each.parent) == parent.key and refers(each):
                return reference(each)
        return parent.name

    def _fitting(self, rules: list[Rule], found: Requirements, entity: Entity) -> list[Rule]:
        """The rules whose fields the entity has; others are unread."""
        if not rules:
            return []
        known = {attribute_key(each.name) for each in entity.attributes}
        own = entity_key(entity.name)
        known |= {
            entity_key(reference(each))
            for each in found.relationships
            if entity_key(each.child) == own and refers(each)
        }
        kept: list[Rule] = []
        for rule in rules:
            if all(attribute_key(field) in known or entity_key(field) in known for field in rule.fields):
                kept.extend([] if rule in kept else [rule])
            elif rule.origin is not None:
                self.interpreter.unread_text.append(rule.origin.text)
        return kept

    def _unique(
        self, rules: dict[str, list[Rule]], found: Requirements, names: tuple[str, ...], per: str, start: int, end: int
    ) -> None:
        keys = [attribute_key(name) for name in names]
        entity = next(
            (
                each
                for each in found.entities
                if set(keys) <= {attribute_key(attribute.name) for attribute in each.attributes}
            ),
            None,
        )
        parent = noun(per)
        if entity is None or parent is None:
            self.interpreter.skip(start, end)
            return
        tenant = parent.key in (entity_key(found.tenant) if found.tenant else "", "tenant")
        fields = names if tenant else (*names, self._called(found, entity.name, per))
        origin = self.interpreter.origin(start, end)
        rules.setdefault(entity_key(entity.name), []).append(Rule("unique", fields, origin=origin))

    def _overlaps(self, rules: dict[str, list[Rule]], found: Requirements) -> Requirements:
        """No two bookings of a room at once; a booking without times gets them."""
        for thing, per, start, end in self.wishes.overlaps:
            parent = noun(per)
            children = [
                each.child
                for each in found.relationships
                if parent is not None and entity_key(each.parent) == parent.key
            ]
            entity = self._entity(found, thing) or (
                self._entity(found, children[0]) if children and not thing else None
            )
            if entity is None or parent is None:
                self.interpreter.skip(start, end)
                continue
            origin = self.interpreter.origin(start, end)
            times = _times(entity)
            if times is None:
                why = Origin("pattern", "booking")
                times = ("starts at", "ends at")
                added = tuple(Attribute(name, "moment", required=True, origin=why) for name in times)
                entity = replace(entity, attributes=(*entity.attributes, *added))
                found = replace(
                    found,
                    entities=tuple(
                        entity if entity_key(each.name) == entity_key(entity.name) else each for each in found.entities
                    ),
                )
                self.assumptions.append(
                    f"A {entity.name} lasts from `starts at` to `ends at`, so that an overlap can be told."
                )
            field = self._called(found, entity.name, per)
            rules.setdefault(entity_key(entity.name), []).append(Rule("no overlap", (field, *times), origin=origin))
        return found

    def _searches(self, found: Requirements) -> Requirements:
        entities = {entity_key(entity.name): entity for entity in found.entities}
        for verb, thing, fields, order, start, end in self.wishes.searches:
            entity = self._entity(found, thing) if thing else (found.entities[0] if len(found.entities) == 1 else None)
            key = entity_key(entity.name) if entity else ""
            if key not in entities:
                self.interpreter.skip(start, end)
                continue
            changed = self._search(entities[key], found, verb, fields, order, self.interpreter.origin(start, end))
            if changed is None:
                self.interpreter.skip(start, end)
            else:
                entities[key] = changed
        return replace(found, entities=tuple(entities.values()))

    def _search(
        self, entity: Entity, found: Requirements, verb: str, fields: tuple[str, ...], order: str, origin: Origin
    ) -> Entity | None:
        own = entity_key(entity.name)
        names = {attribute_key(each.name): each.name for each in entity.attributes}
        references = {
            entity_key(reference(each)): reference(each)
            for each in found.relationships
            if entity_key(each.child) == own and refers(each)
        }
        keys = [attribute_key(cleaned_value(field)) for field in fields]
        if "search" in verb and all(key in names for key in keys):
            attributes = tuple(
                replace(each, search=True) if attribute_key(each.name) in keys else each for each in entity.attributes
            )
            return replace(entity, attributes=attributes)
        by = [names.get(key) or references.get(singular(key)) for key in keys]
        if any(each is None for each in by):
            return None
        sort = {"newest first": ("-created at",), "oldest first": ("created at",)}.get(order, ())
        fields = tuple(each for each in by if each)
        need = AccessNeed((), fields, origin=origin) if verb == "sort" else AccessNeed(fields, sort, origin=origin)
        return replace(entity, access=(*entity.access, need))


def refers(relationship: Relationship) -> bool:
    """Whether the child holds the reference itself."""
    return relationship.cardinality != "many-to-many"


def _times(entity: Entity) -> tuple[str, ...] | None:
    """The attributes that say from when to when."""
    starts = [
        each.name for each in entity.attributes if words(each.name)[:1] in (["starts"], ["start"], ["from"], ["begins"])
    ]
    ends = [each.name for each in entity.attributes if words(each.name)[:1] in (["ends"], ["end"], ["to"], ["until"])]
    if starts and ends:
        return starts[0], ends[0]
    period = next((each.name for each in entity.attributes if each.type == "period"), None)
    return (period,) if period else None
