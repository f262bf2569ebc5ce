"""Requirements made complete before anything is drawn: every entity exists, every reference is a relationship, every
link is known as one, and nothing is said twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from dbarchitect.design.blueprint import fold, fold_field
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements
from dbarchitect.design.links import take_links
from dbarchitect.design.prepared import Note, Prepared
from dbarchitect.design.wordlist import wordlist
from dbarchitect.model.decision import Problem
from dbarchitect.model.names import words
from dbarchitect.model.origin import Origin

T = TypeVar("T")

_NAMELESS = wordlist(
    """order item line payment invoice booking reservation shipment log event entry transaction membership
    enrollment enrolment review message comment session vote like follow follower refund delivery visit
    appointment reading measurement record detail assignment attempt answer reaction notification token key
    request response subscription movement posting rating return cart wishlist loan rental transfer attendance
    participant application bid view click job run audit history"""
)


def prepare(requirements: Requirements) -> Prepared:
    """Complete the requirements; what they contradict becomes problems."""
    state = Prepared(requirements)
    entities = _merged(requirements.entities)
    relationships = list(requirements.relationships)
    _lookups(state, entities, relationships)
    _mentioned(requirements, entities, relationships)
    relationships = _from_attributes(state, entities, relationships)
    relationships = _said_once(state, relationships)
    relationships = take_links(state, entities, relationships)
    _exclusive(state, entities, relationships)
    _scheduled(entities)
    _names(state, entities, relationships)
    state.requirements = replace(requirements, entities=tuple(entities.values()), relationships=tuple(relationships))
    return state


def _merged(entities: tuple[Entity, ...]) -> dict[str, Entity]:
    """Entities by folded name; what a pack and the words both describe is one."""
    merged: dict[str, Entity] = {}
    for entity in entities:
        key = fold(entity.name)
        if key not in merged:
            merged[key] = entity
            continue
        first = merged[key]
        known = {fold_field(attribute.name) for attribute in first.attributes}
        more = tuple(a for a in entity.attributes if fold_field(a.name) not in known)
        merged[key] = replace(
            first,
            description=first.description or entity.description,
            attributes=first.attributes + more,
            rules=_union(first.rules, entity.rules),
            access=_union(first.access, entity.access),
            dependencies=_union(first.dependencies, entity.dependencies),
            tenant=entity.tenant if first.tenant is None else first.tenant,
            soft_delete=entity.soft_delete if first.soft_delete is None else first.soft_delete,
            lookup=first.lookup or entity.lookup,
            rows=first.rows if first.rows is not None else entity.rows,
        )
    return merged


def _union(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    return first + tuple(item for item in second if item not in first)


def _lookups(state: Prepared, entities: dict[str, Entity], relationships: list[Relationship]) -> None:
    """Enumerations that change often become tables, and attributes of them references."""
    often = {fold(item.name): item for item in state.requirements.enumerations if item.changes == "often"}
    for key, item in often.items():
        state.lookup_values[key] = item.values
        if key not in entities:
            entities[key] = Entity(item.name, item.description, lookup=True, origin=item.origin)
    for owner, entity in list(entities.items()):
        kept = []
        for attribute in entity.attributes:
            if fold(attribute.enumeration) not in often or not attribute.enumeration:
                kept.append(attribute)
                continue
            role = "" if fold(attribute.name) == fold(attribute.enumeration) else attribute.name
            relationships.append(
                Relationship(entity.name, attribute.enumeration, required=attribute.required is not False, role=role,
                             owned=False, on_delete="restrict", origin=attribute.origin)
            )  # fmt: skip
            if attribute.default is not None:
                state.notes.append(
                    Note(
                        owner,
                        f"{attribute.name} has no default in the database",
                        f"{attribute.enumeration} is a table; the application looks up the row {attribute.default!r}.",
                        origin=attribute.origin,
                    )
                )
        entities[owner] = replace(entity, attributes=tuple(kept))


def _mentioned(requirements: Requirements, entities: dict[str, Entity], relationships: list[Relationship]) -> None:
    """Entities that only relationships speak of, and the tenant."""
    for relationship in relationships:
        for name in (relationship.child, relationship.parent):
            entities.setdefault(fold(name), Entity(name, origin=relationship.origin))
    if requirements.tenant:
        entities.setdefault(fold(requirements.tenant), Entity(requirements.tenant))


def _from_attributes(
    state: Prepared, entities: dict[str, Entity], relationships: list[Relationship]
) -> list[Relationship]:
    """`customer id`, or `customer` without a type, is a reference when there are customers."""
    result = list(relationships)
    for owner, entity in list(entities.items()):
        kept = []
        for attribute in entity.attributes:
            target = _target(attribute, owner, entities)
            if target is None:
                kept.append(attribute)
                continue
            if not _is_said(attribute, owner, result):
                result.append(
                    Relationship(entity.name, entities[target].name, required=attribute.required,
                                 cardinality="one-to-one" if attribute.unique else "many-to-one",
                                 reason=attribute.description, origin=attribute.origin)
                )  # fmt: skip
                state.notes.append(
                    Note(
                        owner,
                        f"`{attribute.name}` is a reference to {entities[target].name}",
                        f"There is an entity of that name; a copied {attribute.name} could name one that does not "
                        "exist.",
                        origin=attribute.origin,
                    )
                )
        entities[owner] = replace(entity, attributes=tuple(kept))
    return result


def _is_said(attribute: Attribute, owner: str, relationships: list[Relationship]) -> bool:
    """Whether a relationship says what the attribute says."""
    role = fold(fold_field(attribute.name).removesuffix("_id"))
    return any(
        fold(r.child) == owner and fold(r.role or r.parent) == role and r.cardinality != "many-to-many"
        for r in relationships
    )


def _target(attribute: Attribute, owner: str, entities: dict[str, Entity]) -> str | None:
    key = fold_field(attribute.name)
    stem = fold(key.removesuffix("_id"))
    if stem not in entities or stem == owner or attribute.array or attribute.values or attribute.enumeration:
        return None
    if key.endswith("_id"):
        return stem if attribute.type in ("", "uuid", "integer", "bigint", "code", "number") else None
    return stem if not attribute.type and key == stem else None


def _said_once(state: Prepared, relationships: list[Relationship]) -> list[Relationship]:
    """Relationships without repetition: "a customer has many orders" and "an order belongs to a customer" are one."""
    found: dict[tuple[str, ...], Relationship] = {}
    for relationship in relationships:
        child, parent = fold(relationship.child), fold(relationship.parent)
        many = relationship.cardinality == "many-to-many"
        pair = sorted((child, parent)) if many else [child, parent]
        key = ("n:m" if many else "n:1", *pair, fold(relationship.role), fold(relationship.name))
        first = found.get(key)
        if first is None:
            found[key] = relationship
            continue
        if first.cardinality != relationship.cardinality:
            state.problems.append(
                Problem("error", f"{relationship.child} and {relationship.parent} are both {first.cardinality} and "
                        f"{relationship.cardinality}; say which, or give one of them a role",
                        relationship.origin.span if relationship.origin else None)
            )  # fmt: skip
        if first.required is not None and relationship.required not in (None, first.required):
            state.problems.append(
                Problem("error", f"{relationship.child} both needs and may lack a {relationship.parent}; say which",
                        relationship.origin.span if relationship.origin else None)
            )  # fmt: skip
        found[key] = replace(
            first,
            required=relationship.required if first.required is None else first.required,
            owned=relationship.owned if first.owned is None else first.owned,
            on_delete=first.on_delete or relationship.on_delete,
            attributes=first.attributes + tuple(a for a in relationship.attributes if a not in first.attributes),
            reason=first.reason or relationship.reason,
        )
    return list(found.values())


def _exclusive(state: Prepared, entities: dict[str, Entity], relationships: list[Relationship]) -> None:
    """What exactly one of several fields holds, each of them may lack."""
    for owner, entity in entities.items():
        for rule in entity.rules:
            if rule.kind != "exactly one of":
                continue
            fields = {fold_field(name) for name in rule.fields} | {fold(name) for name in rule.fields}
            for place, relationship in enumerate(relationships):
                names = {fold(relationship.role or relationship.parent)}
                if fold(relationship.child) == owner and names & fields:
                    _must_be_optional(state, entity, relationship.role or relationship.parent, relationship.required,
                                      relationship.origin)  # fmt: skip
                    relationships[place] = replace(relationship, required=False)
            changed = []
            for attribute in entity.attributes:
                if fold_field(attribute.name) in fields:
                    _must_be_optional(state, entity, attribute.name, attribute.required, attribute.origin)
                    attribute = replace(attribute, required=False)
                changed.append(attribute)
            entity = replace(entity, attributes=tuple(changed))
        entities[owner] = entity


def _scheduled(entities: dict[str, Entity]) -> None:
    """What may not overlap has a beginning and an end."""
    for owner, entity in entities.items():
        times = {fold_field(name) for rule in entity.rules if rule.kind == "no overlap" for name in rule.fields}
        if times:
            changed = tuple(
                replace(a, required=True) if fold_field(a.name) in times and a.required is None else a
                for a in entity.attributes
            )
            entities[owner] = replace(entity, attributes=changed)


def _must_be_optional(state: Prepared, entity: Entity, name: str, required: bool | None, origin: Origin | None) -> None:
    if required:
        state.problems.append(
            Problem("error", f"{entity.name}.{name} is required and at the same time one of several of which exactly "
                             "one "
                    "is given", origin.span if origin else None)
        )  # fmt: skip


def _names(state: Prepared, entities: dict[str, Entity], relationships: list[Relationship]) -> None:
    """A thing that nothing is known of gets a name, so that people can tell two of them apart."""
    for key, entity in entities.items():
        if entity.attributes or entity.lookup or words(entity.name)[-1:] == []:
            continue
        parents = {fold(r.parent) for r in relationships if fold(r.child) == key}
        last = fold(words(entity.name)[-1])
        if last in _NAMELESS or len(parents - {fold(state.requirements.tenant)}) > 1:
            continue
        entities[key] = replace(entity, attributes=(Attribute("name", "name", required=True),))
        state.notes.append(
            Note(
                key,
                f"{entity.name} has a name",
                "The brief gives it no attribute; people need something to tell two apart.",
                origin=entity.origin,
            )
        )
