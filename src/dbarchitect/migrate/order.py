"""The order of operations: nothing goes while something needs it, nothing comes before what it needs."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

from dbarchitect.migrate.company import Key, depth, key_of, outermost
from dbarchitect.migrate.compare import Difference
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.kinds_of import kinds
from dbarchitect.migrate.operation import Operation
from dbarchitect.model.address import parse
from dbarchitect.records import dataclass

Rank = tuple[int, int, str]
_NAMED = ("table", "view", "index", "sequence", "composite", "enum", "domain", "range")
_INDEXED = ("primary key", "unique", "exclusion")
"""What shares its names with the others of its schema: a constraint by its index, a table by the type of its rows."""


@dataclass(frozen=True, slots=True)
class Order:
    """Operations in an order in which they can run.

    Args:
        operations: in order.
        leader: the operation that each one comes along with, itself when it stands alone.
        waiting: the leaders that each leader waits for.
    """

    operations: tuple[Operation, ...]
    leader: Mapping[Key, Key]
    waiting: Mapping[Key, frozenset[Key]]


def ordered(difference: Difference) -> tuple[Operation, ...]:
    """The operations of `arranged`."""
    return arranged(difference).operations


def arranged(difference: Difference) -> Order:
    """The operations in an order in which they can run, the same each time, and who waits for whom.

    Of what is ready, drops come first, from the outside in, then what is made or changed, from the inside out. Where
    operations wait for each other, the one that waits for least goes ahead. Operations that come along with another
    one stand beside it: before a drop, after a creation.

    Args:
        difference: from `compare`.
    """
    operations = {key_of(operation): operation for operation in difference.operations}
    leader = {key: outermost(key, operations, difference.context) for key in operations}
    waiting: dict[Key, set[Key]] = {key: set() for key in leader.values()}
    gone: dict[tuple[str, str] | None, list[str]] = {}
    for operation in operations.values():
        if operation.action == "drop" and (name := _name(operation)):
            gone.setdefault(name, []).append(operation.address)
    for key, operation in operations.items():
        for other in _after(operation, operations, difference, gone):
            if leader[other] != leader[key]:
                waiting[leader[key]].add(leader[other])
    members: dict[Key, list[Operation]] = {}
    for key, operation in operations.items():
        members.setdefault(leader[key], []).append(operation)
    order = _sorted(waiting, {key: _rank(operations[key]) for key in waiting})
    return Order(
        tuple(operation for key in order for operation in _group(key, members[key], operations, difference.context)),
        leader,
        {key: frozenset(others) for key, others in waiting.items()},
    )


def _sorted(waiting: dict[Key, set[Key]], rank: Mapping[Key, Rank]) -> list[Key]:
    followers: dict[Key, set[Key]] = {}
    for key, others in waiting.items():
        for other in others:
            followers.setdefault(other, set()).add(key)
    ready = [(rank[key], key) for key, others in waiting.items() if not others]
    heapq.heapify(ready)
    placed: dict[Key, None] = {}
    while len(placed) < len(waiting):
        if ready:
            _, key = heapq.heappop(ready)
        else:
            left = [key for key in waiting if key not in placed]
            key = min(left, key=lambda key: (len(waiting[key] - placed.keys()), rank[key]))
        if key in placed:
            continue
        placed[key] = None
        for follower in sorted(followers.get(key, ())):
            if follower not in placed and waiting[follower] <= placed.keys():
                heapq.heappush(ready, (rank[follower], follower))
    return list(placed)


def _group(
    leader: Key, members: list[Operation], operations: Mapping[Key, Operation], context: Context
) -> list[Operation]:
    """An operation with those that come along.

    A sequence goes after the table that owned it, a part of an index after the index, and they come before it.
    """
    if leader[0] != "drop":
        return sorted(members, key=lambda item: (key_of(item) != leader, _rank(item)))
    return sorted(
        members, key=lambda item: (_place(item, leader), depth(key_of(item), operations, context), _rank(item))
    )


def _place(operation: Operation, leader: Key) -> int:
    if key_of(operation) == leader:
        return 1
    part = leader[1].startswith(("index:", "constraint:")) and operation.kind in ("index", *_INDEXED)
    return 2 if operation.kind == "sequence" or part else 0


def _rank(operation: Operation) -> Rank:
    rank: int = kinds()[operation.kind].RANK
    if operation.action == "drop":
        return 0, -rank, operation.address
    return 1, rank, operation.address


def _after(
    operation: Operation,
    operations: Mapping[Key, Operation],
    difference: Difference,
    gone: Mapping[tuple[str, str] | None, list[str]],
) -> Iterator[Key]:
    """The operations that one must wait for."""
    place = operation.address
    if operation.action in ("drop", "alter"):
        for user in difference.used_before.get(place, ()):
            yield from _present(("drop", user), operations)
            if operation.action == "drop" and place not in difference.needed_after.get(user, ()):
                yield from _present(("alter", user), operations)
    if operation.action in ("create", "alter"):
        for needed in difference.needed_after[place]:
            yield from _present(("create", needed), operations)
            yield from _present(("alter", needed), operations)
    if operation.action == "create":
        yield from _present(("drop", place), operations)
        for other in gone.get(_name(operation), ()):
            yield "drop", other


def _name(operation: Operation) -> tuple[str, str] | None:
    """(schema, name) of what stands in the way of others of the same name."""
    if operation.kind not in (*_NAMED, *_INDEXED):
        return None
    parts = parse(operation.address)[1]
    return parts[0], parts[-1]


def _present(key: Key, operations: Mapping[Key, Operation]) -> Iterator[Key]:
    if key in operations:
        yield key
