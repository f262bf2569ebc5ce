"""Relationships that say the same from both sides become one; what contradicts itself is an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.requirements import Relationship
from dbarchitect.errors import InputError


def merged(relationships: Iterable[Relationship]) -> tuple[Relationship, ...]:
    """Every relationship once, in order.

    `customer has many orders` and `order belongs to customer` are one, and many-to-many is whichever side it is read
    from.

    Raises:
        InputError: two of them give one pair of entities different cardinalities or different fates.
    """
    found: dict[tuple[str, ...], Relationship] = {}
    for relationship in relationships:
        key = _key(relationship)
        swapped = (key[1], key[0], key[2])
        if relationship.cardinality == "many-to-many" and key not in found and swapped in found:
            key = swapped
        other = found.get(key)
        found[key] = relationship if other is None else _both(other, relationship)
    for key, relationship in found.items():
        if relationship.cardinality != "many-to-many" or key[0] == key[1]:
            continue
        for pair in ((key[0], key[1], ""), (key[1], key[0], "")):
            other = found.get(pair)
            if other is not None and other is not relationship and not key[2] and not relationship.name:
                raise _contradiction(other, relationship)
    return tuple(found.values())


def _key(relationship: Relationship) -> tuple[str, ...]:
    role = attribute_key(relationship.role) if relationship.role else ""
    parent = entity_key(relationship.parent)
    if relationship.cardinality == "many-to-many" and relationship.name:
        role = role or f"through {entity_key(relationship.name)}"
    return entity_key(relationship.child), parent, "" if role == parent else role


def _both(first: Relationship, second: Relationship) -> Relationship:
    if first.cardinality != second.cardinality:
        raise _contradiction(first, second)
    changes: dict[str, object] = {}
    for field in ("required", "owned", "on_delete"):
        one, two = getattr(first, field), getattr(second, field)
        if one is not None and two is not None and one != two:
            raise _contradiction(first, second)
        changes[field] = two if one is None else one
    for field in ("reason", "name", "attributes"):
        changes[field] = getattr(first, field) or getattr(second, field)
    return replace(first, **changes)  # type: ignore[arg-type]


def _contradiction(first: Relationship, second: Relationship) -> InputError:
    span = second.origin.span if second.origin else None
    before = first.origin.span if first.origin else None
    where = f" (line {before.start.line})" if before else ""
    message = f"contradiction: {said(second)}, and before {said(first)}{where}"
    hint = "Keep one; two different relationships between the same things need a role each (`as author`)."
    return InputError(message, hint=hint, place=str(span) if span else None)


def said(relationship: Relationship) -> str:
    """A relationship as a sentence."""
    child, parent = relationship.child, relationship.parent
    if relationship.cardinality == "many-to-many":
        text = f"{child!r} and {parent!r} are many-to-many"
    elif relationship.cardinality == "one-to-one":
        text = f"{parent!r} has one {child!r}"
    else:
        text = f"{child!r} belongs to {parent!r}"
    flags = [
        flag for flag, on in (("required", relationship.required), ("optional", relationship.required is False)) if on
    ]
    flags.extend([f"on delete {relationship.on_delete}"] if relationship.on_delete else [])
    return f"{text} ({', '.join(flags)})" if flags else text
