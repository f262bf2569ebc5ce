"""A table from its call: the model's table, the declaration, and where each part stands."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey, PrimaryKey
from dbarchitect.model.names import object_name
from dbarchitect.model.source import Span
from dbarchitect.model.table import Table
from dbarchitect.read.drizzle.declared import DeclaredTable
from dbarchitect.read.drizzle.syntax.columns import ColumnReading, Columns
from dbarchitect.read.drizzle.syntax.extras import Extras
from dbarchitect.read.drizzle.syntax.foreign_keys import ForeignKeys
from dbarchitect.read.drizzle.syntax.reading import Reading
from dbarchitect.read.drizzle.syntax.rendering import UnreadableError
from dbarchitect.read.drizzle.syntax.values import Link, TableValue


@dataclass(slots=True, eq=False)
class FoundTable:
    """A table that a file declares.

    Args:
        value: the table.
        variable: the constant, or ''.
        exported: whether its file exports the constant.
        comment: the JSDoc before it.
        columns: its columns, keys already known.
    """

    value: TableValue
    variable: str
    exported: bool
    comment: str
    columns: Columns


def read_table(reading: Reading, found: FoundTable) -> tuple[Table, DeclaredTable]:
    """The table as the model has it and as it is written."""
    value = found.value
    columns, uniques, primary = found.columns.model()
    inline = _inline(reading, found)
    extras = Extras(reading, value)
    _places(reading, found, columns)
    key = _primary_key(value, extras.primary_keys, primary)
    keyed = set(key.columns) if key else set()
    model = Table(
        value.schema,
        value.name,
        columns=tuple(replace(each, nullable=False) if each.name in keyed else each for each in columns),
        primary_key=key,
        uniques=(*extras.uniques, *uniques),
        foreign_keys=(*inline, *extras.foreign_keys),
        checks=tuple(check for check in extras.checks if check.expression),
        indexes=tuple(extras.indexes),
        policies=tuple(extras.policies),
        row_security=value.row_security or bool(extras.policies),
    )
    return model, _declared(found, extras)


def _declared(found: FoundTable, extras: Extras) -> DeclaredTable:
    value, source = found.value, found.value.source
    literal = found.columns.literal
    own = value.arguments[1].node if len(value.arguments) > 1 else None
    columns_span = None
    if literal is not None and own is not None and literal.source is source:
        inside = own.start_byte <= literal.node.start_byte and literal.node.end_byte <= own.end_byte
        columns_span = source.span(literal.node) if inside and literal.node.type == "object" else None
    return DeclaredTable(
        found.variable,
        found.exported,
        value.schema,
        value.name,
        found.columns.declared(),
        tuple(extras.declared),
        extras.form,
        extras.parameter,
        source.span(value.call),
        source.span(value.arguments[0].node) if value.arguments else source.span(value.call),
        columns_span,
        extras.span,
        found.comment,
        not value.lost and extras.complete,
    )


def _inline(reading: Reading, found: FoundTable) -> list[ForeignKey]:
    table = found.value
    keys = []
    for column in found.columns.found:
        for link in column.references:
            try:
                key = ForeignKeys(reading, table).inline(column.entry.key, link)
            except UnreadableError as lost:
                reading.lost(f"the reference of {table.name}.{column.name}", lost, link.source, link.call)
                table.lost.extend([lost.unknown] if lost.unknown else [])
                continue
            keys.append(key)
            reading.place(address("constraint", table.schema, table.name, key.name), _link_span(link))
    return keys


def _primary_key(table: TableValue, own: list[PrimaryKey], columns: list[str]) -> PrimaryKey | None:
    if own:
        return own[0]
    return PrimaryKey(object_name(table.name, None, "pkey"), tuple(columns)) if columns else None


def _places(reading: Reading, found: FoundTable, columns: list[Column]) -> None:
    table, source = found.value, found.value.source
    end = table.arguments[0].node.end_byte if table.arguments else table.call.end_byte
    reading.place(address("table", table.schema, table.name), source.between(table.call.start_byte, end))
    for column in found.columns.found:
        reading.place(address("column", table.schema, table.name, column.name), column.span)
        for link in column.chain.links[1:]:
            name = _constraint(table, column, link)
            if name:
                reading.place(address("constraint", table.schema, table.name, name), _link_span(link))


def _constraint(table: TableValue, column: ColumnReading, link: Link) -> str:
    if link.name == "primaryKey":
        return object_name(table.name, None, "pkey")
    return column.unique_names.get(id(link), "")


def _link_span(link: Link) -> Span:
    return link.source.between(link.node.start_byte, link.call.end_byte)
