"""Which piece needs which other one, in one schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbarchitect.migrate.edges_partitions import (
    attachments,
    of_attachment,
    of_inherited_check,
    of_own_not_null,
    of_partition,
    of_piece,
)
from dbarchitect.migrate.element import Element
from dbarchitect.model.address import address
from dbarchitect.model.schema import Schema
from dbarchitect.model.table import Table
from dbarchitect.model.types import SqlType
from dbarchitect.sql.tokens import Token, scan
from dbarchitect.write.sql.dependencies import Names, names_of, needs
from dbarchitect.write.sql.place import object_address

Edges = Mapping[str, frozenset[str]]


def edges(schema: Schema, elements: Mapping[str, Element]) -> Edges:
    """The addresses that each piece needs, by its address; all of them are pieces of the schema."""
    finder = _Finder(schema, elements)
    return {
        place: frozenset(need for need in finder.of(element) if need in elements and need != place)
        for place, element in elements.items()
    }


class _Finder:
    def __init__(self, schema: Schema, elements: Mapping[str, Element]) -> None:
        self.schema = schema
        self.elements = elements
        self.names: Names = names_of(schema)
        self.tables = {table.key: table for table in schema.tables}
        self.extensions = [address("extension", extension.name) for extension in schema.extensions]

    def of(self, element: Element) -> Iterator[str]:
        if element.above:
            yield element.above
        schema = getattr(element.value, "schema", None)
        if element.above is None and isinstance(schema, str):
            yield address("namespace", schema)
            yield from self.extensions if element.kind != "extension" else ()
        yield from getattr(self, "_" + element.kind.replace(" ", "_"), _nothing)(element)

    def _enum(self, element: Element) -> Iterator[str]:
        return iter(())

    def _object(self, element: Element) -> Iterator[str]:
        found = needs(element.value, self.names)
        yield from (object_address(self.names.nodes[key]) for key in sorted(found.hard))

    _domain = _composite = _range = _object

    def _function(self, element: Element) -> Iterator[str]:
        found = needs(element.value, self.names)
        text = element.value.definition
        named = {word for word in re.findall(r"[\w$]+", text) if word}
        for key in sorted(found.hard | found.soft):
            item = self.names.nodes[key]
            yield object_address(item)
            if isinstance(item, Table):
                yield from (item.column_address(column.name) for column in item.columns if column.name in named)

    def _table(self, element: Element) -> Iterator[str]:
        table: Table = element.value
        yield from (address("table", *parent) for parent in table.inherits)
        if table.partition_of:
            yield address("table", table.partition_of.schema, table.partition_of.table)
        if table.partitioning:
            yield from self._mentioned(table.partitioning.keys, table)

    def _column(self, element: Element) -> Iterator[str]:
        yield from self._type(element.value.type)
        if element.value.generated:
            yield from self._mentioned([element.value.generated.expression], element.owner)

    def _default(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.default], None)

    def _domain_check(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.expression], None)

    def _primary_key(self, element: Element) -> Iterator[str]:
        yield from self._columns(element.owner, (*element.value.columns, *element.value.include))
        yield from of_piece(element, self.tables)

    _unique = _primary_key

    def _check(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.expression], element.owner)

    def _exclusion(self, element: Element) -> Iterator[str]:
        value = element.value
        yield from self._columns(element.owner, [item.column for item in value.elements if item.column])
        yield from of_piece(element, self.tables)
        yield from self._mentioned([*(item.expression for item in value.elements), value.where], element.owner)

    def _foreign_key(self, element: Element) -> Iterator[str]:
        key = element.value
        yield from self._columns(element.owner, key.columns)
        parent = self.tables.get((key.target_schema, key.target_table))
        yield address("table", key.target_schema, key.target_table)
        if parent is None:
            return
        yield from self._columns(parent, key.target_columns)
        wanted = set(key.target_columns)
        uniques = [*((parent.primary_key,) if parent.primary_key else ()), *parent.uniques]
        for unique in uniques:
            if set(unique.columns) == wanted:
                yield parent.constraint_address(unique.name)
                yield from attachments(parent, unique.name, self.tables)
        for index in parent.indexes:
            if index.unique and set(index.columns) == wanted:
                yield parent.index_address(index.name)
                yield from attachments(parent, index.name, self.tables)

    def _index(self, element: Element) -> Iterator[str]:
        value = element.value
        if isinstance(element.owner, Table):
            named = [part.column for part in value.parts if part.column]
            yield from self._columns(element.owner, (*named, *value.include))
            yield from of_piece(element, self.tables)
        yield from self._mentioned([*(part.expression for part in value.parts), value.where], element.owner)

    def _trigger(self, element: Element) -> Iterator[str]:
        trigger = element.value
        for function in self.schema.functions:
            if (function.schema, function.name, function.arguments) == (trigger.function_schema, trigger.function, ""):
                yield object_address(function)
        if isinstance(element.owner, Table):
            yield from self._columns(element.owner, trigger.update_columns)
        yield from self._mentioned([trigger.when], element.owner)

    def _policy(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.using, element.value.check], element.owner, relations=True)

    def _view(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.definition], None, relations=True)

    def _statistics(self, element: Element) -> Iterator[str]:
        yield from self._mentioned([element.value.definition], None, relations=True)

    def _sequence_owner(self, element: Element) -> Iterator[str]:
        if element.value.owned_by:
            yield address("column", *element.value.owned_by)

    def _replica_identity(self, element: Element) -> Iterator[str]:
        yield element.owner.index_address(element.value)
        yield element.owner.constraint_address(element.value)

    def _partition(self, element: Element) -> Iterator[str]:
        yield address("table", element.value.schema, element.value.table)
        yield from of_partition(element, self.tables)

    def _attachment(self, element: Element) -> Iterator[str]:
        yield from of_attachment(element, self.tables)

    def _own_not_null(self, element: Element) -> Iterator[str]:
        yield from of_own_not_null(element)

    def _inherited_check(self, element: Element) -> Iterator[str]:
        yield from of_inherited_check(element, self.tables)

    def _type(self, type_: SqlType) -> Iterator[str]:
        yield from (object_address(self.names.nodes[key]) for key in self.names.type_keys(type_))

    @staticmethod
    def _columns(table: Table, names: Iterable[str]) -> Iterator[str]:
        yield from (table.column_address(name) for name in names)

    def _mentioned(self, texts: Iterable[str | None], owner: Any, *, relations: bool = False) -> Iterator[str]:
        """What texts mention: functions, types, sequences, the owner's columns; relations with theirs if asked."""
        for text in texts:
            if not text:
                continue
            tokens = scan(text)
            looks = relations and any(token.is_word("from") for token in tokens)
            for key in sorted(self.names.mentioned(tokens, calls_only=not looks)):
                item = self.names.nodes[key]
                yield object_address(item)
                if looks and isinstance(item, Table):
                    yield from self._named_columns(item, tokens)
            yield from self._sequences(tokens)
            if isinstance(owner, Table):
                yield from self._named_columns(owner, tokens)

    @staticmethod
    def _named_columns(table: Table, tokens: Iterable[Token]) -> Iterator[str]:
        named = {token.name for token in tokens if token.name is not None}
        yield from (table.column_address(column.name) for column in table.columns if column.name in named)

    def _sequences(self, tokens: Iterable[Token]) -> Iterator[str]:
        """`nextval('public.orders_id_seq'::regclass)`."""
        texts = [token.text.strip("'").replace('"', "") for token in tokens if token.kind == "string"]
        for sequence in self.schema.sequences:
            if sequence.name in texts or f"{sequence.schema}.{sequence.name}" in texts:
                yield object_address(sequence)


def _nothing(element: Element) -> Iterator[str]:
    return iter(())
