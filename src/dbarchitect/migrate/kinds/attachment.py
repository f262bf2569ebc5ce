"""That a key or index of a partition is a part of its parent's."""

from __future__ import annotations

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.element import Element
from dbarchitect.migrate.parts import attached, let_go

KIND, RANK = "attachment", 18


def create(element: Element, context: Context) -> list[str]:
    """ALTER INDEX … ATTACH PARTITION."""
    return attached(element.owner, element.value[0], context)


def drop(element: Element, context: Context) -> list[str]:
    """There is no way to detach an index: another one takes its place, or the parent's is made anew."""
    return let_go(element.owner, element.value[0], context)


def alter(before: Element, after: Element, context: Context) -> list[str] | None:
    """Let go and attached to another."""
    return None
