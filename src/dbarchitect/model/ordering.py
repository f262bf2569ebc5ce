"""One order for everything that has no order of its own, so that equal schemas are equal however they were built."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


class _Placed(_Named, Protocol):
    @property
    def schema(self) -> str: ...


N = TypeVar("N", bound=_Named)
P = TypeVar("P", bound=_Placed)


def by_name(items: Iterable[N]) -> tuple[N, ...]:
    """Sorted by name."""
    given = tuple(items)
    return tuple(sorted(given, key=lambda item: item.name)) if len(given) > 1 else given


def by_place(items: Iterable[P]) -> tuple[P, ...]:
    """Sorted by schema, then name."""
    return tuple(sorted(items, key=lambda item: (item.schema, item.name)))
