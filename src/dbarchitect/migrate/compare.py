"""The difference of two schemas as operations, those included that others make necessary."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from dbarchitect.migrate.context import Context
from dbarchitect.migrate.edges import Edges, edges
from dbarchitect.migrate.element import Element, elements
from dbarchitect.migrate.forced import forced
from dbarchitect.migrate.kinds import column as columns
from dbarchitect.migrate.kinds.enum import grows
from dbarchitect.migrate.kinds.own_not_null import is_idle
from dbarchitect.migrate.kinds.table import own
from dbarchitect.migrate.kinds_of import kinds
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import KINDS
from dbarchitect.model.schema import Schema


@dataclass(frozen=True)
class Difference:
    """Two schemas and what lies between them.

    Args:
        context: both schemas.
        before: the pieces before.
        after: the pieces after.
        needed_before: which piece needs which, before.
        needed_after: and after.
        operations: what must be done, in no order yet.
    """

    context: Context
    before: dict[str, Element]
    after: dict[str, Element]
    needed_before: Edges
    needed_after: Edges
    operations: tuple[Operation, ...]

    @cached_property
    def used_before(self) -> dict[str, set[str]]:
        """Which pieces need one, before."""
        return _users(self.needed_before)


def compare(old: Schema, new: Schema) -> Difference:
    """The operations that lead from one canonical schema to another.

    A piece that cannot change in place is dropped and made again, and with it everything that PostgreSQL would not let
    stay: what reads a column whose type changes, what calls a function that is replaced.

    Args:
        old: the canonical schema before.
        new: the canonical schema after.
    """
    context = Context(old, new)
    before, after = elements(old), elements(new)
    needed_before, needed_after = edges(old, before), edges(new, after)
    again = _again(context, before, after, needed_before)
    while more := forced(before, after, again, context):
        again = _again(context, before, after, needed_before, again | more)
    operations = []
    for place in sorted(before.keys() | after.keys()):
        was, will = before.get(place), after.get(place)
        if was and will and place not in again:
            if not _same(was, will) and not _is_idle(was, will, context):
                operations.append(Operation("alter", was, will))
            continue
        if was and not _is_idle(was, will, context):
            operations.append(Operation("drop", was, None))
        if will:
            operations.append(Operation("create", None, will))
    return Difference(context, before, after, needed_before, needed_after, tuple(operations))


def _is_idle(was: Element, will: Element | None, context: Context) -> bool:
    return was.kind == "own not null" and is_idle(was, will, context)


def _same(was: Element, will: Element) -> bool:
    if was.kind == "table":
        return own(was.value) == own(will.value)
    if was.kind == "default":
        return bool(was.value.default == will.value.default)
    if was.kind == "sequence owner":
        return bool(was.value.owned_by == will.value.owned_by)
    if was.kind == "index" and (was.owner.schema, was.owner.name) != (will.owner.schema, will.owner.name):
        return False  # an address says nothing of its table
    return was.kind == will.kind and bool(was.value == will.value)


def _again(
    context: Context,
    before: dict[str, Element],
    after: dict[str, Element],
    needed: Edges,
    known: Collection[str] = (),
) -> set[str]:
    """The pieces that are there on both sides and must be dropped and made again; those known, and more."""
    again = set(known) | {
        place
        for place, was in before.items()
        if place in after and not _same(was, after[place]) and _cannot(was, after[place], context)
    }
    moved = {place for place, was in before.items() if place in after and _moves(was, after[place])}
    users = _users(needed)
    waiting = sorted(again | moved)
    while waiting:
        place = waiting.pop()
        for user in sorted(users.get(place, ())):
            if user in again or user not in after or (before[user].kind == "partition" and before[place].kind in KINDS):
                continue
            if place in again or _must_step_aside(before[user], before[place]):
                again.add(user)
                waiting.append(user)
            elif _moves_with(before[user], before[place]) and user not in moved:
                moved.add(user)
                waiting.append(user)
    return again


def _users(needed: Edges) -> dict[str, set[str]]:
    users: dict[str, set[str]] = {}
    for place, wanted in needed.items():
        for need in wanted:
            users.setdefault(need, set()).add(place)
    return users


def _cannot(was: Element, will: Element, context: Context) -> bool:
    return was.kind != will.kind or kinds()[was.kind].alter(was, will, context) is None


def _moves(was: Element, will: Element) -> bool:
    """Whether the stored form changes, so that what looks at it must step aside."""
    if was.kind == "column" and will.kind == "column":
        return columns.retyped(was, will)
    return was.kind == "enum" and will.kind == "enum" and not grows(was.value, will.value)


def _moves_with(user: Element, moved: Element) -> bool:
    """A column moves with the enumeration that it has."""
    return user.kind == "column" and moved.kind == "enum"


def _must_step_aside(user: Element, moved: Element) -> bool:
    """Whether a piece cannot stay while what it looks at changes its type."""
    if moved.kind == "enum":
        bound = ("default", "view", "policy", "check", "index", "function", "domain", "composite", "comment", "grant")
        return user.kind in bound
    if user.kind in ("view", "policy", "trigger", "foreign key", "default", "statistics"):
        return True
    if user.kind == "column":
        return user.value.generated is not None
    if user.kind in ("check", "exclusion"):
        return True
    if user.kind == "index":
        return user.value.where is not None or any(part.expression or part.opclass for part in user.value.parts)
    return False
