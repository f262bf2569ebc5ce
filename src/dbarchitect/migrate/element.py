"""The pieces of a schema that a migration makes, changes or takes away, each by its address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, ForeignKey
from dbarchitect.model.inheritance import effective_columns, pieces_of
from dbarchitect.model.schema import Schema, View
from dbarchitect.model.table import Table
from dbarchitect.records import dataclass
from dbarchitect.write.sql.comment import commentable
from dbarchitect.write.sql.place import object_address
from dbarchitect.write.sql.routine import function_address


@dataclass(frozen=True, slots=True)
class Element:
    """One piece.

    Args:
        kind: the name of its file in `migrate.kinds`, with blanks.
        address: unique in the schema; pieces that are no elements of their own (a default, a comment) have addresses
            of a kind of their own.
        value: the model's object, without what are pieces of their own.
        owner: the table, view or domain that it belongs to.
        above: the address of the piece that takes it along when it is dropped.
    """

    kind: str
    address: str
    value: Any
    owner: Any = None
    above: str | None = None


def elements(schema: Schema) -> dict[str, Element]:
    """Every piece of a schema by its address."""
    return {element.address: element for element in _elements(schema)}


def _elements(schema: Schema) -> Iterator[Element]:
    for namespace in schema.namespaces:
        yield Element("namespace", address("namespace", namespace.name), replace(namespace, comment=None))
    for extension in schema.extensions:
        yield Element("extension", address("extension", extension.name), replace(extension, comment=None))
    for kind, items in (
        ("enum", schema.enums),
        ("composite", schema.composites),
        ("range", schema.ranges),
    ):
        for item in items:
            yield Element(kind, object_address(item), replace(item, comment=None))
    for domain in schema.domains:
        place = object_address(domain)
        yield Element("domain", place, replace(domain, comment=None, checks=()))
        for check in domain.checks:
            constraint = address("constraint", domain.schema, domain.name, check.name)
            yield Element("domain check", constraint, replace(check, comment=None), domain, place)
    for sequence in schema.sequences:
        place = object_address(sequence)
        yield Element("sequence", place, replace(sequence, comment=None, owned_by=None))
        if sequence.owned_by:
            owner = address("sequence-owner", sequence.schema, sequence.name)
            yield Element("sequence owner", owner, sequence, above=place)
    for function in schema.functions:
        yield Element("function", function_address(function), replace(function, comment=None))
    tables = {table.key: table for table in schema.tables}
    for table in schema.tables:
        yield from _table(_whole(table, tables))
    for view in schema.views:
        yield from _view(view)
    for statistics in schema.statistics:
        place = address("statistics", statistics.schema, statistics.name)
        yield Element("statistics", place, replace(statistics, comment=None))
    for grant in schema.grants:
        place = f"grant:{grant.address}:{grant.grantee}{':option' if grant.grantable else ''}"
        yield Element("grant", place, grant, above=grant.address)
    yield from _comments(schema)


def _whole(table: Table, tables: Mapping[tuple[str, str], Table]) -> Table:
    """The table with its columns: a partition that says nothing of its own has those of its parent.

    And with the NOT NULLs that are its own because its parent has none.
    """
    if not table.partition_of:
        return table
    columns = effective_columns(tables, table.key)
    free = {
        column.name
        for column in effective_columns(tables, (table.partition_of.schema, table.partition_of.table))
        if column.nullable
    }
    alone = {column.name for column in columns if not column.nullable} & free
    return replace(table, columns=columns, own_not_nulls=tuple(sorted({*table.own_not_nulls, *alone})))


def _table(table: Table) -> Iterator[Element]:
    place = table.address
    yield Element("table", place, table)
    for column in table.columns:
        own = table.column_address(column.name)
        yield Element("column", own, replace(column, default=None, comment=None), table, place)
        if column.default is not None:
            yield Element("default", address("default", *_parts(table, column)), column, table, own)
    for kind, constraints in (
        ("primary key", (table.primary_key,) if table.primary_key else ()),
        ("unique", table.uniques),
        ("check", table.checks),
        ("exclusion", table.exclusions),
        ("foreign key", table.foreign_keys),
    ):
        for constraint in constraints:
            bare = replace(constraint, comment=None)
            if not isinstance(bare, Check | ForeignKey):
                bare = replace(bare, attached_to=None)
            yield Element(kind, table.constraint_address(constraint.name), bare, table, place)
    for policy in table.policies:
        yield Element("policy", table.policy_address(policy.name), replace(policy, comment=None), table, place)
    if table.row_security or table.force_row_security:
        flags = (table.row_security, table.force_row_security)
        yield Element("row security", address("row-security", table.schema, table.name), flags, table, place)
    if table.replica_identity != "default":
        own = address("replica-identity", table.schema, table.name)
        yield Element("replica identity", own, table.replica_identity, table, place)
    if table.partition_of:
        own = address("partition", table.schema, table.name)
        yield Element("partition", own, table.partition_of, table, place)
        yield from _beside_parent(table, place)
    yield from _parts_of(table, place)


def _beside_parent(table: Table, place: str) -> Iterator[Element]:
    """What a partition has of its own beside its parent's."""
    for piece in pieces_of(table):
        if piece.attached_to:
            own = address("attachment", table.schema, piece.name)
            yield Element("attachment", own, (piece.name, piece.attached_to), table)
    if table.own_not_nulls:
        own = address("own-not-nulls", table.schema, table.name)
        yield Element("own not null", own, table.own_not_nulls, table, place)
    for name in table.validated_checks:
        own = address("inherited-check", table.schema, table.name, name)
        yield Element("inherited check", own, name, table, place)


def _view(view: View) -> Iterator[Element]:
    place = object_address(view)
    yield Element("view", place, replace(view, comment=None, indexes=(), triggers=(), column_types=()), view)
    yield from _parts_of(view, place)


def _parts_of(relation: Table | View, place: str) -> Iterator[Element]:
    for index in relation.indexes:
        own = address("index", relation.schema, index.name)
        yield Element("index", own, replace(index, comment=None, attached_to=None), relation, place)
    for trigger in relation.triggers:
        own = address("trigger", relation.schema, relation.name, trigger.name)
        yield Element("trigger", own, replace(trigger, comment=None), relation, place)


def _comments(schema: Schema) -> Iterator[Element]:
    for place, on, comment in commentable(schema):
        if comment is not None:
            yield Element("comment", f"comment:{place}", (on, comment), above=place)


def _parts(table: Table, column: Column) -> tuple[str, str, str]:
    return table.schema, table.name, column.name
