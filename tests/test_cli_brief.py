"""What the BRIEF argument stands for, and what a bad one gets."""

import io
import sys

import pytest

from dbarchitect.brief_source import LARGEST, looks_like_path, resolve_brief
from dbarchitect.errors import InputError


def test_an_existing_file_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users").write_text("\ufeffa user has posts", encoding="utf-8")
    found = resolve_brief("users")
    assert found.text == "a user has posts"
    assert found.path is not None


def test_words_are_words():
    found = resolve_brief("each organization has many products")
    assert (found.text, found.path, found.name) == ("each organization has many products", None, "the words")


@pytest.mark.parametrize(
    "words",
    ["design a database", "users", "user(name, email unique) 1-n post(title, body)", "buyers and/or sellers",
     "line one\nsee brief.yaml", "a shop for example.com", "製品と注文", "x" * 5000],
)  # fmt: skip
def test_what_no_path_looks_like_is_never_a_missing_file(words):
    assert not looks_like_path(words)
    assert resolve_brief(words).text == words


@pytest.mark.parametrize("path", ["brief.yaml", "./users", "../x", "/tmp/none", "~/none", "dir/none", "my brief.yml"])
def test_a_missing_path_is_an_error_and_never_words(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="there is no file"):
        resolve_brief(path)


def test_a_missing_path_names_the_nearest_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brief.yaml").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"Did you mean brief\.yaml"):
        resolve_brief("breif.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"a: b\n\x00", "NUL"),
        (b"a: \xff\xfe", "UTF-8"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\x00", "UTF-8"),
        (b"x" * (LARGEST + 1), "larger than 10 MB"),
    ],
    ids=["empty", "blank", "nul", "bytes", "utf16", "png", "large"],
)
def test_a_file_that_is_no_brief_is_refused(tmp_path, content, message):
    path = tmp_path / "brief.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        resolve_brief(str(path))
    assert str(path) in str(caught.value)


def test_a_folder_is_refused_and_the_brief_within_is_named(tmp_path):
    (tmp_path / "brief.yaml").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="is a folder"):
        resolve_brief(str(tmp_path))


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a user has posts")))
    assert resolve_brief("-").text == "a user has posts"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(InputError, match="standard input: the brief is empty"):
        resolve_brief("-")


def test_blank_words_are_refused():
    with pytest.raises(InputError, match="empty"):
        resolve_brief("  ")
