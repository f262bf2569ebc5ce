"""Columns; a default is a piece of its own, because it may have to step aside."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.conversions import narrows
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.kinds.sequence import options_changed
from dbarchitect.model.column import Column
from dbarchitect.model.names import qualified, quote
from dbarchitect.sql.expression import parenthesized
from dbarchitect.sql.quote import reference
from dbarchitect.write.sql.table import column_sql, identity_sql
from dbarchitect.write.sql.types import type_sql

KIND, RANK = "column", 9


def create(element: Element, context: Context) -> list[str]:
    """ADD COLUMN with its default, so that rows that are there get it; on a way back with a stand-in for its values."""
    if element.address in context.again:
        return list(context.again[element.address])
    column = element.owner.column(element.value.name)
    schema = element.owner.schema
    return [
        f"ALTER TABLE {qualified(schema, element.owner.name)}\n  ADD COLUMN {column_sql(column, table_schema=schema)}"
    ]


def drop(element: Element, context: Context) -> list[str]:
    """DROP COLUMN."""
    return [
        f"ALTER TABLE {qualified(element.owner.schema, element.owner.name)} DROP COLUMN {quote(element.value.name)}"
    ]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Type, collation, NOT NULL, identity and a virtual expression change in place; other generated columns do not."""
    old: Column = before.value
    new: Column = after.value
    if _generated(old, new) is None:
        return None
    table = qualified(after.owner.schema, after.owner.name)
    place = f"ALTER TABLE {table} ALTER COLUMN {quote(new.name)}"
    statements = []
    if old.identity and not new.identity:
        statements.append(f"{place} DROP IDENTITY")
    if not new.nullable and old.nullable:
        statements.append(f"{place} SET NOT NULL")
    if new.nullable and not old.nullable:
        statements.append(f"{place} DROP NOT NULL")
    if retyped(before, after) and not _follows(before, after):
        collation = f" COLLATE {reference(new.collation)}" if new.collation else ""
        using = "" if new.generated else f" USING {converted(old, new, quote(old.name))}"
        if context.back and narrows(old.type, new.type) and {old.type.name, new.type.name} <= _CUT:
            using = ""
        statements.append(f"{place} TYPE {type_sql(new.type)}{collation}{using}")
    statements += [f"{place} {words}" for words in _generated(old, new) or ()]
    if new.identity and not old.identity:
        statements.append(f"{place} ADD {identity_sql(new.identity, after.owner.schema)}")
    elif new.identity and old.identity and new.identity != old.identity:
        words = [f"SET GENERATED {'ALWAYS' if new.identity.always else 'BY DEFAULT'}"]
        words += [f"SET {word}" for word in options_changed(old.identity.options, new.identity.options)]
        statements.append(f"{place} {' '.join(words)}")
    return statements


def retyped(before: Element, after: Element) -> bool:
    """Whether the stored form of the column may change."""
    return (before.value.type, before.value.collation) != (after.value.type, after.value.collation)


def _follows(before: Element, after: Element) -> bool:
    """Whether the column is a partition's, whose type is changed by its parent's."""
    was, will = before.owner.partition_of, after.owner.partition_of
    return bool(was and will and (was.schema, was.table) == (will.schema, will.table))


def converted(old: Column, new: Column, value: str) -> str:
    """A value of the old type as one of the new; a whole number becomes a moment by milliseconds since 1970.

    Args:
        old: the column before.
        new: the column after.
        value: the value, as SQL.
    """
    wanted = type_sql(new.type)
    if old.type.dimensions == new.type.dimensions == 0:
        if old.type.name in ("bigint", "integer") and new.type.name.startswith("timestamp"):
            return f"to_timestamp({value} / 1000.0)::{wanted}"
        if old.type.name.startswith("timestamp") and new.type.name in ("bigint", "integer"):
            return f"(extract(epoch from {value}) * 1000)::{wanted}"
        if "boolean" in (old.type.name, new.type.name) and {old.type.name, new.type.name} & {"bigint", "smallint"}:
            return f"{value}::integer::{wanted}"
        if not _castable(old, new):
            return f"{value}::text::{wanted}"
    elif old.type.dimensions and new.type.dimensions and not _castable(old, new):
        return f"{value}::text[]::{wanted}"
    elif old.type.dimensions and not new.type.dimensions:
        return f"{value}::text::{wanted}"
    elif new.type.dimensions and not old.type.dimensions and old.type.name not in _CUT:
        return f"CASE WHEN {value} IS NOT NULL THEN ARRAY[{value}]::text[] END::{wanted}"
    return f"{value}::{wanted}"


_CUT = {"text", "varchar", "char"}
"""A cast among these cuts what is too long without a word; an assignment refuses it (22001)."""
_FAMILIES = (
    ("smallint", "integer", "bigint", "numeric", "real", "double precision"),
    ("text", "varchar", "char", "name", "citext"),
    ("date", "timestamp", "timestamptz", "time", "timetz", "interval"),
    ("json", "jsonb"),
)


def _castable(old: Column, new: Column) -> bool:
    """Whether PostgreSQL has a cast; from text and to text there is always one."""
    names = {old.type.name, new.type.name}
    if names & {"text", "varchar", "char"} or (old.type.schema == new.type.schema and old.type.name == new.type.name):
        return True
    return any(names <= set(family) for family in _FAMILIES) or names == {"boolean", "integer"}


def _generated(old: Column, new: Column) -> list[str] | None:
    """The words that change the expression; None when the column must be made again."""
    if old.generated == new.generated:
        return []
    if new.generated is None and old.generated and old.generated.stored:
        return ["DROP EXPRESSION"]
    if old.generated and new.generated and old.generated.stored == new.generated.stored:
        return [f"SET EXPRESSION AS {parenthesized(new.generated.expression)}"]
    return None
