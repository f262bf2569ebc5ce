"""What a DBML file writes, element by element, before anything is resolved."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from dbarchitect.read.block_text import Name
from dbarchitect.records import dataclass

Operator = Literal["<", ">", "-", "<>"]


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a setting.

    Args:
        kind: `text`, `sql` (in backticks), `number`, `word` (words, dotted ones too) or `color`.
        text: what it says.
    """

    kind: Literal["text", "sql", "number", "word", "color"]
    text: str


@dataclass(frozen=True, slots=True)
class End:
    """One side of a reference: a table as written (schema or None) and its columns."""

    schema: str | None
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """`name: value` between brackets; `name` in lower case, words joined by one blank."""

    name: str
    value: Value | None
    start: int
    end: int
    operator: Operator | None = None
    target: End | None = None


@dataclass(frozen=True, slots=True)
class ColumnNode:
    """A column of a table or partial.

    Args:
        name: its name.
        base: the name of its type.
        rest: what follows that: arguments, further words.
        quoted: whether the name of the type stands in quotes.
        dimensions: of an array.
        schema: of a type that is written `schema.type`.
        settings: in brackets.
        start: offset of its first code point.
        end: offset behind its last one.
    """

    name: Name
    base: str
    rest: str
    quoted: bool
    dimensions: int
    schema: str | None
    settings: tuple[Setting, ...]
    start: int
    end: int

    @property
    def type(self) -> str:
        """The type as written, without its array."""
        return self.base + self.rest


@dataclass(frozen=True, slots=True)
class IndexNode:
    """A line of an `indexes` block; parts as (column, expression), one of the two set."""

    parts: tuple[tuple[str | None, str | None], ...]
    settings: tuple[Setting, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CheckNode:
    """A line of a `checks` block."""

    expression: str
    settings: tuple[Setting, ...]
    start: int
    end: int


@dataclass(slots=True)
class TableNode:
    """A table, or a partial that tables take in; `partials` are kept among the columns, in order."""

    schema: str | None
    name: Name
    alias: str | None = None
    settings: tuple[Setting, ...] = ()
    members: list[ColumnNode | Name] = field(default_factory=list)
    indexes: list[IndexNode] = field(default_factory=list)
    checks: list[CheckNode] = field(default_factory=list)
    note: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class RefNode:
    """A reference between two tables."""

    name: str | None
    left: End
    operator: Operator
    right: End
    settings: tuple[Setting, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EnumNode:
    """An enum; `notes` tells whether a value carries one."""

    schema: str | None
    name: Name
    labels: tuple[str, ...]
    notes: bool
    start: int
    end: int


@dataclass(slots=True)
class Document:
    """Everything that a file writes, in its order."""

    project: str = ""
    project_settings: dict[str, str] = field(default_factory=dict)
    tables: list[TableNode] = field(default_factory=list)
    partials: list[TableNode] = field(default_factory=list)
    refs: list[RefNode] = field(default_factory=list)
    enums: list[EnumNode] = field(default_factory=list)
