"""Complete requirements, as the steps before the drawing hand them on."""

from __future__ import annotations

from dataclasses import field

from dbarchitect.design.brief.requirements import Entity, Relationship, Requirements
from dbarchitect.model.decision import Problem
from dbarchitect.model.origin import Origin
from dbarchitect.records import dataclass


@dataclass(slots=True)
class Junction:
    """A many-to-many relationship that becomes a table of its own.

    Args:
        entity: the link as an entity, with its attributes, rules and accesses.
        relationship: what was said.
        named: the brief has a name for the link.
    """

    entity: Entity
    relationship: Relationship
    named: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A choice about an entity that is made before its table exists.

    Args:
        entity: its name, folded.
        choice: what was chosen.
        because: why.
        alternatives: the roads not taken as (choice, price).
        topic: as `Decision.topic`.
        origin: what led to it.
    """

    entity: str
    choice: str
    because: str
    alternatives: tuple[tuple[str, str], ...] = ()
    topic: str = "structure"
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """A dependency of the brief in fields of one entity; `kept` says why a redundancy was wanted."""

    entity: str
    determinant: tuple[str, ...]
    dependent: tuple[str, ...]
    kept: str = ""


@dataclass(slots=True)
class Prepared:
    """Complete requirements, and what was made of them.

    Args:
        requirements: without many-to-many relationships.
        junctions: those, each with its entity.
        lookup_values: codes of the rows of lookup tables, by folded entity name.
        notes: what was assumed and chosen on the way.
        dependencies: those that the schema keeps.
        problems: contradictions.
    """

    requirements: Requirements
    junctions: list[Junction] = field(default_factory=list)
    lookup_values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    dependencies: list[Declared] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
