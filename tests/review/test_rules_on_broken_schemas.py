"""A schema that was read in part, or is wrong, is reviewed as far as it goes: no rule falls over it."""

import pytest

from dbarchitect.model.column import Column
from dbarchitect.model.constraint import Check, Exclusion, ForeignKey, PrimaryKey, Unique
from dbarchitect.model.index import Index, IndexPart
from dbarchitect.model.policy import Policy
from dbarchitect.model.schema import ExtendedStatistics, Schema, View
from dbarchitect.model.table import PartitionOf, Table
from dbarchitect.model.types import SqlType, parse_type
from dbarchitect.review import catalogue
from dbarchitect.review.subject import Subject

TEXT = parse_type("text")
WRONG = Table(
    "public",
    "wrong",
    (Column("_", TEXT), Column("ids", TEXT), Column("étage_id", SqlType("of_ours", schema="lost"))),
    primary_key=PrimaryKey("k", ("gone",)),
    uniques=(Unique("u", ("gone", "also_gone")), Unique("e", ())),
    foreign_keys=(
        ForeignKey("f", ("gone",), "public", "wrong", ("gone",)),
        ForeignKey("g", ("gone", "ids"), "public", "nowhere", ("a",)),
        ForeignKey("h", ("ids", "_"), "public", "empty", ("a", "b"), on_delete="cascade"),
    ),
    checks=(Check("c", "gone > ("), Check("d", "")),
    exclusions=(Exclusion("x", ()),),
    indexes=(
        Index("n", ()),
        Index("o", (IndexPart(expression="lower(gone"), IndexPart(column="gone")), unique=True, where="(("),
    ),
    policies=(Policy("p", using=""), Policy("q", "insert", roles=())),
    row_security=True,
)
SCHEMA = Schema(
    tables=(
        WRONG,
        Table("public", "empty"),
        Table("public", "__"),
        Table("public", "part", partition_of=PartitionOf("public", "nowhere", "DEFAULT")),
    ),
    views=(View("public", "v", "select from from wrong with recursive"),),
    statistics=(ExtendedStatistics("public", "s", "CREATE STATISTICS s (dependencies) ON lower(gone), x FROM wrong"),),
)


@pytest.mark.parametrize("page", catalogue.pages(), ids=lambda page: page.rule.code)
def test_a_broken_schema(page):
    for finding in page.check(Subject(SCHEMA)):
        assert finding.message
