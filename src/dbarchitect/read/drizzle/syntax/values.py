"""What expressions of a schema file stand for, as far as their text tells.

Strings, booleans, numbers (`int`, `float`) and None (TypeScript's null) stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dbarchitect.typescript.source import Node, Source

if TYPE_CHECKING:
    from dbarchitect.read.drizzle.syntax.scope import Scope

Value = Any
"""One of this module's classes, or a plain Python value."""


class Undefined:
    """TypeScript's undefined."""


UNDEFINED = Undefined()


@dataclass(slots=True, eq=False)
class Unknown:
    """What the text does not tell.

    Args:
        reason: why, as the end of a sentence.
        source: the file.
        node: the expression.
        missing: it is a name that is neither declared nor imported.
        absent: it is a property that an object does not have.
    """

    reason: str
    source: Source
    node: Node
    missing: bool = False
    absent: bool = False


@dataclass(slots=True, eq=False)
class Builtin:
    """A function or object of Drizzle's own, such as `pgTable` or `uuid`."""

    name: str


@dataclass(slots=True, eq=False)
class Library:
    """A module of Drizzle's, or the argument of a columns callback: every member is a `Builtin`."""


@dataclass(slots=True, eq=False)
class Argument:
    """An argument of a call, evaluated when it is asked for."""

    source: Source
    node: Node
    scope: Scope

    @property
    def text(self) -> str:
        """The argument as it is written."""
        return self.source.text_of(self.node)


@dataclass(slots=True, eq=False)
class Link:
    """A call in a chain: `.notNull()`, and for the first link `uuid('id')`.

    Args:
        name: what is called.
        arguments: its arguments.
        source: the file.
        node: the name's node, where the link begins.
        call: the call expression, where it ends.
    """

    name: str
    arguments: tuple[Argument, ...]
    source: Source
    node: Node
    call: Node


@dataclass(slots=True, eq=False)
class Chain:
    """A builder and its modifiers.

    Args:
        head: what is called first: a `Builtin`, `EnumValue`, `CustomType`, `ColumnRef`, …
        links: the calls; for a column's reference (`t.id.desc()`) those after it.
        node: the whole expression.
        source: the file of the expression.
    """

    head: Value
    links: list[Link]
    source: Source
    node: Node


@dataclass(slots=True, eq=False)
class Entry:
    """A property of an object: its value when asked for, and where it stands."""

    key: str
    value: Callable[[], Value]
    source: Source
    node: Node
    value_node: Node


@dataclass(slots=True, eq=False)
class ObjectValue:
    """An object literal, spreads resolved; `lost` lists what could not be."""

    entries: dict[str, Entry]
    source: Source
    node: Node
    lost: list[Unknown] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Item:
    """An element of an array."""

    value: Callable[[], Value]
    source: Source
    node: Node


@dataclass(slots=True, eq=False)
class ArrayValue:
    """An array literal, spreads resolved; `lost` lists what could not be."""

    items: list[Item]
    source: Source
    node: Node
    lost: list[Unknown] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class FunctionValue:
    """A function of the project's own, with the scope that it was written in."""

    source: Source
    node: Node
    scope: Scope


@dataclass(slots=True, eq=False)
class SqlValue:
    """An `sql` template: texts and values in turn."""

    parts: list[Value]


@dataclass(slots=True, eq=False)
class EnumValue:
    """A `pgEnum`; `labels` None when they are not literals."""

    schema: str
    name: str
    labels: tuple[str, ...] | None
    source: Source
    node: Node


@dataclass(slots=True, eq=False)
class NamespaceValue:
    """A `pgSchema`; `existing` when Drizzle does not make it."""

    name: str
    source: Source
    node: Node
    casing: str | None = None
    existing: bool = False


@dataclass(slots=True, eq=False)
class Creator:
    """What `pgTableCreator` gives back: `name` tells the table's name from the written one."""

    name: Value
    casing: str | None = None


@dataclass(slots=True, eq=False)
class CustomType:
    """What `customType` gives back: the argument is the object with `dataType`."""

    config: Value
    source: Source
    node: Node


@dataclass(slots=True, eq=False)
class TableValue:
    """A table.

    Args:
        schema: the PostgreSQL schema.
        name: its name, `` when it cannot be told.
        call: the call that makes it.
        arguments: name, columns, extra configuration.
        casing: the casing of its own, None for the project's.
        prepare: reads the columns' names; None when that was done.
        lost: what of it could not be read.
        open: whether it may have columns that could not be read.
    """

    schema: str
    name: str
    source: Source
    call: Node
    arguments: tuple[Argument, ...]
    casing: str | None = None
    row_security: bool = False
    prepare: Callable[[TableValue], object] | None = None
    lost: list[Unknown] = field(default_factory=list)
    open: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    """Names in the database by key; `names` fills them."""
    uncased: dict[str, str] = field(default_factory=dict)
    """The same before casing, of which Drizzle makes names of constraints."""

    def names(self) -> dict[str, str]:
        """The columns' names in the database by key, read when they are needed first."""
        prepare, self.prepare = self.prepare, None
        if prepare is not None:
            prepare(self)
        return self.columns


@dataclass(slots=True, eq=False)
class ColumnRef:
    """`users.id`."""

    table: TableValue | ViewValue
    key: str
    source: Source
    node: Node


@dataclass(slots=True, eq=False)
class ViewValue:
    """A view: the chain of calls that makes it."""

    schema: str
    name: str
    materialized: bool
    source: Source
    node: Node
    links: tuple[Link, ...]


@dataclass(slots=True, eq=False)
class Made:
    """Another thing that a schema holds: `kind` is sequence, role, policy or relations."""

    kind: str
    schema: str
    arguments: tuple[Argument, ...]
    source: Source
    node: Node
    links: tuple[Link, ...] = ()
