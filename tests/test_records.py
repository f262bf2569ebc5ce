"""The quick `dataclass` is the standard library's in all that can be asked of it, but for assignments."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from dbarchitect import records


class Shape:
    name: str
    parts: tuple[int, ...] = ()
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        return len(self.parts)


def made(decorate: Any) -> Any:
    body = {name: value for name, value in vars(Shape).items() if name not in ("__dict__", "__weakref__")}
    return decorate(frozen=True, slots=True)(type("Shape", (), {**body, "__doc__": "A shape."}))


QUICK, PLAIN = made(records.dataclass), made(dataclasses.dataclass)


@records.dataclass(frozen=True, slots=True)
class Kept:
    """Says its own name."""

    name: str
    number: int = 0

    def __repr__(self) -> str:
        return self.name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a",), ("a",)),
        (("a",), ("b",)),
        (("a", (1,)), ("a", (1, 2))),
        (("a", (), "said"), ("a", (), "otherwise")),
        (("a", (), "", "x"), ("a", (), "", "y")),
    ],
)
def test_equality_hash_and_words_are_the_originals(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert (QUICK(*one) == QUICK(*other)) is (PLAIN(*one) == PLAIN(*other))
    assert (hash(QUICK(*one)) == hash(QUICK(*other))) is (hash(PLAIN(*one)) == hash(PLAIN(*other)))
    assert repr(QUICK(*one)) == repr(PLAIN(*one))
    assert QUICK(*one) != PLAIN(*one)
    assert QUICK(*one).size == PLAIN(*one).size


def test_the_standard_library_knows_its_fields() -> None:
    shape = QUICK("a", (1, 2), "note")
    assert dataclasses.asdict(shape) == {"name": "a", "parts": (1, 2), "note": "note", "secret": ""}
    assert dataclasses.replace(shape, name="b") == QUICK("b", (1, 2))
    assert QUICK.__match_args__ == PLAIN.__match_args__
    assert not hasattr(shape, "__dict__")


def test_copies_are_equal_and_own_methods_stay() -> None:
    kept = Kept("a", 2)
    assert copy.deepcopy(kept) == pickle.loads(pickle.dumps(kept)) == kept
    assert repr(kept) == "a"


def test_other_options_are_the_originals() -> None:
    ordered: Any = records.dataclass(frozen=True, slots=True, order=True)(
        type("N", (), {"__annotations__": {"n": int}})
    )
    assert ordered(1) < ordered(2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        ordered(1).n = 3
