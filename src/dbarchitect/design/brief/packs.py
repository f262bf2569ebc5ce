"""Domain packs: what a shop, a blog or a sign-in usually keeps, as data under `design/archetypes/`.

A pack is a brief file with a head: what it is called, which requests ask for all of it, what belongs to the core of
each entity, and what else people call its entities. What a pack adds is labelled as assumed (`Origin.kind ==
'pattern'`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from dbarchitect.design.brief.document import Node, parse
from dbarchitect.design.brief.place import Text, attribute_key, entity_key
from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements, Rule
from dbarchitect.design.brief.validate import reference
from dbarchitect.design.brief.values import Values
from dbarchitect.design.brief.yaml_reader import TOP, read_tree
from dbarchitect.model.origin import Origin
from dbarchitect.records import dataclass

FOLDER = Path(__file__).parent.parent / "archetypes"
_GENERIC = frozenset(
    ("item", "member", "label", "topic", "shop", "reply", "article", "story", "purchase", "transaction", "vendor",
     "author", "writer", "editor", "blogger", "keyword", "good", "verification", "credential")
)  # fmt: skip
HEAD = ("pack", "about", "asked", "borrows", "core", "synonyms")


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack.

    Args:
        name: of the pack.
        about: one sentence.
        asked: requests that ask for all of it.
        core: for an entity, what belongs to a schema for it.
        synonyms: other names of its entities, by `entity_key`, to the entity's own key.
        requirements: its entities and how they belong together.
        lent: the packs that entities come from when it is not this one, by `entity_key`.
        entities: its entities by `entity_key`.
    """

    name: str
    about: str
    asked: tuple[str, ...]
    core: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, str]
    requirements: Requirements
    lent: Mapping[str, str]
    entities: Mapping[str, Entity]

    def home(self, key: str) -> str:
        """The pack that an entity comes from."""
        return self.lent.get(self.synonyms.get(key, key), self.name)

    def entity(self, key: str) -> Entity | None:
        """The entity of that key or synonym."""
        return self.entities.get(self.synonyms.get(key, key))


@cache
def names() -> tuple[str, ...]:
    """The names of all packs."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def pack(name: str) -> Pack:
    """The pack of that name.

    Raises:
        InputError: its file is wrong (a test reads every one).
    """
    path = FOLDER / f"{name}.yaml"
    return _PackReader(Text(path.read_text(encoding="utf-8"), f"{name}.yaml")).read()


def packs() -> tuple[Pack, ...]:
    """All packs."""
    return tuple(pack(name) for name in names())


def find(key: str) -> tuple[Pack, Entity] | None:
    """The pack that knows an entity: by its own name in its own pack, else by a synonym that means nothing else."""
    own = [(found, found.entity(key)) for found in packs() if key not in found.synonyms and key not in found.lent]
    other = [(found, found.entity(key)) for found in packs() if not _generic(key)]
    return next(((found, entity) for found, entity in (*own, *other) if entity is not None), None)


class _PackReader(Values):
    def read(self) -> Pack:
        root = parse(self.source)
        top = self.keyed(root, "the pack", (*HEAD, *TOP))
        name = self.text(top["pack"], "pack")
        borrowed: dict[str, Entity] = {}
        for other, wanted in self._lists(top.get("borrows")).items():
            for key in map(entity_key, wanted):
                entity = pack(other).entity(key)
                if entity is None:
                    raise self.wrong(top["borrows"], f"the pack {other!r} has no entity {key!r}")
                borrowed[key] = entity
        head = {id(top[key]) for key in HEAD if key in top}
        body = replace_pairs(root, [pair for pair in root.pairs if id(pair[1]) not in head])
        requirements = read_tree(self.source, body)
        entities = tuple(borrowed.get(entity_key(entity.name), entity) for entity in requirements.entities)
        synonyms = {
            entity_key(synonym): entity_key(entity)
            for entity, listed in self._lists(top.get("synonyms")).items()
            for synonym in listed
        }
        return Pack(
            name,
            self.text(top["about"], "about"),
            self.names(top["asked"], "asked"),
            {
                entity_key(entity): tuple(map(entity_key, listed))
                for entity, listed in self._lists(top.get("core")).items()
            },
            synonyms,
            replace(requirements, entities=entities),
            {
                key: other
                for other, wanted in self._lists(top.get("borrows")).items()
                for key in map(entity_key, wanted)
            },
            {entity_key(entity.name): entity for entity in entities},
        )

    def _lists(self, node: Node | None) -> dict[str, tuple[str, ...]]:
        if node is None:
            return {}
        return {key.text: self.names(value, key.text) for key, value in self.mapping(node, "the pack")}


def replace_pairs(node: Node, pairs: list[tuple[Node, Node]]) -> Node:
    """The mapping with other pairs."""
    return Node("mapping", node.start, node.end, pairs=pairs)


def whole(chosen: Pack, said: Origin | None) -> Requirements:
    """Everything of a pack, each element labelled as assumed.

    Args:
        chosen: the pack.
        said: the words that asked for it.
    """
    given = chosen.requirements
    entities = tuple(brought(entity, chosen.home(entity_key(entity.name)), said) for entity in given.entities)
    relationships = tuple(_assumed(relationship, chosen.name) for relationship in given.relationships)
    return replace(given, entities=entities, relationships=relationships)


def single(found: Requirements) -> Requirements:
    """The requirements of a pack without its tenants and what only ties something to them."""
    own = entity_key(found.tenant)
    gone = {own} | {
        entity_key(each.child) for each in found.relationships if entity_key(each.parent) == own and each.required
    }
    entities = tuple(entity for entity in found.entities if entity_key(entity.name) not in gone)
    relationships = tuple(
        each for each in found.relationships if not gone & {entity_key(each.child), entity_key(each.parent)}
    )
    return replace(found, entities=entities, relationships=relationships, tenant="")


def _why(name: str, said: Origin | None) -> Origin:
    return Origin("pattern", name, said.span if said else None)


def brought(entity: Entity, name: str, said: Origin | None = None) -> Entity:
    """An entity that the pack `name` brings, labelled so.

    Args:
        entity: of the pack.
        name: of the pack.
        said: the words that asked for it.
    """
    return replace(labelled(entity, name), pattern=name, origin=_why(name, said))


def labelled(entity: Entity, name: str) -> Entity:
    """An entity whose parts all say that the pack brought them."""
    why = Origin("pattern", name)
    return replace(
        entity,
        attributes=tuple(_attribute(attribute, why) for attribute in entity.attributes),
        rules=tuple(replace(rule, origin=why) for rule in entity.rules),
        access=tuple(replace(need, origin=why) for need in entity.access),
        dependencies=tuple(replace(dependency, origin=why) for dependency in entity.dependencies),
    )


def _attribute(attribute: Attribute, why: Origin) -> Attribute:
    return replace(attribute, origin=why)


def _assumed(relationship: Relationship, name: str) -> Relationship:
    why = Origin("pattern", name)
    attributes = tuple(_attribute(attribute, why) for attribute in relationship.attributes)
    return replace(relationship, attributes=attributes, origin=why)


@dataclass(frozen=True, slots=True)
class Known:
    """An entity of the user that a pack knows: its name in the brief, the pack, and the pack's own entity."""

    name: str
    pack: Pack
    entity: Entity


def complete(given: Requirements, *, relate: bool = True) -> Requirements:
    """Fill in what packs know about the entities of a brief that says little about them.

    An entity without attributes gets the pack's; two entities of one pack that the brief does not relate get the pack's
    relationship. What the brief says stands.

    Args:
        given: what was read.
        relate: add relationships too.
    """
    if relate:
        given = _bridged(given)
    known = _known(given)
    relationships = [*given.relationships, *(_between(given, known) if relate else ())]
    enumerations = {enumeration.name: enumeration for enumeration in given.enumerations}
    entities: list[Entity] = []
    for entity in given.entities:
        match = known.get(entity_key(entity.name))
        bare = not entity.attributes or bool(entity.pattern)
        filled = _filled(entity, match, relationships, given.tenant) if match and bare else entity
        if match is not None:
            used = {attribute.enumeration for attribute in filled.attributes}
            for shared in match.pack.requirements.enumerations:
                if shared.name in used:
                    enumerations.setdefault(shared.name, replace(shared, origin=Origin("pattern", match.pack.name)))
        entities.append(filled)
    found = replace(given, entities=tuple(entities), relationships=tuple(relationships))
    return replace(found, enumerations=tuple(enumerations.values()))


def _bridged(given: Requirements) -> Requirements:
    """Orders and products meet in order items: a pair that a pack ties by an entity of its own gets that entity."""
    known = _known(given)
    taken = {(each.pack.name, entity_key(each.entity.name)): each for each in known.values()}
    for chosen in packs():
        for bridge in chosen.requirements.entities:
            key = entity_key(bridge.name)
            parents = [
                each for each in chosen.requirements.relationships if entity_key(each.child) == key and each.required
            ]
            ends = [taken.get((chosen.name, entity_key(each.parent))) for each in parents]
            if (
                len(ends) < 2
                or (chosen.name, key) in taken
                or key in {entity_key(each.name) for each in given.entities}
            ):
                continue
            first, second = ends[0], ends[1]
            if first is not None and second is not None and len(ends) == 2:
                given = _bridge(given, chosen, bridge, (first.name, second.name))
    return given


def _keys(given: Requirements) -> list[str]:
    return [entity_key(entity.name) for entity in given.entities]


def _bridge(given: Requirements, chosen: Pack, bridge: Entity, pair: tuple[str, str]) -> Requirements:
    keys = {entity_key(name) for name in pair}
    between = [each for each in given.relationships if {entity_key(each.child), entity_key(each.parent)} == keys]
    parents = [
        {entity_key(each.parent) for each in given.relationships if entity_key(each.child) == key}
        for key in _keys(given)
    ]
    if any(keys <= each for each in parents):
        return given
    if any(each.cardinality != "many-to-many" or each.name or each.attributes for each in between):
        return given
    entity = brought(bridge, chosen.home(entity_key(bridge.name)))
    kept = tuple(each for each in given.relationships if each not in between)
    note = f"{pair[0]} and {pair[1]} are tied by {bridge.name}, as in the pack {chosen.name}."
    return replace(
        given, entities=(*given.entities, entity), relationships=kept, assumptions=(*given.assumptions, note)
    )


def _known(given: Requirements) -> dict[str, Known]:
    """The pack's entity for each of the brief's; a pack that knows more of them wins, and no entity is taken twice."""
    keys = {entity_key(entity.name): entity.name for entity in given.entities}
    ranked = sorted(packs(), key=lambda each: (-sum(each.entity(key) is not None for key in keys), each.name))
    found: dict[str, Known] = {}
    taken: set[str] = set()
    for by_name in (True, False):
        for chosen in ranked:
            for key, name in keys.items():
                entity = chosen.entity(key) if (key not in chosen.synonyms) == by_name else None
                if entity is None or key in found or entity_key(entity.name) in taken:
                    continue
                if not by_name and _generic(key) and not _company(chosen, entity, keys):
                    continue
                found[key] = Known(name, chosen, entity)
                taken.add(entity_key(entity.name))
    return found


def _generic(key: str) -> bool:
    """Words that mean a pack's entity only beside its owner: an item of an order, a member of an organization."""
    return key in _GENERIC


def _company(chosen: Pack, entity: Entity, keys: Mapping[str, str]) -> bool:
    own = entity_key(entity.name)
    parents = {
        entity_key(relationship.parent if entity_key(relationship.child) == own else relationship.child)
        for relationship in chosen.requirements.relationships
        if own in (entity_key(relationship.child), entity_key(relationship.parent))
    }
    return bool(parents & set(keys))


def _between(given: Requirements, known: Mapping[str, Known]) -> list[Relationship]:
    """The packs' relationships between entities that the brief leaves unrelated."""
    related = {frozenset((entity_key(each.child), entity_key(each.parent))) for each in given.relationships}
    said = {entity_key(entity.name): entity for entity in given.entities}
    by_own = {(each.pack.name, entity_key(each.entity.name)): each.name for each in known.values()}
    by_entity = {entity_key(each.entity.name): each.name for each in known.values()}
    found: list[Relationship] = []
    for chosen in packs():
        for relationship in chosen.requirements.relationships:
            ends = [entity_key(relationship.child), entity_key(relationship.parent)]
            named = [by_own.get((chosen.name, end)) or by_entity.get(end) for end in ends]
            child, parent = named
            if (
                child is None
                or parent is None
                or ends[0] == ends[1]
                or not any((chosen.name, end) in by_own for end in ends)
            ):
                continue
            taken = {attribute_key(each.name) for each in said[entity_key(child)].attributes}
            if f"{entity_key(reference(relationship))}_id" in taken:
                continue
            if frozenset((entity_key(child), entity_key(parent))) not in related:
                found.append(replace(_assumed(relationship, chosen.name), child=child, parent=parent))
    return found


def _filled(entity: Entity, match: Known, relationships: list[Relationship], tenant: str) -> Entity:
    pattern = labelled(match.entity, match.pack.home(entity_key(match.entity.name)))
    own = entity_key(entity.name)
    names = {attribute.name for attribute in pattern.attributes} | {"created at", "updated at", "deleted at"}
    names |= {reference(each) for each in relationships if entity_key(each.child) == own}
    renamed = {entity_key(each): each for each in names}

    def there(fields: tuple[str, ...]) -> bool:
        return all(field.removeprefix("-") in names or entity_key(field) in renamed for field in fields)

    rules: tuple[Rule, ...] = tuple(rule for rule in pattern.rules if there(rule.fields))
    said = {each.kind for each in entity.rules}
    access = tuple(need for need in pattern.access if there((*need.by, *need.order, *need.returning, *need.ranges)))
    return replace(
        entity,
        description=entity.description or pattern.description,
        attributes=pattern.attributes,
        rules=rules if entity.pattern else (*entity.rules, *(each for each in rules if each.kind not in said)),
        access=access if entity.pattern else (*entity.access, *access),
        dependencies=entity.dependencies or pattern.dependencies,
        tenant=pattern.tenant if entity.tenant is None and tenant else entity.tenant,
        lookup=entity.lookup or pattern.lookup,
    )
