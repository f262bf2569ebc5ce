"""Questions about conditions: what they surely ask for, and what they speak of at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbarchitect.read.drizzle.query.model import (
    All,
    Any,
    ColumnUse,
    Compare,
    Condition,
    Exists,
    Maybe,
    Negated,
    Opaque,
    Raw,
)

Pin = tuple[str, str]
"""(identity of a table's use, column)."""


def required(condition: Condition) -> Iterator[Condition]:
    """The conditions that each row must meet, `and` taken apart."""
    if isinstance(condition, All):
        for item in condition.items:
            yield from required(item)
    else:
        yield condition


def everything(condition: Condition) -> Iterator[Condition]:
    """The condition and all that lies in it."""
    yield condition
    if isinstance(condition, All | Any):
        for item in condition.items:
            yield from everything(item)
    elif isinstance(condition, Negated | Maybe):
        yield from everything(condition.item)
    elif isinstance(condition, Exists):
        yield from everything(condition.filters)
    elif isinstance(condition, Compare):
        for value in condition.values:
            if value.filters is not None:
                yield from everything(value.filters)


def opaque(condition: Condition) -> bool:
    """Whether some of it could not be followed."""
    return any(isinstance(item, Opaque) for item in everything(condition))


def uses(condition: Condition) -> Iterator[ColumnUse]:
    """The columns that it names, on either side."""
    for item in everything(condition):
        if isinstance(item, Compare):
            yield item.column
            yield from (value.column for value in item.values if value.column is not None)
        elif isinstance(item, Raw):
            yield from item.columns


def mentions(condition: Condition, column: str, identity: str | None = None) -> bool:
    """Whether it names a column, of one use of a table or of any."""
    return any(use.name == column and identity in (None, use.of.identity) for use in uses(condition))


def pins(condition: Condition, *, lists: bool = False) -> frozenset[Pin]:
    """The columns that have one given value in each row.

    Args:
        condition: what is asked.
        lists: count `inArray` as well: one of some given values.
    """
    found: frozenset[Pin] = frozenset()
    for item in required(condition):
        match item:
            case Compare(operator="eq", values=(value, *_)) if value.kind in ("literal", "other"):
                found |= _pin(item.column)
            case Compare(operator="inArray") if lists:
                found |= _pin(item.column)
            case Any(items) if items:
                found |= frozenset.intersection(*(pins(branch, lists=lists) for branch in items))
            case Raw():
                found |= {pin for use in item.columns if _equal(item, use) for pin in _pin(use)}
    return found


def _pin(use: ColumnUse) -> frozenset[Pin]:
    return frozenset({(use.of.identity, use.name)}) if use.name else frozenset()


def _equal(item: Raw, use: ColumnUse) -> bool:
    key = re.escape(f"{{{use.key}}}")
    alone = not re.search(r"\bor\b", item.sql, re.IGNORECASE)
    return alone and re.search(rf"(?<![\w.(]){key}\s*=\s*(?:\{{\}}|'|\d|any\b)", item.sql, re.IGNORECASE) is not None
