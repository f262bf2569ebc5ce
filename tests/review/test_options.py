"""Which rules run where, and how much their findings weigh."""

import pytest

from dbarchitect.errors import InputError
from dbarchitect.model.finding import Finding
from dbarchitect.model.source import Position, Span
from dbarchitect.review.options import Options, PathOptions
from dbarchitect.review.rule import Page, Rule


def page(code="R01", kind="fact", profiles=("house", "modern")):
    return Page(Rule(code, "a-rule", kind, "warning", profiles=profiles), lambda subject: iter(()), "A rule.")


def finding(code="R01", file="src/schema.ts", kind="fact"):
    span = Span(file, Position(3, 1), Position(3, 9))
    return Finding(code, "a-rule", kind, "warning", "wrong", "table:public.t", span)


@pytest.mark.parametrize(
    ("options", "runs"),
    [
        (Options(), True),
        (Options(select=("R",)), True),
        (Options(select=("T",)), False),
        (Options(ignore=("R",)), False),
        (Options(ignore=("R01",)), False),
        (Options(ignore=("R02",)), True),
        (Options(select=("R01",), ignore=("R",)), True),
        (Options(select=("R",), ignore=("R01",)), False),
        (Options(select=("R01",), ignore=("R01",)), False),
    ],
)
def test_the_longest_code_decides(options, runs):
    assert options.runs(page()) is runs
    assert options.keeps(finding(), page()) is runs


def test_a_rule_of_another_profile_runs_only_when_it_is_named():
    house = page("H01", "house", ("house",))
    assert Options(profile="house").runs(house)
    assert not Options(profile="modern").runs(house)
    assert Options(profile="modern", select=("H01",)).runs(house)


def test_paths_have_the_last_word():
    legacy = PathOptions("legacy/**", ignore=("R",))
    back = PathOptions("legacy/new.ts", select=("R01",))
    options = Options(paths=(legacy, back))
    assert options.keeps(finding(file="src/a.ts"), page())
    assert not options.keeps(finding(file="legacy/a/b.ts"), page())
    assert options.keeps(finding(file="legacy/new.ts"), page())
    only_there = Options(select=("T",), paths=(PathOptions("**/schema.ts", select=("R",)),))
    assert only_there.runs(page())
    assert only_there.keeps(finding(), page())
    assert not only_there.keeps(finding(file="src/other.ts"), page())


@pytest.mark.parametrize(
    ("pattern", "file", "fits"),
    [
        ("*.sql", "drizzle/0001_a.sql", True),
        ("drizzle/*.sql", "drizzle/meta/a.sql", False),
        ("drizzle/**", "drizzle/meta/a.sql", True),
        ("drizzle/", "drizzle/a.sql", True),
        ("**/auth.ts", "auth.ts", True),
        ("src/**/auth.ts", "src/db/auth.ts", True),
        ("src/?.ts", "src/ab.ts", False),
        ("./src/a.ts", "src/a.ts", True),
    ],
)
def test_patterns(pattern, file, fits):
    assert PathOptions(pattern).matches(file) is fits


def test_weights():
    options = Options(
        severity={"R": "info", "R01": "error"}, paths=(PathOptions("legacy/**", severity={"R01": "off"}),)
    )
    assert options.weight(finding()) == "error"
    assert options.weight(finding("R02")) == "info"
    assert options.weight(finding("T01")) == "warning"
    assert options.keeps(finding(), page())
    assert not options.keeps(finding(file="legacy/a.ts"), page())


def test_taste_counts_when_somebody_chose_it():
    taste = finding("H01", kind="house")
    assert not Options().counts(taste)
    assert Options(taste_counts=True).counts(taste)
    assert Options(select=("H01",)).counts(taste)
    assert Options().counts(finding())


def test_an_unknown_code_is_refused_with_the_nearest():
    Options(select=("R",)).check(["R01", "T01"])
    with pytest.raises(InputError, match="R01"):
        Options(ignore=("R10",)).check(["R01", "T01"])
    with pytest.raises(InputError):
        Options(paths=(PathOptions("a", severity={"Y": "error"}),)).check(["R01"])
