"""The schema while it is being drawn: tables that steps add to, names that are taken, reasons that are collected."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from dbarchitect.design.brief.requirements import Attribute, Entity, Relationship, Requirements
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.decision import Alternative, Decision, Option, Problem, Question
from dbarchitect.model.index import Index
from dbarchitect.model.intent import Access, ColumnIntent, FunctionalDependency, Managed, TableKind
from dbarchitect.model.names import MAX_BYTES, fit, singular, words
from dbarchitect.model.origin import Origin
from dbarchitect.model.policy import Policy
from dbarchitect.model.routine import Function, Trigger
from dbarchitect.model.schema import Enum
from dbarchitect.model.types import SqlType
from dbarchitect.settings import Settings

PUBLIC = "public"
TABLE_BYTES = 58
"""PostgreSQL names the inline primary key `<table>_pkey` and cuts the whole at 63 bytes."""

_SYSTEM_COLUMNS = frozenset({"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})

TENANT_COLUMN = "organization_id"
TENANT_SETTING = "app.organization_id"


@lru_cache(8192)
def fold(name: str) -> str:
    """One spelling for the names of things: 'Order items', 'orderItem' and 'order_item' are `order_item`."""
    return singular("_".join(words(name))) or name


@lru_cache(8192)
def fold_field(name: str) -> str:
    """One spelling for the names of attributes, whose number matters: 'Unit Price' is `unit_price`."""
    return "_".join(words(name)) or name


@lru_cache(8192)
def spoken(name: str) -> str:
    """A name in words: 'OrderItem' is `order item`."""
    return " ".join(words(name)) or name


@dataclass(slots=True)
class ColumnDraft:
    """A column with what people know about it."""

    column: Column
    intent: ColumnIntent = field(default_factory=ColumnIntent)
    attribute: Attribute | None = None
    origin: Origin | None = None


@dataclass(slots=True)
class Link:
    """A reference that was drawn.

    Args:
        relationship: what the user said.
        parent: the table that it points at.
        column: the child's column beside the tenant's.
        foreign_key: the constraint.
        relation: the name of the parent as seen from the child.
    """

    relationship: Relationship
    parent: TableDraft
    column: str
    foreign_key: ForeignKey
    relation: str


@dataclass(slots=True)
class TableDraft:
    """A table that steps add to."""

    entity: Entity
    name: str
    kind: TableKind = "entity"
    tenant_scoped: bool = False
    soft_delete: bool = False
    append_only: bool = False
    never_deleted: bool = False
    owner: TableDraft | None = None
    columns: dict[str, ColumnDraft] = field(default_factory=dict)
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    primary_key: PrimaryKey | None = None
    uniques: list[Unique] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    policies: list[Policy] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    business_keys: list[tuple[str, ...]] = field(default_factory=list)
    search: str | None = None
    display: str | None = None
    values: tuple[str, ...] = ()
    constraint_names: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        """`table:public.name`."""
        return address("table", PUBLIC, self.name)

    @property
    def logical(self) -> str:
        """The name without the tenant prefix, as names of enums and relations use it."""
        return self.name.removeprefix("org_") if self.tenant_scoped else self.name

    @property
    def one(self) -> str:
        """One row, in words."""
        return spoken(self.entity.name)

    def column_address(self, column: str) -> str:
        """`column:public.table.column`."""
        return address("column", PUBLIC, self.name, column)

    def constraint_address(self, name: str) -> str:
        """`constraint:public.table.name`."""
        return address("constraint", PUBLIC, self.name, name)

    def add(
        self,
        name: str,
        kind: SqlType,
        *,
        nullable: bool = True,
        default: str | None = None,
        intent: ColumnIntent | None = None,
        managed: Managed | None = None,
        attribute: Attribute | None = None,
        fields: Iterable[str] = (),
    ) -> ColumnDraft:
        """Append a column; `fields` are the words that rules and accesses may call it by."""
        meaning = intent or ColumnIntent()
        if managed:
            meaning = replace(meaning, managed=managed)
        draft = ColumnDraft(
            Column(name, kind, nullable, default), meaning, attribute, attribute.origin if attribute else None
        )
        self.columns[name] = draft
        for word in (name, *fields):
            self.fields.setdefault(fold_field(word), (name,))
        return draft

    def change(self, name: str, column: Column) -> None:
        """Put `column` in the place of the one that is called `name`."""
        self.columns[name].column = column

    def free_column(self, wanted: str) -> str:
        """`wanted` cut to PostgreSQL's limit, or with a number behind it when the table has such a column already."""
        return _free(wanted, self.columns.keys() | _SYSTEM_COLUMNS)

    def constraint(self, columns: Iterable[str], suffix: str) -> str:
        """A free constraint name `<table>_<columns>_<suffix>` of this table."""
        name = _free(compose(self.name, columns, suffix), self.constraint_names)
        self.constraint_names.add(name)
        return name

    def resolve(self, word: str) -> tuple[str, ...]:
        """The columns that an attribute, relationship or column of that name stands for; () for none."""
        key = fold_field(word)
        for candidate in (key, f"{key}_id", key.removesuffix("_id"), f"{key}_at", singular(key)):
            if candidate in self.fields:
                return self.fields[candidate]
        return ()

    @property
    def prefix(self) -> tuple[str, ...]:
        """What every key and index of the table begins with: the tenant, where there is one."""
        return (TENANT_COLUMN,) if self.tenant_scoped else ()


def _free(wanted: str, taken: Container[str], limit: int = 63) -> str:
    name, number = fit(wanted, limit), 2
    while name in taken:
        name, number = fit(f"{wanted}_{number}", limit), number + 1
    return name


def compose(table: str, columns: Iterable[str], suffix: str) -> str:
    """`<table>_<columns>_<suffix>`; when too long without the columns that every index has, and only then cut.

    The suffix always stays, so that a message names the kind of thing that refused.
    """
    names = list(columns)
    telling = [name for name in names if name not in (TENANT_COLUMN, "created_at", "id")] or names
    for candidate in (names, [name for name in names if name not in ("created_at", "id")] or names, telling):
        name = "_".join((table, *candidate, suffix))
        if len(name.encode()) <= MAX_BYTES:
            return name
    stem = fit("_".join((table, *telling)), MAX_BYTES - len(suffix) - 1)
    return f"{stem}_{suffix}"


@dataclass(slots=True)
class Blueprint:
    """Everything that the steps of the architect share."""

    requirements: Requirements
    settings: Settings
    tables: dict[str, TableDraft] = field(default_factory=dict)
    tenant: TableDraft | None = None
    enums: dict[str, Enum] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    extensions: set[str] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    dependencies: list[FunctionalDependency] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    index_owners: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> bool:
        """Whether the profile is `house`."""
        return self.settings.profile == "house"

    @property
    def key_type(self) -> SqlType:
        """The type of surrogate keys."""
        return SqlType("uuid") if self.house else SqlType("bigint")

    def table_of(self, entity: str) -> TableDraft | None:
        """The table of an entity, however its name is spelled."""
        return self.tables.get(fold(entity))

    def relation_name(self, wanted: str, limit: int = 63) -> str:
        """A free name among tables, indexes and the indexes behind constraints, which share one namespace."""
        name = _free(wanted, self.taken, limit)
        self.taken.add(name)
        return name

    def index_name(self, table: TableDraft, columns: Iterable[str], suffix: str) -> str:
        """A free name `<table>_<columns>_<suffix>` for an index or a constraint that an index backs."""
        wanted = compose(table.name, columns, suffix)
        name, number = wanted, 2
        while name in self.taken or name in table.constraint_names:
            name, number = fit(f"{wanted}_{number}"), number + 1
        self.taken.add(name)
        table.constraint_names.add(name)
        self.index_owners[name] = table.name
        return name

    def type_name(self, wanted: str) -> str:
        """A free name among types; the row type of each table is one of them."""
        name, number = fit(wanted), 2
        while name in self.types or name in self.taken:
            name, number = fit(f"{wanted}_{number}"), number + 1
        self.types.add(name)
        return name

    def decide(
        self,
        where: str,
        choice: str,
        because: str,
        *alternatives: tuple[str, str],
        topic: str = "structure",
        origin: Origin | None = None,
    ) -> None:
        """Record a choice with its reason and the roads not taken as (choice, price)."""
        roads = tuple(Alternative(road, price) for road, price in alternatives)
        self.decisions.append(Decision(where, choice, because, roads, origin, topic))

    def ask(self, id_: str, ask: str, default: str, *options: tuple[str, str], where: str | None = None) -> str:
        """Ask a question, once, and return what was answered, or the default."""
        if not any(question.id == id_ for question in self.questions):
            choices = tuple(Option(value, consequence) for value, consequence in options)
            self.questions.append(Question(id_, ask, default, choices, where))
        return self.requirements.answers.get(id_, default)

    def problem(self, message: str, origin: Origin | None = None, severity: str = "error") -> None:
        """Note what cannot be done as asked."""
        self.problems.append(Problem(severity, message, origin.span if origin else None))

    def columns_of(self, table: TableDraft, words_: Iterable[str], place: str, origin: Origin | None) -> list[str]:
        """The columns of several fields in order; fields that the table has not become problems."""
        found: list[str] = []
        for word in words_:
            columns = table.resolve(word)
            if not columns:
                self.problem(f"{place}: {table.one!r} has no attribute or relationship {word!r}{near(word, table)}",
                             origin)  # fmt: skip
            found += [column for column in columns if column not in found]
        return found


def near(word: str, table: TableDraft) -> str:
    """'; did you mean …?' with the nearest field of the table, or the fields that it has."""
    known = sorted(table.fields)
    match = difflib.get_close_matches(fold_field(word), known, 1, 0.6)
    if match:
        return f"; did you mean {match[0].replace('_', ' ')!r}?"
    spoken = ", ".join(name.replace("_", " ") for name in known if name not in ("created_at", "updated_at"))
    return f"; it has: {spoken}" if spoken else ""
