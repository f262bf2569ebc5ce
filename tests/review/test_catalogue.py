"""Rules of other packages join ours through an entry point, and a faulty one is named."""

import sys

import pytest

from dbarchitect.errors import InputError
from dbarchitect.review import catalogue, engine
from dbarchitect.review.options import Options
from dbarchitect.review.subjects import of_texts

RULE = '''"""A table has a name that is too short to say anything.

Why
    Nobody knows what it holds.

Fix
    Rename it.

Sources
    Our own habit.
"""

from dbarchitect.review.rule import Rule

RULE = Rule("{code}", "short-name", "house", "warning")


def check(subject):
    """Tables with one letter."""
    for table in subject.schema.tables:
        if len(table.name) == 1:
            yield RULE.finding(subject, table.address, f"{{table.name}} says nothing")
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a package whose module holds a text, and forgets it afterwards."""

    def install(text):
        info = tmp_path / "our_rules-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-rules\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text("[dbarchitect.rules]\nshort = our_rules_short\n", encoding="utf-8")
        (tmp_path / "our_rules_short.py").write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        catalogue.pages.cache_clear()

    yield install
    sys.modules.pop("our_rules_short", None)
    catalogue.pages.cache_clear()


def test_a_rule_of_another_package_is_run(package):
    package(RULE.format(code="Y01"))
    review = engine.review([of_texts({"a.sql": "create table a (id int primary key);"})], Options(select=("Y",)))
    assert [(finding.code, finding.address) for finding in review.findings] == [("Y01", "table:public.a")]


def test_a_code_that_is_taken_is_refused(package):
    package(RULE.format(code="K01"))
    with pytest.raises(InputError, match="K01"):
        catalogue.pages()


def test_a_rule_that_cannot_be_loaded_is_named(package):
    package("import nothing_of_that_name\n")
    with pytest.raises(InputError, match="'short'"):
        catalogue.pages()


def test_a_rule_that_fails_costs_nothing_but_itself(package):
    package(RULE.format(code="Y01").replace("len(table.name) == 1", "table.nonsense"))
    review = engine.review([of_texts({"a.sql": "create table a (id int);"})], Options(select=("Y", "K01")))
    assert [finding.code for finding in review.findings] == ["K01"]
    assert "Y01 failed" in review.problems[0].message
