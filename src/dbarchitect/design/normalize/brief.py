"""Dependencies that a brief declares: checked against 3NF, split where they break it, or kept on request."""

from __future__ import annotations

from collections.abc import Iterable

from dbarchitect.design.blueprint import Blueprint, fold, fold_field
from dbarchitect.design.brief.requirements import Dependency, Entity
from dbarchitect.design.columns import key_scope
from dbarchitect.design.normalize.dependency import FD, Universe
from dbarchitect.design.normalize.forms import violations
from dbarchitect.design.normalize.split import Split
from dbarchitect.design.prepared import Declared, Note, Prepared
from dbarchitect.model.names import words
from dbarchitect.records import dataclass

KEY = "id"


@dataclass(frozen=True, slots=True)
class _Said:
    """A declared dependency in fields of the entity."""

    determinant: tuple[str, ...]
    dependent: tuple[str, ...]
    source: Dependency


def normalize(plan: Blueprint, prepared: Prepared) -> Prepared:
    """Check every declared dependency and split what breaks third normal form.

    Args:
        plan: takes problems.
        prepared: complete requirements; the result holds the new entities and relationships.
    """
    for entity in list(prepared.requirements.entities):
        if entity.dependencies:
            current = next(e for e in prepared.requirements.entities if e.name == entity.name)
            _entity(plan, prepared, current)
    for junction in prepared.junctions:
        if junction.entity.dependencies:
            _junction(plan, prepared, junction.entity)
    return prepared


def fields_of(prepared: Prepared, entity: Entity) -> tuple[str, ...]:
    """The attributes and references of an entity under their folded names, the surrogate key first."""
    attributes = [fold_field(attribute.name) for attribute in entity.attributes]
    references = [
        fold(relationship.role or relationship.parent)
        for relationship in prepared.requirements.relationships
        if fold(relationship.child) == fold(entity.name)
    ]
    return tuple(dict.fromkeys((KEY, *references, *(name for name in attributes if name != KEY))))


def _entity(plan: Blueprint, prepared: Prepared, entity: Entity) -> None:
    universe = Universe(fields_of(prepared, entity))
    said = _said(plan, entity, universe)
    kept = [one for one in said if one.source.keep]
    checked = [one for one in said if not one.source.keep]
    keys = _keys(prepared, entity, universe)
    dependencies = [*keys, *(_fd(universe, one) for one in checked)]
    _keep(prepared, entity, universe, dependencies, kept)
    broken = [v for v in violations(universe.all, dependencies) if v.form != "BCNF"]
    if not broken:
        for one in checked:
            prepared.dependencies.append(Declared(fold(entity.name), one.determinant, one.dependent))
        if checked:
            listed = "; ".join(_spell(one.determinant, one.dependent) for one in checked)
            note = Note(
                fold(entity.name), f"{entity.name} is in third normal form",
                f"The declared dependencies ({listed}) start at a key or end in one, so no fact is stored twice.",
                topic="normalization", origin=checked[0].source.origin,
            )  # fmt: skip
            prepared.notes.append(note)
        return
    Split(plan, prepared, entity, universe, dependencies).apply([v.dependency for v in broken])


def _said(plan: Blueprint, entity: Entity, universe: Universe) -> list[_Said]:
    """The declared dependencies in fields; a name that the entity has not becomes a problem."""
    found = []
    for dependency in entity.dependencies:
        sides = []
        for names in (dependency.determinant, dependency.dependent):
            fields = [_field(name, entity, universe) for name in names]
            for name, field in zip(names, fields, strict=True):
                if field is None:
                    listed = ", ".join(known.replace("_", " ") for known in universe.names)
                    plan.problem(f"{entity.name}: the dependency "
                                 f"{_spell(dependency.determinant, dependency.dependent)} "
                                 f"names {name!r}; it has: {listed}", dependency.origin)  # fmt: skip
            sides.append(tuple(field for field in fields if field is not None))
        if len(sides[0]) == len(dependency.determinant) and len(sides[1]) == len(dependency.dependent):
            found.append(_Said(sides[0], sides[1], dependency))
    return found


def _field(name: str, entity: Entity, universe: Universe) -> str | None:
    key = fold_field(name)
    candidates = (key, key.removesuffix("_id"), fold(name), fold(key.removesuffix("_id")))
    for candidate in candidates:
        if candidate in universe.names:
            return candidate
    return KEY if fold(name) in (fold(entity.name), f"{fold(entity.name)}_id") else None


def _fd(universe: Universe, said: _Said) -> FD:
    return FD(universe.mask(said.determinant), universe.mask(said.dependent))


def _keys(prepared: Prepared, entity: Entity, universe: Universe) -> list[FD]:
    """What the surrogate key and unique rules determine: everything."""
    found = [FD(universe.mask([KEY]), universe.all)]
    for attribute in entity.attributes:
        if (attribute.unique and attribute.unique != "parent") or key_scope(attribute):
            found.append(FD(universe.mask([fold_field(attribute.name)]), universe.mask([KEY])))
    for rule in entity.rules:
        if rule.kind == "unique" and rule.scope != "parent":
            fields = [_field(name, entity, universe) for name in rule.fields]
            if fields and all(fields):
                found.append(FD(universe.mask(field for field in fields if field), universe.mask([KEY])))
    for relationship in prepared.requirements.relationships:
        if fold(relationship.child) == fold(entity.name) and relationship.cardinality == "one-to-one":
            field = fold(relationship.role or relationship.parent)
            found.append(FD(universe.mask([field]), universe.mask([KEY])))
    return found


def _keep(
    prepared: Prepared, entity: Entity, universe: Universe, dependencies: list[FD], kept: Iterable[_Said]
) -> None:
    for one in kept:
        broken = [v for v in violations(universe.all, [*dependencies, _fd(universe, one)]) if v.form != "BCNF"]
        spelled = _spell(one.determinant, one.dependent)
        reason = one.source.keep
        prepared.dependencies.append(
            Declared(fold(entity.name), one.determinant, one.dependent, reason if broken else "")
        )
        if broken:
            choice = f"{entity.name} keeps {_names(one.dependent)} although {spelled} ({broken[0].form})"
            because = (
                f"Denormalized on purpose: {reason.rstrip('.')}. The database does not hold the copies together; "
                "whoever "
                f"changes {_names(one.dependent)} in one row changes what the others say."
            )
        else:
            choice = f"{entity.name} needs no exception for {spelled}"
            because = "The left side is a key, so nothing is stored twice and there was nothing to keep."
        other = (f"a table keyed by {_names(one.determinant)}", "each fact once; reading it needs a join")
        prepared.notes.append(
            Note(fold(entity.name), choice, because, (other,) if broken else (), "normalization", one.source.origin)
        )


def _junction(plan: Blueprint, prepared: Prepared, link: Entity) -> None:
    """A link may only have facts about the pair: a fact about one side belongs there."""
    junction = next(j for j in prepared.junctions if j.entity is link)
    sides = [fold(junction.relationship.child), fold(junction.relationship.role or junction.relationship.parent)]
    names = tuple(dict.fromkeys((*sides, *(fold_field(a.name) for a in link.attributes))))
    universe = Universe(names)
    for one in _said(plan, link, universe):
        if set(one.determinant) >= set(sides):
            prepared.dependencies.append(Declared(fold(link.name), one.determinant, one.dependent))
        elif one.source.keep:
            _keep(prepared, link, universe, [FD(universe.mask(sides), universe.all)], [one])
        else:
            plan.problem(
                f"{link.name}: {_spell(one.determinant, one.dependent)} is no fact about the pair; make {link.name} an "
                f"entity of its own, or move {_names(one.dependent)} to {_names(one.determinant)}",
                one.source.origin,
            )


def _spell(left: Iterable[str], right: Iterable[str]) -> str:
    return f"{_names(left)} → {_names(right)}"


def _names(fields: Iterable[str]) -> str:
    return ", ".join(" ".join(words(field)) or field for field in fields)
