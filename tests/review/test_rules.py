"""Every rule: its page, its examples and its demonstration, all taken from its one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dbarchitect.review import catalogue, demonstration
from dbarchitect.review.subjects import of_texts

PAGES = catalogue.pages()
FAMILY = re.compile(r"[KRNCTIMAZQSHX]\d\d")
EXAMPLES = [
    pytest.param(page, example, id=f"{page.rule.code}-{place}")
    for page in PAGES
    for place, example in enumerate(page.examples)
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule.code)
def test_a_rule_is_documented(page):
    assert FAMILY.fullmatch(page.rule.code)
    name = page.module.rpartition(".")[2]
    assert name == f"{page.rule.code.lower()}_{page.rule.name.replace('-', '_')}"
    first, *_ = page.text.splitlines()
    assert first.endswith("."), "the first line is a sentence"
    assert [line for line in page.text.splitlines() if re.fullmatch(r"[A-Z]\w+", line)] == ["Why", "Fix", "Sources"]
    assert any(example.finds for example in page.examples), "a bad example"
    assert any(not example.finds for example in page.examples), "a good example"


def test_codes_and_names_are_unique():
    names = [page.rule.name for page in PAGES]
    assert sorted(set(names)) == sorted(names)


def test_facts_are_demonstrated():
    """A fact about PostgreSQL or Drizzle can be shown; what only a reader can judge is taste or a suspicion."""
    assert [page.rule.code for page in PAGES if page.rule.kind == "fact" and not page.demonstration] == []


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_examples(page, example):
    subject = of_texts(example.files, statistics=example.statistics)
    found = list(page.check(subject))
    assert [finding.address for finding in found] == list(example.finds)
    for finding in found:
        assert finding.code == page.rule.code
        if subject.texts and not example.statistics:
            assert finding.span is not None, "a finding of a text says where"


@pytest.mark.parametrize("page", [page for page in PAGES if page.demonstration], ids=lambda page: page.rule.code)
def test_demonstrations_hold(page, server):
    for outcome in demonstration.run(page.demonstration, server):
        assert outcome.held, f"{outcome.step.says or outcome.step}: {outcome.result}"


def test_rules_lie_in_their_folder():
    folder = Path(catalogue.package.__path__[0])
    assert len(list(folder.glob("[a-z]*.py"))) == len(
        [page for page in PAGES if page.module.startswith("dbarchitect.")]
    )
