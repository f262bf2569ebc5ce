"""Edits that fit together are made, the others wait; what changed can be seen and written."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.edit.apply import Offsets, apply, diff, write
from dbarchitect.errors import InputError
from dbarchitect.model.finding import Edit
from dbarchitect.model.source import LineIndex, Position, Span

TEXT = "one\nzwei é\r\nthree"


def edit(text: str, start: int, end: int, new: str, file: str = "a") -> Edit:
    return Edit(LineIndex(text).span(file, start, end), new)


@given(st.text(alphabet="aé\r\n\U0001f600", max_size=30), st.data())
def test_a_position_is_an_offset(text, data):
    place = data.draw(st.integers(0, len(text)))
    assert Offsets("a", text).at(LineIndex(text).position(place)) == place
    assert Offsets("a", text).position(place) == LineIndex(text).position(place)


def test_a_group_is_made_as_a_whole_or_not_at_all():
    first = [edit(TEXT, 0, 3, "ONE")]
    second = [edit(TEXT, 2, 4, "-"), edit(TEXT, 12, 17, "THREE")]
    third = [edit(TEXT, 12, 17, "3")]
    done = apply({"a": TEXT}, [first, second, third])
    assert done.texts == {"a": "ONE\nzwei é\r\n3"}
    assert (done.taken, done.left) == ((0, 2), (1,))


def test_the_same_edit_of_two_groups_is_made_once():
    shared = edit(TEXT, 0, 0, "import x\n")
    done = apply({"a": TEXT}, [[shared, edit(TEXT, 3, 3, "!")], [shared, edit(TEXT, 17, 17, "?")]])
    assert done.texts["a"] == f"import x\n{TEXT[:3]}!{TEXT[3:]}?"
    assert done.taken == (0, 1)


def test_insertions_at_one_place_come_in_order_and_touch_no_neighbour():
    groups = [[edit(TEXT, 4, 4, "a")], [edit(TEXT, 4, 8, "vier")], [edit(TEXT, 4, 4, "b")], [edit(TEXT, 8, 8, "c")]]
    done = apply({"a": TEXT}, groups)
    assert done.texts["a"] == "one\nabvierc é\r\nthree"
    assert done.taken == (0, 1, 2, 3)


def test_nothing_changed_is_no_change():
    assert apply({"a": TEXT}, [[edit(TEXT, 0, 3, "one")], []]).texts == {}


@pytest.mark.parametrize("place", [Position(9, 1), Position(1, 9), Position(1, 0), Position(0, 1)])
def test_a_place_that_is_not_there_is_named(place):
    with pytest.raises(InputError, match="outside its file"):
        apply({"a": TEXT}, [[Edit(Span("a", place, place), "x")]])


def test_a_file_that_was_not_read_is_named():
    with pytest.raises(InputError, match="not read"):
        apply({"a": TEXT}, [[edit(TEXT, 0, 0, "x", "b")]])


def test_git_applies_the_diff(tmp_path: Path):
    before = {"a.ts": "one\ntwo\nthree", "b.ts": "same\n"}
    after = {"a.ts": "one\n2\nthree", "b.ts": "same\n"}
    write(tmp_path, before)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff(before, after).encode(), check=True)
    assert (tmp_path / "a.ts").read_text() == after["a.ts"]
    assert diff(before, before) == ""


def test_a_file_keeps_its_mode_and_line_ends(tmp_path: Path):
    path = tmp_path / "a.ts"
    path.write_bytes(b"one\r\n")
    path.chmod(0o600)
    assert write(tmp_path, {"a.ts": "two\r\n"}) == ("a.ts",)
    assert path.read_bytes() == b"two\r\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ts"]


def test_a_folder_that_is_not_there_is_an_error_and_writes_nothing(tmp_path: Path):
    (tmp_path / "a.ts").write_text("one\n")
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path, {"a.ts": "two\n", "missing/b.ts": "x\n"})
    assert (tmp_path / "a.ts").read_text() == "one\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ts"]
