"""Indexes."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.parts import changed, created, dropped

KIND, RANK = "index", 16


def create(element: Element, context: Context) -> list[str]:
    """CREATE INDEX."""
    return created(element, context)


def drop(element: Element, context: Context) -> list[str]:
    """DROP INDEX."""
    return dropped(element, context)


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another index takes its place, unless only its parts in partitions are others."""
    same = (before.owner.schema, before.owner.name) == (after.owner.schema, after.owner.name)
    if same and before.value == replace(after.value, only=before.value.only):
        return changed(before, after, context)
    return None
