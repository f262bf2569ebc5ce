"""What conditions say, in the spellings of SQL files, of the catalog and of Drizzle."""

import pytest

from dbarchitect.facts.conditions import checks_of, mentions, plain, requires_null
from dbarchitect.model.constraint import Check
from dbarchitect.model.table import Table


@pytest.mark.parametrize(
    "text",
    ["deleted_at is null", "(deleted_at IS NULL)", '"notes"."deleted_at" is null', "((notes.deleted_at  IS\n NULL))"],
)
def test_spellings_of_one_condition_agree(text):
    assert plain(text) == "deleted_at is null"
    assert requires_null(text, "deleted_at")


def test_strings_and_quoted_names_are_left_alone():
    assert plain("kind = 'A (B)'::text") == "kind = 'A (B)'"
    assert plain('"createdAt" IS NOT NULL') == "createdAt is not null"
    assert plain("a = 'x''y' AND B = 1") == "a = 'x''y' and b = 1"


def test_what_a_condition_speaks_of():
    assert mentions('"items"."price" >= 0', "price")
    assert not mentions("unit_price >= 0", "price")
    assert not mentions("kind = 'price'", "price")
    table = Table("public", "t", checks=(Check("a", "price > 0"), Check("b", "kind = 'price'")))
    assert checks_of(table, "price") == ("price > 0",)


def test_only_what_holds_for_every_row_counts():
    assert requires_null("deleted_at is null and kind = 'a'", "deleted_at")
    assert not requires_null("deleted_at is null or kind = 'a'", "deleted_at")
    assert not requires_null(None, "deleted_at")
