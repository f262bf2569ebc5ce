"""What must hold of names before anything is designed: nothing collides, nothing points to nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.design.brief import everyday
from dbarchitect.design.brief.place import attribute_key, entity_key, suggestion
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements
from dbarchitect.errors import InputError
from dbarchitect.model.names import plural, snake
from dbarchitect.model.origin import Origin

MANAGED = ("id", "created at", "updated at", "deleted at")
"""What every table has without being asked."""


def check(requirements: Requirements) -> None:
    """Check the names of a brief against each other.

    Args:
        requirements: with relationships merged (`relationships.merged`).

    Raises:
        InputError: two names collide after casing, a name is none, or a relationship, tenant, enumeration, rule, way of
            access or dependency refers to nothing; with the place and the nearest right name.
    """
    entities = _entities(requirements)
    _tenant(requirements, entities)
    _enumerations(requirements)
    for relationship in requirements.relationships:
        for end in (relationship.child, relationship.parent):
            if entity_key(end) not in entities:
                known = [entity.name for entity in requirements.entities]
                hint = suggestion(end, known, f"Entities: {', '.join(known[:12])}.")
                raise _wrong(f"a relationship refers to {end!r}, which is no entity", relationship.origin, hint)
    references = _references(requirements)
    for entity in requirements.entities:
        _attributes(entity, references.get(entity_key(entity.name), []))
        _fields(entity, references.get(entity_key(entity.name), []), requirements.tenant)


def _wrong(message: str, origin: Origin | None, hint: str | None = None) -> InputError:
    place = str(origin.span) if origin is not None and origin.span is not None else None
    return InputError(message, hint=hint, place=place)


def _entities(requirements: Requirements) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for entity in requirements.entities:
        _nameable(entity.name, "entity", entity.origin)
        key = entity_key(entity.name)
        other = found.get(key)
        if other is not None:
            message = f"the entities {other.name!r} and {entity.name!r} would be one table, {plural(key)}"
            raise _wrong(message, entity.origin, "Rename one of them, or make one entity of the two.")
        found[key] = entity
    for relationship in requirements.relationships:
        link = entity_key(relationship.name) if relationship.name else ""
        if relationship.cardinality == "many-to-many" and link in found:
            message = f"the link {relationship.name!r} has the name of an entity"
            first, second, name = relationship.child, relationship.parent, relationship.name
            hint = f"Relate the entity to both: {name} belongs to {first}, {name} belongs to {second}."
            raise _wrong(message, relationship.origin, hint)
    return found


def _nameable(name: str, what: str, origin: Origin | None) -> None:
    if not snake(name):
        raise _wrong(f"{name[:40]!r} is no name for an {what}: it holds no letter, digit or symbol", origin)


def _tenant(requirements: Requirements, entities: dict[str, Entity]) -> None:
    if not requirements.tenant or entity_key(requirements.tenant) in entities:
        return
    known = [entity.name for entity in requirements.entities]
    hint = suggestion(
        requirements.tenant, known, f"Declare it under `entities:`: `{requirements.tenant}: name required`."
    )
    raise InputError(f"the tenant {requirements.tenant!r} is no entity", hint=hint)


def _enumerations(requirements: Requirements) -> None:
    known: dict[str, str] = {}
    for enumeration in requirements.enumerations:
        key = everyday.fold(enumeration.name)
        if key in known:
            message = f"the enumerations {known[key]!r} and {enumeration.name!r} would be one type"
            raise _wrong(message, enumeration.origin, "Rename one of them.")
        known[key] = enumeration.name
    for owner, attribute in _all_attributes(requirements):
        if attribute.enumeration and everyday.fold(attribute.enumeration) not in known:
            message = f"{owner}, attribute {attribute.name!r}: there is no enumeration {attribute.enumeration!r}"
            hint = suggestion(attribute.enumeration, known.values(), "Declare it under `enumerations:`.")
            raise _wrong(message, attribute.origin, hint)


def _all_attributes(requirements: Requirements) -> Iterable[tuple[str, Attribute]]:
    for entity in requirements.entities:
        for attribute in entity.attributes:
            yield f"entity {entity.name!r}", attribute
    for relationship in requirements.relationships:
        for attribute in relationship.attributes:
            yield f"{relationship.child!r} with {relationship.parent!r}", attribute


def reference(relationship: Relationship) -> str:
    """What the child calls the parent: the role, or the parent's name."""
    return relationship.role or relationship.parent


def _references(requirements: Requirements) -> dict[str, list[Relationship]]:
    """The relationships that give an entity a foreign key, by the entity."""
    found: dict[str, list[Relationship]] = {}
    for relationship in requirements.relationships:
        if relationship.cardinality != "many-to-many":
            found.setdefault(entity_key(relationship.child), []).append(relationship)
    return found


def _attributes(entity: Entity, references: list[Relationship]) -> None:
    columns: dict[str, str] = {}
    for relationship in references:
        name = reference(relationship)
        column = f"{entity_key(name)}_id"
        if column in columns:
            message = f"{entity.name!r} has two references called {name!r}"
            raise _wrong(
                message, relationship.origin, "Give each a role: `order belongs to address as billing address`."
            )
        columns[column] = f"the reference to {relationship.parent!r}"
    for attribute in entity.attributes:
        _nameable(attribute.name, "attribute", attribute.origin)
        key = attribute_key(attribute.name)
        if key in columns:
            message = (
                f"entity {entity.name!r}: the attribute {attribute.name!r} would be the same column as {columns[key]}"
            )
            raise _wrong(message, attribute.origin, "Remove or rename it.")
        columns[key] = f"the attribute {attribute.name!r}"


def _fields(entity: Entity, references: list[Relationship], tenant: str) -> None:
    names = [attribute.name for attribute in entity.attributes]
    names.extend(reference(relationship) for relationship in references)
    known = {attribute_key(name) for name in (*names, *MANAGED, "tenant", tenant)} | {
        entity_key(name) for name in names
    }
    known |= {f"{entity_key(reference(relationship))}_id" for relationship in references}
    for what, fields, origin in _mentions(entity):
        for field in fields:
            name = field.removeprefix("-") if what == "access" else field
            if attribute_key(name) not in known:
                message = f"entity {entity.name!r}, {what}: there is no attribute or reference {name[:60]!r}"
                raise _wrong(message, origin, suggestion(name, names, f"Known: {', '.join(names[:20]) or 'none'}."))


def _mentions(entity: Entity) -> Iterable[tuple[str, tuple[str, ...], Origin | None]]:
    for rule in entity.rules:
        yield f"rule {rule.kind!r}", rule.fields, rule.origin
    for need in entity.access:
        yield "access", (*need.by, *need.order, *need.returning, *need.ranges), need.origin
    for dependency in entity.dependencies:
        yield "dependency", (*dependency.determinant, *dependency.dependent), dependency.origin
