"""The one door for briefs: a text in any of the three forms to `Requirements`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from dbarchitect.design.brief import yaml_reader
from dbarchitect.design.brief.place import attribute_key, entity_key
from dbarchitect.design.brief.relationships import merged
from dbarchitect.design.brief.requirements import Entity, Relationship, Requirements
from dbarchitect.design.brief.validate import MANAGED, check
from dbarchitect.errors import InputError

Form = Literal["yaml", "words", "compact", "auto"]
LONGEST = {"yaml": 2_000_000, "words": 100_000, "compact": 100_000}
"""Code points; 300 entities are about 100,000 in a file, and nobody writes 100,000 in sentences."""


def read(text: str, *, name: str, form: Form = "auto") -> Requirements:
    """Read a brief.

    Args:
        text: the brief.
        name: how errors name it: the path of a file, or `the words`.
        form: how it is written; `auto` finds out by the suffix of the name and the text.

    Raises:
        InputError: it cannot be read; with the place, the nearest right thing and the next step.
    """
    text = text.removeprefix("\ufeff")
    if form == "auto":
        form = guess(text, name)
    if len(text) > LONGEST[form]:
        hint = (
            "A brief says what is stored, the data itself stays outside; a large brief is best written as brief.yaml."
        )
        raise InputError(f"a brief in this form has at most {LONGEST[form]:,} characters", hint=hint, place=name)
    if form == "yaml":
        found = yaml_reader.read_yaml(text, name)
    elif form == "compact":
        from dbarchitect.design.brief import compact, packs

        found = packs.complete(compact.read_compact(text, name), relate=False)
    else:
        from dbarchitect.design.brief.words.reader import read_words

        found = read_words(text, name)
    settled = settle(found)
    check(settled)
    return settled


def settle(found: Requirements) -> Requirements:
    """Say everything once: relationships from both sides become one, columns that every table has are no attributes.

    Raises:
        InputError: relationships contradict each other.
    """
    entities = tuple(_without_managed(entity) for entity in found.entities)
    dropped = sorted(
        {name for before, after in zip(found.entities, entities, strict=True) for name in _gone(before, after)}
    )
    assumptions = found.assumptions
    if dropped:
        note = f"Every table has {', '.join(MANAGED)}, so these were not added again: {', '.join(dropped)}."
        assumptions = (*assumptions, note)
    relationships = merged(_through(found))
    return replace(found, entities=entities, relationships=relationships, assumptions=assumptions)


def _through(found: Requirements) -> list[Relationship]:
    """`A has many B through C`, where C is an entity of the brief: C belongs to both."""
    entities = {entity_key(entity.name): entity.name for entity in found.entities}
    relationships: list[Relationship] = []
    for each in found.relationships:
        link = entities.get(entity_key(each.name)) if each.name and each.cardinality == "many-to-many" else None
        if link is None or each.attributes:
            relationships.append(each)
        else:
            ends = dict.fromkeys((each.child, each.parent))
            relationships.extend(Relationship(link, end, origin=each.origin, reason=each.reason) for end in ends)
    return relationships


def _without_managed(entity: Entity) -> Entity:
    own = {attribute_key(name) for name in MANAGED} | {f"{attribute_key(entity.name)}_id"}
    kept = tuple(attribute for attribute in entity.attributes if attribute_key(attribute.name) not in own)
    return entity if len(kept) == len(entity.attributes) else replace(entity, attributes=kept)


def _gone(before: Entity, after: Entity) -> list[str]:
    return [f"{before.name}'s {attribute.name}" for attribute in before.attributes if attribute not in after.attributes]


def guess(text: str, name: str) -> Literal["yaml", "words", "compact"]:
    """The form that a text is written in."""
    if name.lower().endswith((".yaml", ".yml", ".json")) or yaml_reader.is_yaml(text):
        return "yaml"
    from dbarchitect.design.brief import compact

    return "compact" if compact.is_compact(text) else "words"
