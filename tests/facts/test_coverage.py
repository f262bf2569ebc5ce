"""Which index is superfluous; each case beside the one that it must not be taken for."""

import pytest

from dbarchitect.facts.coverage import superfluous
from dbarchitect.model.constraint import PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.table import Table


def index(name, *columns, **more):
    parts = tuple(IndexPart(column) if isinstance(column, str) else column for column in columns)
    return Index(name, parts, **more)


def gone(*indexes, **more):
    return [
        (found.index.name, found.by, found.how) for found in superfluous(Table("public", "t", indexes=indexes, **more))
    ]


LOWER = IndexPart(expression="lower(a)")
DOWN = IndexPart("b", descending=True)


@pytest.mark.parametrize(
    ("indexes", "expected"),
    [
        ([index("x", "a"), index("y", "a")], [("y", "x", "same")]),
        ([index("x", "a"), index("y", "a", "b")], [("x", "y", "prefix")]),
        ([index("x", "a"), index("y", "b", "a")], []),
        ([index("x", "a", unique=True), index("y", "a")], [("y", "x", "same")]),
        ([index("x", "a", unique=True), index("y", "a", "b")], []),
        ([index("x", "a", where="a > 1"), index("y", "a")], []),
        ([index("x", "a", where="a > 1"), index("y", "a", where="(a > 1)")], [("y", "x", "same")]),
        ([index("x", "a", "b"), index("y", "a", DOWN)], []),
        ([index("x", "b"), index("y", DOWN)], [("y", "x", "same")]),
        ([index("x", "a", method="gin"), index("y", "a")], []),
        ([index("x", "a", include=("b",)), index("y", "a")], [("y", "x", "prefix")]),
        ([index("x", "a", include=("c",)), index("y", "a", "b")], []),
        ([index("x", IndexPart("a", opclass="text_pattern_ops")), index("y", "a")], []),
        ([index("x", IndexPart("a", opclass="text_ops")), index("y", "a")], [("y", "x", "same")]),
        ([index("x", LOWER), index("y", IndexPart(expression="LOWER(a)"))], [("y", "x", "same")]),
        ([index("x", "a"), index("y", "a"), index("z", "a", "b")], [("x", "z", "prefix"), ("y", "z", "prefix")]),
    ],
)  # fmt: skip
def test_indexes(indexes, expected):
    assert [(name, how) for name, _, how in gone(*indexes)] == [(name, how) for name, _, how in expected]


def test_constraints_stay():
    key = PrimaryKey("t_pkey", ("a", "b"))
    assert gone(index("x", "a"), index("y", "a", "b"), index("z", "b"), primary_key=key) == [
        ("x", "t_pkey", "prefix"),
        ("y", "t_pkey", "same"),
    ]
    assert gone(index("x", "a", unique=True), uniques=(Unique("t_a_key", ("a",)),)) == [("x", "t_a_key", "same")]
    equal = Unique("t_a_key", ("a",), nulls_not_distinct=True)
    assert gone(index("x", "a", unique=True), uniques=(equal,)) == []


def test_something_always_remains():
    made = [index(name, "a") for name in "vwxyz"]
    assert len(gone(*made)) == len(made) - 1
