"""Bernstein's synthesis: relations in third normal form that lose nothing and keep every dependency."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.design.normalize.dependency import FD, candidate_keys, closure, minimal_cover
from dbarchitect.records import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a synthesis: its attributes and the keys that it was made from, the first one the best."""

    attributes: int
    keys: tuple[int, ...]


def synthesize(everything: int, dependencies: Sequence[FD]) -> list[Relation]:
    """Relations in 3NF with a lossless join that preserve `dependencies`.

    Left sides that determine each other become keys of one relation; a relation with a key of the whole is added when
    none has one; relations within others are dropped.

    Args:
        everything: the attributes.
        dependencies: what holds among them.
    """
    cover = minimal_cover(dependencies)
    groups = _equivalent(cover)
    relations = []
    for lefts in groups:
        attributes = 0
        for fd in cover:
            if fd.left in lefts:
                attributes |= fd.left | fd.right
        for left in lefts:
            attributes |= left
        relations.append(Relation(attributes, tuple(sorted(lefts, key=lambda left: (left.bit_count(), left)))))
    keys, _ = candidate_keys(everything, cover)
    if not any(key & ~relation.attributes == 0 for key in keys for relation in relations):
        relations.append(Relation(keys[0], (keys[0],)))
    return _without_subsets(relations)


def _equivalent(cover: list[FD]) -> list[list[int]]:
    """Left sides that determine each other, grouped."""
    groups: list[list[int]] = []
    closures: dict[int, int] = {}
    for left in sorted({fd.left for fd in cover}):
        closures[left] = closure(left, cover)
        for group in groups:
            first = group[0]
            if first & ~closures[left] == 0 and left & ~closures[first] == 0:
                group.append(left)
                break
        else:
            groups.append([left])
    return groups


def _without_subsets(relations: list[Relation]) -> list[Relation]:
    kept: list[Relation] = []
    for relation in sorted(relations, key=lambda r: (-r.attributes.bit_count(), r.attributes, r.keys)):
        if not any(relation.attributes & ~other.attributes == 0 for other in kept):
            kept.append(relation)
    return sorted(kept, key=lambda r: (r.keys[0].bit_count(), r.attributes))
