"""Known findings do not count; new ones do, also beside known ones."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.errors import InputError
from dbarchitect.model.finding import Finding
from dbarchitect.model.source import Position, Span
from dbarchitect.review import baseline, changes


def finding(code="R01", address="table:public.t", file="a.ts", line=1):
    span = Span(file, Position(line, 1), Position(line + 1, 2)) if file else None
    return Finding(code, "a-rule", "fact", "warning", "wrong", address, span)


FINDINGS = st.lists(
    st.builds(finding, st.sampled_from(["R01", "T01"]), st.sampled_from(["table:public.t", 'table:public."ü x"']),
              st.sampled_from(["a.ts", "b c.sql", ""]), st.integers(1, 9)), max_size=8)  # fmt: skip


@given(FINDINGS, FINDINGS)
def test_only_what_is_more_than_before_is_new(before, more):
    known = baseline.read(baseline.write(before), "baseline.json")
    assert baseline.new(before, known) == ()
    assert len(baseline.new([*before, *more], known)) == len(more)
    moved = [finding(item.code, item.address, item.span.file if item.span else "", 40) for item in before]
    assert baseline.new(moved, known) == (), "a line may change"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2, "findings": []}', '{"format": 1, "findings": [3]}'])
def test_what_is_no_baseline_is_refused(text):
    with pytest.raises(InputError) as caught:
        baseline.read(text, "known.json")
    assert caught.value.place == "known.json"
    assert "--update-baseline" in (caught.value.hint or "")


def git(folder, *arguments):
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_changed_lines_since_a_commit(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "app").mkdir()
    old = tmp_path / "app" / "a.ts"
    old.write_text("".join(f"line {number}\n" for number in range(1, 21)), encoding="utf-8")
    (tmp_path / "app" / "same.ts").write_text("x\n", encoding="utf-8")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "first")
    old.write_text(old.read_text(encoding="utf-8").replace("line 7\n", "line seven\nand more\n"), encoding="utf-8")
    (tmp_path / "app" / "new file.ts").write_text("x\n", encoding="utf-8")
    changed = changes.since("main", tmp_path / "app")
    assert changed == {"a.ts": ((7, 8),), "new file.ts": ((1, 1_000_000_000),)}
    items = [finding(file="a.ts", line=7), finding(file="a.ts", line=15), finding(file="same.ts"), finding(file=""),
             finding(file="new file.ts", line=3)]  # fmt: skip
    assert changes.touched(items, changed) == (items[0], items[3], items[4])


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", "main^{tree}x"])
def test_a_commit_that_is_not_there_is_named(tmp_path, ref):
    git(tmp_path, "init", "-q", "-b", "main")
    with pytest.raises(InputError, match="commit"):
        changes.since(ref, tmp_path)


def test_no_repository(tmp_path):
    with pytest.raises(InputError):
        changes.since("main", tmp_path)
