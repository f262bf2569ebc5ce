"""What a database schema is: everything that PostgreSQL keeps, and beside it what only people know."""

from __future__ import annotations

from dataclasses import field

from dbarchitect.model.annotations import Annotations
from dbarchitect.model.column import SequenceOptions
from dbarchitect.model.constraint import Check
from dbarchitect.model.index import Index
from dbarchitect.model.intent import Intent
from dbarchitect.model.ordering import by_name, by_place
from dbarchitect.model.policy import Grant
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Namespace:
    """A PostgreSQL schema beside `public`."""

    name: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """An installed extension; `version` None means whatever the server brings."""

    name: str
    schema: str = "public"
    version: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Enum:
    """An enumeration type; labels in their order."""

    schema: str
    name: str
    labels: tuple[str, ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """A type with a constraint."""

    schema: str
    name: str
    base: SqlType
    nullable: bool = True
    default: str | None = None
    checks: tuple[Check, ...] = ()
    collation: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Composite:
    """A row type made by CREATE TYPE … AS (…); attributes as (name, type)."""

    schema: str
    name: str
    attributes: tuple[tuple[str, SqlType], ...]
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class RangeType:
    """A range type of the user's own."""

    schema: str
    name: str
    subtype: SqlType
    multirange: str | None = None
    collation: str | None = None
    opclass: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence that is no identity; `owned_by` is (schema, table, column)."""

    schema: str
    name: str
    type: SqlType = SqlType("bigint")
    options: SequenceOptions = SequenceOptions()
    owned_by: tuple[str, str, str] | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A view or materialized view; `definition` is the query without a semicolon at the end.

    `column_types` follow from the definition; who reads the catalog knows them, nobody else needs to.
    """

    schema: str
    name: str
    definition: str
    columns: tuple[str, ...] = ()
    materialized: bool = False
    with_data: bool = True
    options: tuple[tuple[str, str], ...] = ()
    check_option: str | None = None
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    comment: str | None = None
    column_types: tuple[SqlType, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ExtendedStatistics:
    """CREATE STATISTICS; `definition` is the whole statement as pg_get_statisticsobjdef writes it."""

    schema: str
    name: str
    definition: str
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole schema. Equality and the content hash see what PostgreSQL keeps, not `intent` and `annotations`."""

    tables: tuple[Table, ...] = ()
    enums: tuple[Enum, ...] = ()
    domains: tuple[Domain, ...] = ()
    composites: tuple[Composite, ...] = ()
    ranges: tuple[RangeType, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    views: tuple[View, ...] = ()
    functions: tuple[Function, ...] = ()
    statistics: tuple[ExtendedStatistics, ...] = ()
    extensions: tuple[Extension, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    grants: tuple[Grant, ...] = ()
    intent: Intent = field(default_factory=Intent, compare=False)
    annotations: Annotations = field(default_factory=Annotations, compare=False)

    def __post_init__(self) -> None:
        for name in ("tables", "enums", "domains", "composites", "ranges", "sequences", "views", "statistics"):
            object.__setattr__(self, name, by_place(getattr(self, name)))
        functions = sorted(self.functions, key=lambda f: (f.schema, f.name, f.arguments))
        object.__setattr__(self, "functions", tuple(functions))
        object.__setattr__(self, "extensions", by_name(self.extensions))
        object.__setattr__(self, "namespaces", by_name(self.namespaces))
        object.__setattr__(self, "grants", tuple(sorted(self.grants)))
