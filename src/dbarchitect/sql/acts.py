"""What a statement does, as data: the words in which locks and hazards are judged."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from dbarchitect.records import dataclass

Object = Literal[
    "table", "view", "matview", "index", "sequence", "type", "domain", "column", "constraint", "trigger", "policy",
    "schema", "function", "rule", "extension", "statistics", "publication", "database", "foreign table", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """The name of an object as a statement writes it; `schema` is None where the search path decides."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as a statement writes it.

    Args:
        name: with the grammar's own spelling of built-in types (`int4`, `varchar`).
        arguments: what stands in parentheses.
        dimensions: of an array.
        built_in: it is named as one of pg_catalog.
    """

    name: Name
    arguments: tuple[str, ...] = ()
    dimensions: int = 0
    built_in: bool = False


@dataclass(frozen=True, slots=True)
class Expression:
    """What can be told of an expression without a database.

    Args:
        functions: the functions that it calls, each once, in order.
        columns: the columns that it names, each once, in order.
        null: it is the constant NULL.
        bare: it is a column, nothing but a cast around it.
        cast: the type of that cast.
    """

    functions: tuple[Name, ...] = ()
    columns: tuple[str, ...] = ()
    null: bool = False
    bare: bool = False
    cast: TypeName | None = None


ConstraintKind = Literal["primary key", "unique", "check", "foreign key", "exclusion", "not null"]


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a column or table.

    Args:
        kind: what it demands.
        name: as written; '' when PostgreSQL names it.
        columns: of the table; of a column's own constraint that column.
        references: the parent of a foreign key.
        targets: the parent's columns, when they are written.
        index: of `USING INDEX`.
        valid: False for NOT VALID.
        enforced: False for NOT ENFORCED.
        expression: of a check.
        deferrable: DEFERRABLE.
    """

    kind: ConstraintKind
    name: str = ""
    columns: tuple[str, ...] = ()
    references: Name | None = None
    targets: tuple[str, ...] = ()
    index: str = ""
    valid: bool = True
    enforced: bool = True
    expression: Expression = Expression()
    deferrable: bool = False


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column that is added or made.

    Args:
        serial: its type is `serial` or a relative of it.
        generated: `stored` or `virtual`; None when it is not computed.
        constraints: those that stand beside it, NOT NULL among them.
    """

    name: str
    type: TypeName
    serial: bool = False
    default: Expression | None = None
    identity: bool = False
    generated: Literal["stored", "virtual"] | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def not_null(self) -> bool:
        """Whether it is declared NOT NULL or a primary key."""
        demanded = any(item.kind in ("not null", "primary key") for item in self.constraints)
        return self.serial or self.identity or demanded


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a statement does.

    Args:
        action: such as `add column`, `create index`, `update`, `set type`; `sql.classify` lists them.
        object: what `name` names.
        name: the object; of a trigger, policy or column the table that has it.
        part: the column, constraint, trigger, policy, label or setting within it.
        new: a new name, label or schema; the value of a setting.
        column: of `add column`.
        definitions: the columns of `create table`.
        columns: names of columns or options.
        type: of `set type`.
        using: what `set type` computes; None without USING.
        collation: that `set type` gives.
        default: of `set default`, and of `set expression`.
        constraint: of `add constraint`.
        constraints: of `create table`.
        related: the other relations that are named: partitions, parents, tables of a query.
        unique, concurrently, missing_ok, cascade, only: the words.
        condition: there is a WHERE.
        option: what else tells kinds apart, in lower case.
    """

    action: str
    object: Object = "table"
    name: Name | None = None
    part: str = ""
    new: str = ""
    column: ColumnDefinition | None = None
    definitions: tuple[ColumnDefinition, ...] = ()
    columns: tuple[str, ...] = ()
    type: TypeName | None = None
    using: Expression | None = None
    collation: str | None = None
    default: Expression | None = None
    constraint: Constraint | None = None
    constraints: tuple[Constraint, ...] = ()
    related: tuple[Name, ...] = ()
    unique: bool = False
    concurrently: bool = False
    missing_ok: bool = False
    cascade: bool = False
    only: bool = False
    condition: bool = False
    option: str = ""


@dataclass(frozen=True, slots=True)
class Classified:
    """A statement: what the grammar calls it, and what it does, in the order in which it says so."""

    kind: str
    acts: tuple[Act, ...] = field(default=())
