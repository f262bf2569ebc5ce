"""The generated pages are what the code says, and the hand-written ones name only what exists."""

import re
from pathlib import Path

import pytest

import docs
from dbarchitect.surface.cli import main

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"(?ms)^```sh\n(.*?)^```|`([^`\n]+)`")
HAND_WRITTEN = ("README.md", "CONTRIBUTING.md", "AGENTS.md")


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_generated_page_is_what_the_code_says(name):
    assert (ROOT / name).read_text(encoding="utf-8") == docs.PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_named_files_exist(name):
    """Every path in backticks or in a link that has a slash or a known suffix is there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    paths = re.findall(r"`((?:src|docs|tests|bench|tools|examples|changelog\.d)/[\w./-]*)`", text)
    paths += re.findall(r"\]\(([^)#:]+)\)", text)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_named_make_targets_and_commands_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    code = "\n".join(block or inline for block, inline in CODE.findall(text))
    for target in re.findall(r"(?m)^make ([a-z][a-z-]*)", code):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in re.findall(r"(?m)^dbarchitect ([a-z][a-z-]*)", code):
        assert command in main.commands(), command
