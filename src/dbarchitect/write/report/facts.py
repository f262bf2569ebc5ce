"""What the documents say about a schema, gathered once and in one order."""

from __future__ import annotations

from dbarchitect.facts.lookup import Lookup, Reference
from dbarchitect.model.column import Column
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.intent import Access
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column as a reader wants it."""

    name: str
    type: str
    required: bool
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class IndexLine:
    """One index or key with what it is for."""

    name: str
    table: str
    keys: str
    condition: str
    kind: str
    why: str
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelationLine:
    """One foreign key in words."""

    child: str
    parent: str
    columns: str
    on_delete: str
    required: bool
    why: str


def columns(lookup: Lookup, table: Table) -> list[ColumnLine]:
    """The columns of a table."""
    return [_column(lookup, table, column) for column in table.columns]


def relations(lookup: Lookup) -> list[RelationLine]:
    """Every foreign key, by child and name."""
    return [_relation(lookup, reference) for reference in lookup.references]


def indexes(lookup: Lookup) -> list[IndexLine]:
    """Every index that is no constraint, by table and name."""
    return [_index(lookup, table, index) for table in lookup.schema.tables for index in table.indexes]


def accesses(lookup: Lookup, table: Table) -> tuple[Access, ...]:
    """The ways in which the rows of a table are looked up."""
    return lookup.intent(table).access


def keys_text(parts: tuple[IndexPart, ...]) -> str:
    """The keys of an index as SQL writes them, without quotes."""
    return ", ".join(_part(part) for part in parts)


def _part(part: IndexPart) -> str:
    text = part.column or f"({part.expression})"
    if part.opclass:
        text += f" {part.opclass}"
    if part.descending:
        text += " DESC"
    if part.nulls_first is not None and part.nulls_first != part.descending:
        text += " NULLS FIRST" if part.nulls_first else " NULLS LAST"
    return text


def _column(lookup: Lookup, table: Table, column: Column) -> ColumnLine:
    intent = lookup.column_intent(table, column.name)
    default = column.default or ""
    if column.generated:
        default = f"generated: {column.generated.expression}"
    elif column.identity:
        default = "identity"
    meaning = intent.description or column.comment or _MANAGED.get(intent.managed or "", "")
    return ColumnLine(column.name, column.type.sql().replace('"', ""), not column.nullable, default, meaning)


def _relation(lookup: Lookup, reference: Reference) -> RelationLine:
    key = reference.foreign_key
    why = lookup.schema.intent.reasons.get(reference.address, "")
    required = not any(reference.child.column(name).nullable for name in key.columns)
    return RelationLine(
        reference.child.name, key.target_table, ", ".join(key.columns), key.on_delete.upper(), required, why
    )


def _index(lookup: Lookup, table: Table, index: Index) -> IndexLine:
    address = table.index_address(index.name)
    served = tuple(access.name for access in lookup.intent(table).access if access.index == address)
    kind = "unique" if index.unique else index.method
    why = lookup.schema.intent.reasons.get(address, "")
    return IndexLine(index.name, table.name, keys_text(index.parts), index.where or "", kind, why, served)


_MANAGED = {
    "id": "identity of the row, UUIDv7 made by the application",
    "created_at": "when the row was made",
    "updated_at": "when the row was last changed",
    "deleted_at": "when the row was soft-deleted; null while it lives",
    "tenant": "the tenant that the row belongs to",
    "search": "words for the full-text search",
}


def volumes(schema: Schema, lookup: Lookup) -> list[tuple[str, int]]:
    """Tables with an expected number of rows, largest first."""
    expected = [(table.name, lookup.intent(table).volume) for table in schema.tables]
    return sorted(((name, rows) for name, rows in expected if rows), key=lambda item: (-item[1], item[0]))
