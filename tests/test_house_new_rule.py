"""`make new-rule` writes a claim with a test, or a rule with examples, that work as they are."""

import importlib.util
import subprocess
import sys

import new_rule
import pytest

from dbarchitect.prove import claims, run
from dbarchitect.review import catalogue, rules
from dbarchitect.review.subjects import of_texts


def test_the_two_files_work_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(new_rule, "ROOT", tmp_path)
    assert new_rule.main(["every_table_has_a_key"]) == 0
    text = (tmp_path / new_rule.CLAIMS / "every_table_has_a_key.py").read_text(encoding="utf-8")
    for name in ("KIND", "STATEMENT", "RANK"):
        assert all(hasattr(module, name) for module in run.kinds())
        assert f"\n{name} = " in text
    written = tmp_path / new_rule.CLAIMS / "every_table_has_a_key.py"
    test = tmp_path / new_rule.TESTS / "test_every_table_has_a_key.py"
    code = (
        f"import sys, dbarchitect.prove.claims as c; c.__path__.append({str(written.parent)!r}); "
        f"import pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', {str(test)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "E,F", "--line-length", "110", str(tmp_path)]
    assert subprocess.run(ruff, check=False).returncode == 0


def test_a_name_with_a_code_becomes_a_rule_that_works(tmp_path, monkeypatch):
    monkeypatch.setattr(new_rule, "ROOT", tmp_path)
    assert new_rule.main(["k99_table_of_nothing"]) == 0
    path = tmp_path / new_rule.RULES / "k99_table_of_nothing.py"
    spec = importlib.util.spec_from_file_location("k99_table_of_nothing", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = catalogue.page_of(module)
    assert (page.rule.code, page.rule.name) == ("K99", "table-of-nothing")
    for example in page.examples:
        assert tuple(finding.address for finding in page.check(of_texts(example.files))) == example.finds
    assert str(new_rule.RULES).endswith("/".join(rules.__name__.split(".")[1:]))


def test_an_existing_file_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(new_rule, "ROOT", tmp_path)
    new_rule.main(["twice"])
    assert new_rule.main(["twice"]) == 2
    assert "already" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "Camel", "with-dash", "class", "1st"])
def test_a_bad_name_is_refused(name):
    assert new_rule.main([name]) == 2


def test_it_writes_where_claims_are_found():
    assert str(new_rule.CLAIMS).endswith("/".join(claims.__name__.split(".")[1:]))
