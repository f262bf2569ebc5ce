"""Columns of a table: the builder's chain as our model has it, and as it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbarchitect.model.column import Column, Generated, Identity
from dbarchitect.model.constraint import Unique
from dbarchitect.model.names import object_name
from dbarchitect.model.source import Span
from dbarchitect.model.types import SqlType
from dbarchitect.read.drizzle.completion import counter
from dbarchitect.read.drizzle.declared import DeclaredColumn
from dbarchitect.read.drizzle.syntax.casing import convert
from dbarchitect.read.drizzle.syntax.collections import Given, unknown_of
from dbarchitect.read.drizzle.syntax.column_types import SERIALS, option, sequence_options, sql_type, type_text
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError, default_text, sql_text
from dbarchitect.read.drizzle.syntax.values import (
    UNDEFINED,
    Builtin,
    Chain,
    CustomType,
    Entry,
    EnumValue,
    FunctionValue,
    Library,
    Link,
    ObjectValue,
    TableValue,
    Unknown,
    Value,
)
from dbarchitect.typescript.source import Node


@dataclass(slots=True, eq=False)
class ColumnReading:
    """A column on its way: what is known before defaults and references, which may name other tables' columns."""

    entry: Entry
    chain: Chain
    name: str
    explicit: bool
    config: Value
    references: list[Link] = field(default_factory=list)
    unique_names: dict[int, str] = field(default_factory=dict)
    span: Span = field(init=False)

    def __post_init__(self) -> None:
        self.span = self.entry.source.span(self.entry.node)


class Columns:
    """Reads the columns of one table.

    Args:
        reading: the whole.
        table: the table; its `columns` are filled at once, so that others can refer to them.
    """

    def __init__(self, reading: Reading, table: TableValue) -> None:
        self._reading = reading
        self._table = table
        self._evaluator = reading.evaluator
        self.found: list[ColumnReading] = []
        self.literal: ObjectValue | None = None
        self._keys()

    def _keys(self) -> None:
        table, reading = self._table, self._reading
        if len(table.arguments) < 2:
            return
        argument = table.arguments[1]
        value = self._evaluator.lazy(argument)
        if isinstance(value, FunctionValue):
            value = self._evaluator.call(value, [Given(Library())])
        if not isinstance(value, ObjectValue):
            table.open = True
            self._lose("the columns", unknown_of(value), argument.node)
            return
        self.literal = value
        for cause in value.lost:
            table.open = True
            self._lose("a column", cause, value.node)
        casing = table.casing if table.casing is not None else reading.casing
        for key, entry in value.entries.items():
            built = entry.value()
            if not isinstance(built, Chain) or not built.links:
                table.open = True
                self._lose(f"the column {key}", unknown_of(built), entry.value_node, entry)
                continue
            name, config = self._name_and_config(built.links[0])
            table.columns[key] = name or convert(key, casing)
            table.uncased[key] = name or (key if reading.line == "0.45" else table.columns[key])
            self.found.append(ColumnReading(entry, built, table.columns[key], bool(name), config))

    def _name_and_config(self, builder: Link) -> tuple[str, Value]:
        given = [self._evaluator.lazy(argument) for argument in builder.arguments[:2]]
        if given and isinstance(given[0], str):
            return given[0], given[1] if len(given) > 1 else UNDEFINED
        if given and isinstance(given[0], Unknown):
            self._lose("the name of a column", given[0], builder.call)
        return "", given[0] if given else UNDEFINED

    def _lose(self, what: str, cause: Unknown | UnreadableError | None, node: Node, entry: Entry | None = None) -> None:
        table = self._table
        source = entry.source if entry else table.source
        self._reading.lost(f"{what} of {table.name or 'a table'}", cause, source, node)
        known = cause.unknown if isinstance(cause, UnreadableError) else cause
        table.lost.append(known or Unknown("was not read", source, table.call))

    def model(self) -> tuple[list[Column], list[Unique], list[str]]:
        """The columns, the unique constraints and the primary key that they declare."""
        columns, uniques, primary = [], [], []
        for column in self.found:
            columns.append(self._column(column))
            for link in self._modifiers(column):
                if link.name == "unique":
                    uniques.append(self._unique(column, link))
                elif link.name == "primaryKey":
                    primary.append(column.name)
                elif link.name == "references":
                    column.references.append(link)
        return columns, uniques, primary

    def _column(self, column: ColumnReading) -> Column:
        serial = isinstance(column.chain.head, Builtin) and column.chain.head.name in SERIALS
        nullable, default, identity, generated = not serial, None, None, None
        kind = self._type(column)
        if serial:
            default = counter(self._table.schema, self._table.name, column.name)
        for link in self._modifiers(column):
            match link.name:
                case "notNull" | "primaryKey":
                    nullable = False
                case "default" | "defaultNow" | "defaultRandom":
                    default = self._default(column, link, kind)
                case "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity":
                    nullable, identity = False, self._identity(column, link)
                case "generatedAlwaysAs":
                    generated = self._generated(column, link)
        return Column(
            column.name,
            kind,
            nullable,
            default if generated is None else None,
            identity,
            generated,
        )

    def _modifiers(self, column: ColumnReading) -> list[Link]:
        """What counts of a chain: in 0.45 `.array()` makes a new builder that forgets what was said before it."""
        links = column.chain.links[1:]
        if self._reading.line != "0.45":
            return links
        for place in range(len(links) - 1, -1, -1):
            if links[place].name == "array":
                return links[place + 1 :]
        return links

    def _identity(self, column: ColumnReading, link: Link) -> Identity:
        value = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        always = link.name == "generatedAlwaysAsIdentity"
        try:
            name = option(value, "name")
            return Identity(always, sequence_options(value), name if isinstance(name, str) else None)
        except UnreadableError as lost:
            self._lose(f"the sequence of the column {column.name}", lost, link.call, column.entry)
        return Identity(always)

    def _type(self, column: ColumnReading) -> SqlType:
        head, dimensions = column.chain.head, 0
        for link in column.chain.links[1:]:
            if link.name == "array":
                dimensions += _dimensions(link)
        try:
            if isinstance(head, EnumValue):
                return SqlType(head.name, (), dimensions, head.schema)
            if isinstance(head, CustomType):
                return sql_type(self._custom(head, column), dimensions)
            if isinstance(head, Builtin):
                return sql_type(type_text(head.name, column.config), dimensions)
            raise UnreadableError(unknown_of(head))
        except UnreadableError as lost:
            self._lose(f"the type of the column {column.name}", lost, column.entry.value_node, column.entry)
        if isinstance(head, Builtin):
            return sql_type(type_text(head.name, UNDEFINED), dimensions)
        known = column.chain.links[0].name.rpartition(".")[2]
        return SqlType(known if known.isidentifier() else "unknown", (), dimensions, "public")

    def _custom(self, head: CustomType, column: ColumnReading) -> str:
        made = head.config.entries.get("dataType") if isinstance(head.config, ObjectValue) else None
        function = made.value() if made else None
        if not isinstance(function, FunctionValue):
            raise UnreadableError(unknown_of(function) or unknown_of(head.config))
        text = self._evaluator.call(function, [Given(column.config)])
        if not isinstance(text, str):
            raise UnreadableError(unknown_of(text))
        return text

    def _default(self, column: ColumnReading, link: Link, kind: SqlType) -> str | None:
        if link.name != "default":
            return "now()" if link.name == "defaultNow" else "gen_random_uuid()"
        value = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        if value is UNDEFINED:
            return None
        try:
            return default_text(value, kind)
        except UnreadableError as lost:
            self._lose(f"the default of the column {column.name}", lost, link.call, column.entry)
        return None

    def _generated(self, column: ColumnReading, link: Link) -> Generated | None:
        value = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        if isinstance(value, FunctionValue):
            value = self._evaluator.call(value, [])
        try:
            return Generated(value if isinstance(value, str) else sql_text(value, bare=True))
        except UnreadableError as lost:
            self._lose(f"the expression of the column {column.name}", lost, link.call, column.entry)
        return None

    def _unique(self, column: ColumnReading, link: Link) -> Unique:
        name = self._evaluator.lazy(link.arguments[0]) if link.arguments else UNDEFINED
        config = self._evaluator.lazy(link.arguments[1]) if len(link.arguments) > 1 else UNDEFINED
        try:
            distinct = option(config, "nulls") != "not distinct"
        except UnreadableError:
            distinct = True
        written = name if isinstance(name, str) else ""
        if not written and self._reading.line != "0.45":  # drizzle-kit 1 leaves the name to PostgreSQL
            written = object_name(self._table.name, column.name, "key")
        written = written or f"{self._table.name}_{self._table.uncased[column.entry.key]}_unique"
        column.unique_names[id(link)] = written
        return Unique(written, (column.name,), nulls_not_distinct=not distinct)

    def declared(self) -> tuple[DeclaredColumn, ...]:
        """The columns as they are written."""
        own = self._table.arguments[1].node if len(self._table.arguments) > 1 else self._table.call
        source, start, end = self._table.source, own.start_byte, own.end_byte
        found = []
        for column in self.found:
            entry = column.entry
            shared = entry.source is not source or not start <= entry.node.start_byte < end
            foreign = shared or any(
                link.source is not source or not start <= link.node.start_byte < end for link in column.chain.links
            )
            found.append(
                DeclaredColumn(
                    entry.key,
                    column.name,
                    column.explicit,
                    self._reading.calls(column.chain.links),
                    column.span,
                    foreign,
                )
            )
        return tuple(found)


def _dimensions(link: Link) -> int:
    return max(1, link.arguments[0].text.count("[]")) if link.arguments else 1
