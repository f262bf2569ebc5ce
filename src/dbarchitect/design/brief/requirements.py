"""What the user wants, before any decision: the one form between words and schema.

Every reader of briefs makes `Requirements`, the architect takes nothing else, and `brief.yaml` is their readable form.
Names are kept in the user's words ("Order item"); the architect makes identifiers of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dbarchitect.model.origin import Origin
from dbarchitect.records import dataclass

Cardinality = Literal["many-to-one", "one-to-one", "many-to-many"]
Volatility = Literal["never", "sometimes", "often"]
Scope = Literal["tenant", "global", "parent"]
OnDelete = Literal["cascade", "set null", "restrict"]
RuleKind = Literal[
    "unique", "no overlap", "between", "at least", "at most", "check", "never deleted", "append only",
    "required together", "exactly one of", "at most per",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of an entity.

    Args:
        name: in the user's words.
        type: an everyday type (money, email, …) or a Drizzle column type of the seed's reference (varchar, jsonb, …);
            '' leaves it to the meaning of the name.
        length: of varchar and char.
        precision: of numeric, time and timestamp.
        scale: of numeric.
        array: a list of values.
        mode: Drizzle's mode of a bigint, date or numeric, where the user gave one.
        required: None leaves it to the architect.
        unique: within what the value is unique; None for not unique.
        default: a literal in everyday form ('0', 'true', 'now', 'draft'); None for none.
        values: the labels of an enumeration given in place, or ().
        enumeration: the name of a shared enumeration, or ''.
        minimum: smallest allowed value.
        maximum: largest allowed value.
        search: part of the full-text search.
        personal: personal data.
        description: the business meaning.
        origin: why it is there.
    """

    name: str
    type: str = ""
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    array: bool = False
    mode: str = ""
    required: bool | None = None
    unique: Scope | None = None
    default: str | None = None
    values: tuple[str, ...] = ()
    enumeration: str = ""
    minimum: str | None = None
    maximum: str | None = None
    search: bool = False
    personal: bool = False
    description: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """A business rule about one entity, enforced in the database.

    Args:
        kind: what it demands.
        fields: the attributes or relationships that it is about, in the user's words; for `no overlap` the thing that
            must not be booked twice comes first, then the start and the end (or one range attribute).
        scope: for `unique`, within what.
        low: for `between` and `at least`, a number, date or attribute name.
        high: for `between` and `at most`, likewise.
        limit: for `at most per`: no more than so many rows for each value of the fields.
        expression: for `check`, a condition over attribute names.
        reason: the business reason.
        origin: why it is there.
    """

    kind: RuleKind
    fields: tuple[str, ...] = ()
    scope: Scope = "tenant"
    low: str | None = None
    high: str | None = None
    limit: int | None = None
    expression: str = ""
    reason: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AccessNeed:
    """A way in which rows are looked up.

    Args:
        by: attributes or relationships to filter by.
        order: attributes to sort by; '-created at' for descending.
        returning: attributes that are needed, when they are few.
        ranges: those of `by` that are compared with < and >.
        description: what it is for.
        origin: why it is there.
    """

    by: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    returning: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    description: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Dependency:
    """A functional dependency between attributes of one entity.

    Args:
        determinant: the attributes on the left.
        dependent: the attributes that follow from them.
        keep: why the redundancy is wanted; '' lets the architect split a violation of 3NF.
        origin: why it is there.
    """

    determinant: tuple[str, ...]
    dependent: tuple[str, ...]
    keep: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that the business keeps records of.

    Args:
        name: one of it, in the user's words: `order item`.
        description: the business purpose.
        attributes: its properties, in order.
        rules: business rules.
        access: ways of looking rows up.
        dependencies: functional dependencies.
        tenant: whether rows belong to one tenant; None leaves it to the architect.
        soft_delete: whether rows are marked instead of deleted; None takes the default of the requirements.
        lookup: a short list of values kept in a table.
        rows: expected number of rows.
        pattern: the pack or pattern that brought it, or ''.
        origin: why it is there.
    """

    name: str
    description: str = ""
    attributes: tuple[Attribute, ...] = ()
    rules: tuple[Rule, ...] = ()
    access: tuple[AccessNeed, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    tenant: bool | None = None
    soft_delete: bool | None = None
    lookup: bool = False
    rows: int | None = None
    pattern: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship, read as "`child` belongs to `parent`"; for many-to-many the two are equals.

    Args:
        child: the entity that refers (order item).
        parent: the entity that is referred to (order).
        cardinality: seen from the child.
        required: whether a child needs a parent; None leaves it to the architect.
        role: the parent's role when it is not its name: author, manager, billing address.
        owned: the child is part of the parent and goes with it; None leaves it to the architect.
        on_delete: what the user said should happen to the child.
        attributes: of the link itself, for many-to-many.
        name: of the link, for many-to-many: enrollment.
        reason: the business meaning.
        origin: why it is there.
    """

    child: str
    parent: str
    cardinality: Cardinality = "many-to-one"
    required: bool | None = None
    role: str = ""
    owned: bool | None = None
    on_delete: OnDelete | None = None
    attributes: tuple[Attribute, ...] = ()
    name: str = ""
    reason: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list of values that several attributes may share; how often it changes decides between enum, check, table."""

    name: str
    values: tuple[str, ...]
    changes: Volatility = "sometimes"
    description: str = ""
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Requirements:
    """Everything that the user said, and what packs added.

    Args:
        title: a short name of the project.
        description: what it is about.
        entities: things, in the user's order.
        relationships: how they belong together.
        enumerations: shared lists of values.
        tenant: the entity whose rows are the tenants ('organization'), '' for a single-tenant schema.
        soft_delete: the default for all entities; None leaves it to the profile.
        answers: answers to questions, by question id.
        assumptions: what was assumed without being said, one sentence each.
        unread: pieces of the words that nothing was made of.
        was: what entities and attributes were called before, by what they are called now: `writer` -> `author`,
            `writer.full name` -> `name`.
    """

    title: str = ""
    description: str = ""
    entities: tuple[Entity, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    enumerations: tuple[Enumeration, ...] = ()
    tenant: str = ""
    soft_delete: bool | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    was: Mapping[str, str] = field(default_factory=dict)
