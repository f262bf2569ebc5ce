"""Many-to-many relationships: which become a plain link of two tables, and which an entity with a key of its own."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.design.blueprint import fold, fold_field
from dbarchitect.design.brief.requirements import Entity, Relationship, Rule
from dbarchitect.design.prepared import Junction, Note, Prepared


def take_links(state: Prepared, entities: dict[str, Entity], relationships: list[Relationship]) -> list[Relationship]:
    """Take many-to-many relationships out; a link that others refer to becomes an entity with two references."""
    plain = [r for r in relationships if r.cardinality != "many-to-many"]
    referred = {fold(r.parent) for r in plain} | {
        fold(name) for r in relationships if r.cardinality == "many-to-many" for name in (r.child, r.parent)
    }
    for relationship in relationships:
        if relationship.cardinality != "many-to-many":
            continue
        key = fold(relationship.name) if relationship.name else ""
        described = entities.get(key) if key else None
        link = described or Entity(_link_name(relationship), relationship.reason, origin=relationship.origin)
        known = {fold_field(a.name) for a in link.attributes}
        more = tuple(a for a in relationship.attributes if fold_field(a.name) not in known)
        link = replace(link, attributes=link.attributes + more)
        if key and (key in referred or any(fold(r.child) == key for r in plain)):
            entities[key] = _as_entity(link, relationship)
            plain += _two_references(link, relationship)
            state.notes.append(
                Note(
                    key,
                    f"{link.name} has a key of its own",
                    "Other tables refer to it or it refers "
                    "to more than two; one "
                    "column is a better reference than two.",
                    origin=relationship.origin,
                )
            )
            continue
        entities.pop(key, None)
        state.junctions.append(Junction(link, relationship, bool(relationship.name)))
    return plain


def _link_name(relationship: Relationship) -> str:
    if relationship.name:
        return relationship.name
    left, right = fold(relationship.child), fold(relationship.role or relationship.parent)
    return f"{left} {right}".replace("_", " ")


def _as_entity(link: Entity, relationship: Relationship) -> Entity:
    pair = Rule("unique", (relationship.child, relationship.role or relationship.parent), origin=relationship.origin)
    return replace(link, rules=(*link.rules, pair) if pair not in link.rules else link.rules)


def _two_references(link: Entity, relationship: Relationship) -> list[Relationship]:
    return [
        Relationship(link.name, relationship.child, required=True, owned=True, origin=relationship.origin),
        Relationship(link.name, relationship.parent, required=True, owned=True, role=relationship.role,
                     origin=relationship.origin),
    ]  # fmt: skip
