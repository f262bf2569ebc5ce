"""Functional dependencies over attributes as bit sets: closure, implication, minimal cover, candidate keys.

Textbook methods (reference/design.md section 3.1): closure by counters after Beeri and Bernstein, candidate keys after
Lucchesi and Osborn. A set of attributes is an `int` whose bit `i` stands for attribute `i`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dbarchitect.records import dataclass

MOST_KEYS = 200


@dataclass(frozen=True, slots=True, order=True)
class FD:
    """`left` determines `right`; both are bit sets."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Universe:
    """The attributes of a relation in order; attribute `i` is bit `1 << i`."""

    names: tuple[str, ...]

    @property
    def all(self) -> int:
        """Every attribute."""
        return (1 << len(self.names)) - 1

    def mask(self, names: Iterable[str]) -> int:
        """The bit set of these attributes.

        Raises:
            ValueError: for a name that the relation has not.
        """
        mask = 0
        for name in names:
            mask |= 1 << self.names.index(name)
        return mask

    def spell(self, mask: int) -> tuple[str, ...]:
        """The names of a bit set in order."""
        return tuple(self.names[bit] for bit in bits(mask))


def bits(mask: int) -> Iterator[int]:
    """The positions of the attributes in a bit set, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def closure(start: int, dependencies: Sequence[FD]) -> int:
    """Every attribute that follows from `start`; linear in the size of the dependencies."""
    missing = [dependency.left & ~start for dependency in dependencies]
    waiting: dict[int, list[int]] = {}
    found = start
    ready = [place for place, left in enumerate(missing) if not left]
    for place, left in enumerate(missing):
        for bit in bits(left):
            waiting.setdefault(bit, []).append(place)
    while ready:
        fresh = dependencies[ready.pop()].right & ~found
        found |= fresh
        for bit in bits(fresh):
            for place in waiting.get(bit, ()):
                missing[place] &= ~(1 << bit)
                if not missing[place]:
                    ready.append(place)
    return found


def implies(dependencies: Sequence[FD], wanted: FD) -> bool:
    """Whether `wanted` follows from `dependencies`."""
    return wanted.right & ~closure(wanted.left, dependencies) == 0


def equivalent(first: Sequence[FD], second: Sequence[FD]) -> bool:
    """Whether two sets of dependencies say the same."""
    return all(implies(second, fd) for fd in first) and all(implies(first, fd) for fd in second)


def minimal_cover(dependencies: Iterable[FD]) -> list[FD]:
    """An equivalent set with single attributes on the right, nothing superfluous on the left, and none too many.

    The result is sorted; among equivalent covers the choice depends on that order alone.
    """
    cover = sorted({FD(fd.left, 1 << bit) for fd in dependencies for bit in bits(fd.right & ~fd.left)})
    for place, fd in enumerate(cover):
        left = fd.left
        for bit in bits(fd.left):
            smaller = left & ~(1 << bit)
            if fd.right & closure(smaller, cover):
                left = smaller
        cover[place] = FD(left, fd.right)
    cover = sorted(set(cover))
    for fd in list(cover):
        rest = [other for other in cover if other != fd]
        if implies(rest, fd):
            cover = rest
    return cover


def shrink(superkey: int, everything: int, dependencies: Sequence[FD]) -> int:
    """A candidate key within a superkey; attributes of high position are dropped first."""
    key = superkey
    for bit in sorted(bits(superkey), reverse=True):
        smaller = key & ~(1 << bit)
        if closure(smaller, dependencies) & everything == everything:
            key = smaller
    return key


def candidate_keys(everything: int, dependencies: Sequence[FD], limit: int = MOST_KEYS) -> tuple[list[int], bool]:
    """The candidate keys, smallest first, and whether these are all of them.

    Args:
        everything: the relation's attributes.
        dependencies: what holds in it.
        limit: how many keys to look for at most; there may be exponentially many.
    """
    first = shrink(everything, everything, dependencies)
    keys = [first]
    place = 0
    complete = True
    while place < len(keys) and complete:
        key = keys[place]
        place += 1
        for fd in dependencies:
            superkey = fd.left | (key & ~fd.right)
            if any(known & ~superkey == 0 for known in keys):
                continue
            keys.append(shrink(superkey, everything, dependencies))
            if len(keys) >= limit:
                complete = False
                break
    return sorted(keys, key=lambda key: (key.bit_count(), key)), complete


def prime_attributes(keys: Iterable[int]) -> int:
    """The attributes that stand in some candidate key."""
    mask = 0
    for key in keys:
        mask |= key
    return mask


def project(attributes: int, dependencies: Sequence[FD]) -> list[FD]:
    """The dependencies that hold within `attributes`, as a minimal cover; exponential in their number."""
    found = []
    subset = attributes
    while subset:
        right = closure(subset, dependencies) & attributes & ~subset
        if right:
            found.append(FD(subset, right))
        subset = (subset - 1) & attributes
    return minimal_cover(found)
