"""Which column a sequence goes away with."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.write.sql.sequence import sequence_owner_sql

KIND, RANK = "sequence owner", 15


def create(element: Element, context: Context) -> list[str]:
    """ALTER SEQUENCE … OWNED BY."""
    return [sequence_owner_sql(element.value)]


def drop(element: Element, context: Context) -> list[str]:
    """ALTER SEQUENCE … OWNED BY NONE."""
    return [sequence_owner_sql(replace(element.value, owned_by=None))]


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another owner, when it is another."""
    return [] if before.value.owned_by == after.value.owned_by else [sequence_owner_sql(after.value)]
