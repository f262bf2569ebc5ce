"""What the TypeScript of a Drizzle schema writes down, with the place of each thing.

The static reader (`static.py`) makes it from syntax alone. It gives spans to what the runtime reader reads, it is the
whole reading under `--static`, and rules compare it with what Drizzle really emits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from dbarchitect.model.source import Span
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source, arguments

Form = Literal["none", "array", "object", "array of objects", "other"]
ExtraKind = Literal["index", "uniqueIndex", "unique", "check", "foreignKey", "primaryKey", "pgPolicy", "other"]


@dataclass(frozen=True, slots=True)
class Call:
    """One link of a chain such as `uuid('id').primaryKey().notNull()`.

    Args:
        name: `uuid`, `primaryKey`, `references`, …
        source: the file.
        start: where its name begins.
        node: the call; what stands before the name is part of it.
    """

    name: str
    source: Source
    start: int
    node: Node

    @property
    def arguments(self) -> tuple[str, ...]:
        """The texts of its arguments."""
        return tuple(self.source.text_of(node) for node in arguments(self.node))

    @property
    def end(self) -> int:
        """Where the closing parenthesis ends."""
        return self.node.end_byte

    @property
    def span(self) -> Span:
        """From its name up to and with the closing parenthesis; the dot before it is not part."""
        return self.source.between(self.start, self.end)


@dataclass(frozen=True, slots=True)
class DeclaredColumn:
    """A property of a table's columns.

    Args:
        key: the property's name in TypeScript.
        name: the column's name in the database.
        explicit: whether the name is written, rather than taken from the key.
        chain: the builder and then its modifiers, in order of the text; empty when it is no chain of calls.
        span: the whole property; for a column that comes from a spread, where the shared one is written.
        shared: it stands outside the table's own object literal (a spread of shared columns, a helper's result).
    """

    key: str
    name: str
    explicit: bool
    chain: tuple[Call, ...]
    span: Span
    shared: bool = False

    @property
    def builder(self) -> str:
        """`uuid`, `timestamp`, the name of an enum or custom type, or ''."""
        return self.chain[0].name if self.chain else ""

    def modifier(self, *names: str) -> Call | None:
        """The first modifier of one of these names."""
        for call in self.chain[1:]:
            if call.name in names:
                return call
        return None


@dataclass(frozen=True, slots=True)
class DeclaredExtra:
    """An entry of a table's extra configuration.

    Args:
        kind: the function that makes it; `other` for a plain object, a variable, a call of the project's own.
        name: the name in the database, or '' when none is written.
        key: the property that it is the value of, or '' in an array.
        chain: the builder and its modifiers.
        span: the expression without the key.
        lost: it stands inside an object inside an array, where Drizzle 0.45 drops it in silence.
    """

    kind: ExtraKind
    name: str
    key: str
    chain: tuple[Call, ...]
    span: Span
    lost: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """A call of `pgTable`, of a schema's `.table` or of a table creator.

    Args:
        variable: the constant that holds it, or ''.
        exported: whether its file exports the constant.
        schema: the PostgreSQL schema.
        name: the table's name in the database.
        columns: its columns, spreads resolved as far as they can be.
        extras: the entries of its extra configuration.
        form: how that is written; `none` when there is no third argument.
        parameter: the callback's parameter (`table`, `t`), or '' when it is destructured or missing.
        span: the call of the table function.
        name_span: the literal that holds the name.
        columns_span: the object literal of the columns, braces included; None when they are written otherwise.
        extras_span: the array or object literal of the extra configuration; None when there is none.
        comment: the text of the JSDoc before it, or ''.
        complete: whether everything could be told from the text (no foreign spread, no computed name).
    """

    variable: str
    exported: bool
    schema: str
    name: str
    columns: tuple[DeclaredColumn, ...]
    extras: tuple[DeclaredExtra, ...]
    form: Form
    parameter: str
    span: Span
    name_span: Span
    columns_span: Span | None
    extras_span: Span | None
    comment: str = ""
    complete: bool = True

    def column(self, name: str) -> DeclaredColumn | None:
        """The column of that name in the database."""
        for column in self.columns:
            if column.name == name:
                return column
        return None


@dataclass(frozen=True, slots=True)
class DeclaredEnum:
    """A call of `pgEnum` or of a schema's `.enum`; `labels` None when they are not written as literals."""

    variable: str
    exported: bool
    schema: str
    name: str
    labels: tuple[str, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class DeclaredRelation:
    """One entry of `relations()` or `defineRelations()`.

    Args:
        table: the variable of the table that has the relation.
        name: the relation's name.
        kind: one or many.
        target: the variable of the other table.
        fields: the columns' keys on this side (`fields:`, `from:`).
        references: the columns' keys on the other side (`references:`, `to:`).
        relation_name: `relationName:` or `alias:`, or ''.
        span: the entry.
    """

    table: str
    name: str
    kind: Literal["one", "many"]
    target: str
    fields: tuple[str, ...]
    references: tuple[str, ...]
    relation_name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that the files of one schema write down.

    Args:
        sources: the files by their path, with those that only lent a name.
        named: the paths that drizzle.config names (the others are imported by them).
        tables: in the order of files and text.
        enums: likewise.
        relations: likewise.
    """

    sources: Mapping[str, Source]
    named: tuple[str, ...] = ()
    tables: tuple[DeclaredTable, ...] = ()
    enums: tuple[DeclaredEnum, ...] = ()
    relations: tuple[DeclaredRelation, ...] = ()
    _by_key: dict[tuple[str, str], DeclaredTable] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        for table in self.tables:
            self._by_key.setdefault((table.schema, table.name), table)

    def table(self, schema: str, name: str) -> DeclaredTable | None:
        """The declaration of a table."""
        return self._by_key.get((schema, name))
