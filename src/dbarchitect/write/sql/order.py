"""The order in which a schema's objects are created: kinds first, then whatever they need of each other."""

from __future__ import annotations

from dataclasses import dataclass

from dbarchitect.model.schema import Schema
from dbarchitect.write.sql.dependencies import Names, Needs, NodeKey, Object, names_of, needs
from dbarchitect.write.sql.place import at, object_address


@dataclass(frozen=True)
class Ordered:
    """Objects in the order of their creation.

    Args:
        items: the objects.
        names: lookup by name.
        places: where each stands in `items`.
        early: objects that were created before something that they softly need.
    """

    items: tuple[Object, ...]
    names: Names
    places: dict[NodeKey, int]
    early: frozenset[NodeKey]


def ordered(schema: Schema) -> Ordered:
    """Types, sequences, functions, tables and views in an order in which they can be created.

    Of what is ready the lowest kind comes first, then by name. Where a cycle stops everything, wishes (a foreign key,
    the body of an SQL function) are given up first, then the object with the fewest needs left goes ahead.
    """
    names = names_of(schema)
    wanted = {}
    for key, item in names.nodes.items():
        with at(object_address(item)):
            wanted[key] = needs(item, names)
    waiting = sorted(wanted)
    placed: dict[NodeKey, int] = {}
    early: set[NodeKey] = set()
    while waiting:
        done = placed.keys()
        ready = [key for key in waiting if wanted[key].hard <= done and wanted[key].soft <= done]
        if ready:
            ready = [key for key in ready if key[0] == ready[0][0]]
        else:
            ready = [_least(waiting, wanted, placed)]
            early.update(ready)
        for key in ready:
            placed[key] = len(placed)
        left = set(ready)
        waiting = [key for key in waiting if key not in left]
    items = tuple(names.nodes[key] for key in sorted(placed, key=placed.__getitem__))
    return Ordered(items, names, placed, frozenset(early))


def _least(waiting: list[NodeKey], wanted: dict[NodeKey, Needs], placed: dict[NodeKey, int]) -> NodeKey:
    def left(key: NodeKey) -> tuple[int, int, NodeKey]:
        return len(wanted[key].hard - placed.keys()), len(wanted[key].soft - placed.keys()), key

    return min(waiting, key=left)
