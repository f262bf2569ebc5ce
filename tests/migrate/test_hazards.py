"""Every hazard: its page and its examples, taken from its one file."""

from __future__ import annotations

import re

import pytest

from dbarchitect.migrate import checking, hazard_catalogue
from dbarchitect.migrate.walk import Options
from dbarchitect.migrate.way_back import Down
from dbarchitect.review import catalogue

PAGES = hazard_catalogue.pages()
EXAMPLES = [
    pytest.param(page, example, id=f"{page.module.rpartition('.')[2]}-{place}")
    for page in PAGES
    for place, example in enumerate(page.examples)
]


def hazards(example):
    options = Options(
        postgres=example.postgres, statistics=example.statistics, drizzle=example.drizzle,
        only=frozenset(["1.sql"]), transaction=example.transaction, certain=example.certain,
        downs=None if example.down is None else {"1.sql": Down("1.down.sql", example.down)} if example.down else {},
    )  # fmt: skip
    files = {"0.sql": example.before, "1.sql": example.sql}
    checked = checking.check({**files, "2.sql": example.after} if example.after else files, options)
    return checked.hazards


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.module.rpartition(".")[2])
def test_a_hazard_is_documented(page):
    first, *_ = page.text.splitlines()
    assert first.endswith("."), "the first line is a sentence"
    assert [line for line in page.text.splitlines() if re.fullmatch(r"[A-Z]\w+( way)?", line)] == [
        "Why", "Safe way", "Sources",
    ]  # fmt: skip
    shown = {code for example in page.examples for code in example.codes}
    assert shown == set(page.by_code), "an example for each code"
    assert any(not example.codes for example in page.examples), "a good example"
    assert all(kind.code in page.text for kind in page.kinds) or len(page.kinds) == 1


def test_codes_and_names_are_unique_and_no_rules():
    kinds = [kind for page in PAGES for kind in page.kinds] + list(hazard_catalogue.FOLDER)
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert len({kind.name for kind in kinds}) == len(kinds)
    rules = {page.rule.code for page in catalogue.pages()}
    assert not rules & {kind.code for kind in kinds}
    assert not {kind.name for kind in kinds} & {page.rule.name for page in catalogue.pages()}


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_examples(page, example):
    own = [hazard for hazard in hazards(example) if hazard.code in page.by_code]
    assert sorted(hazard.code for hazard in own) == list(example.codes)
    for hazard in own:
        assert hazard.span is not None
        assert hazard.span.file in ("1.sql", "1.down.sql")
        assert hazard.message
        assert hazard.name == page.by_code[hazard.code].name


def test_harmless_ids_are_nobody_s():
    assert not set(hazard_catalogue.HARMLESS) & set(hazard_catalogue.kinds())
