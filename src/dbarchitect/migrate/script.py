"""Operations as statements; what comes or goes with another piece is not said by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dbarchitect.migrate.company import Key, host, is_inherited, key_of, outermost
from dbarchitect.migrate.context import Context
from dbarchitect.migrate.edges import Edges
from dbarchitect.migrate.kinds_of import kinds
from dbarchitect.migrate.operation import Operation
from dbarchitect.migrate.partitions import is_adopted
from dbarchitect.records import dataclass
from dbarchitect.write.sql.place import at


@dataclass(frozen=True, slots=True)
class Said:
    """An operation and the statements that do it; none when it comes or goes with another one."""

    operation: Operation
    statements: tuple[str, ...]


def script(operations: Sequence[Operation], context: Context, needed: Edges) -> tuple[Said, ...]:
    """The statements of operations in their order.

    Args:
        operations: ordered.
        context: the two schemas, in the direction of the operations.
        needed: which piece needs which in the schema that they start from.

    Raises:
        InputError: a piece of SQL is not whole, with the address of its piece.
    """
    known = {key_of(operation): operation for operation in operations}
    places = {key: place for place, key in enumerate(known)}
    leaders = {key: outermost(key, known, context) for key in known}
    said = []
    for operation in operations:
        silent = is_inherited(operation, context) or is_adopted(operation, context)
        above = host(operation, known, context)
        if above is not None and not silent:
            silent = operation.action == "create" or not _too_late(operation, places, above, needed, leaders)
        said.append(Said(operation, () if silent else tuple(_statements(operation, context))))
    return tuple(said)


def _too_late(
    operation: Operation, places: Mapping[Key, int], above: Key, needed: Edges, leaders: Mapping[Key, Key]
) -> bool:
    """Whether something that the piece needs goes by itself, before what takes the piece along."""
    own, end, leader = places[key_of(operation)], places[above], leaders[key_of(operation)]
    gone = [("drop", need) for need in needed.get(operation.address, ())]
    return any(leaders[key] != leader and own < places[key] < end for key in gone if key in places)


def reverse(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """The way back: each operation taken back, the last one first."""
    return tuple(operation.reverse() for operation in reversed(operations))


def _statements(operation: Operation, context: Context) -> Iterator[str]:
    module = kinds()[operation.kind]
    with at(operation.address):
        if operation.action == "alter":
            changed = module.alter(operation.before, operation.after, context)
            if changed is not None:
                yield from changed
                return
        if operation.action in ("drop", "alter"):
            yield from module.drop(operation.before, context)
        if operation.action in ("create", "alter"):
            yield from module.create(operation.after, context)
