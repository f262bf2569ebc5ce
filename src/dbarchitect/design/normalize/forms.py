"""Normal forms, with the dependency that breaks them as the explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from dbarchitect.design.normalize.dependency import FD, bits, candidate_keys, closure, prime_attributes
from dbarchitect.records import dataclass

Form = Literal["2NF", "3NF", "BCNF"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A dependency that a normal form does not allow.

    Args:
        form: the lowest form that it breaks.
        dependency: with one attribute on the right.
    """

    form: Form
    dependency: FD


def violations(everything: int, dependencies: Sequence[FD]) -> list[Violation]:
    """The dependencies that keep a relation from BCNF, each with the lowest form that it breaks.

    Args:
        everything: the relation's attributes.
        dependencies: a set of dependencies over them; any cover will do.
    """
    keys, _ = candidate_keys(everything, dependencies)
    prime = prime_attributes(keys)
    found = []
    single = {FD(given.left, 1 << bit) for given in dependencies for bit in bits(given.right & ~given.left)}
    for fd in sorted(single):
        if closure(fd.left, dependencies) & everything == everything:
            continue
        if fd.right & prime:
            form: Form = "BCNF"
        elif any(fd.left & ~key == 0 and fd.left != key for key in keys):
            form = "2NF"
        else:
            form = "3NF"
        found.append(Violation(form, fd))
    return found


def is_3nf(everything: int, dependencies: Sequence[FD]) -> bool:
    """Whether every dependency starts at a superkey or ends in an attribute of a key."""
    return all(violation.form == "BCNF" for violation in violations(everything, dependencies))


def is_bcnf(everything: int, dependencies: Sequence[FD]) -> bool:
    """Whether every dependency starts at a superkey."""
    return not violations(everything, dependencies)
