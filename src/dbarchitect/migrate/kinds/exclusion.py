"""Exclusion constraints."""

from __future__ import annotations

from dataclasses import replace

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.parts import changed, created, dropped

KIND, RANK = "exclusion", 14


def create(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … ADD."""
    return created(element, context)


def drop(element: Element, context: Context) -> list[str]:
    """ALTER TABLE … DROP CONSTRAINT."""
    return dropped(element, context)


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Another constraint takes its place, unless only its parts in partitions are others."""
    if before.value == replace(after.value, only=before.value.only):
        return changed(before, after, context)
    return None
