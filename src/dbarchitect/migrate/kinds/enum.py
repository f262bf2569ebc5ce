"""Enumeration types."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.model.names import fit, qualified, quote
from dbarchitect.model.schema import Enum
from dbarchitect.sql.quote import literal
from dbarchitect.write.sql.types import enum_sql

KIND, RANK = "enum", 2


def create(element: Element, context: Context) -> list[str]:
    """CREATE TYPE … AS ENUM."""
    return [enum_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """DROP TYPE."""
    return [f"DROP TYPE {qualified(element.value.schema, element.value.name)}"]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """New labels are added where they belong; a label that goes, or another order, needs another type."""
    if grows(before.value, after.value):
        return _added(before.value, after.value)
    return _swapped(before.value, after.value, context)


def grows(before: Enum, after: Enum) -> bool:
    """Whether the labels that are there stay, in their order."""
    kept = [label for label in after.labels if label in before.labels]
    return kept == list(before.labels)


def _added(before: Enum, after: Enum) -> list[str]:
    name, there, statements = qualified(after.schema, after.name), list(before.labels), []
    for place, label in enumerate(after.labels):
        if label in there:
            continue
        following = next((other for other in after.labels[place + 1 :] if other in there), None)
        where = f" BEFORE {literal(following)}" if following is not None else ""
        statements.append(f"ALTER TYPE {name} ADD VALUE {literal(label)}{where}")
        there.insert(there.index(following) if following is not None else len(there), label)
    return statements


def _swapped(before: Enum, after: Enum, context: Context) -> list[str]:
    """The old type steps aside, every column goes over by its text, and the old type goes.

    A row with a label that is gone makes the cast fail: 22P02, before anything is lost.
    """
    name, aside = qualified(after.schema, after.name), fit(f"{after.name}__old")
    statements = [f"ALTER TYPE {qualified(before.schema, before.name)} RENAME TO {quote(aside)}", enum_sql(after)]
    for table, column in context.columns_of_type(after.schema, after.name):
        place = f"ALTER TABLE {qualified(table.schema, table.name)} ALTER COLUMN {quote(column.name)}"
        brackets = "[]" * column.type.dimensions
        statements.append(f"{place} TYPE {name}{brackets} USING {quote(column.name)}::text{brackets}::{name}{brackets}")
    statements.append(f"DROP TYPE {qualified(before.schema, aside)}")
    return statements
