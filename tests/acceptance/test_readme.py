"""The demo does what README.md says it prints: every claim proved, on this machine, now."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the command of `make demo` prints when nobody watches."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"\$\(BIN\)/dbarchitect (design examples/commerce\.yaml -o )demo( --yes)", makefile)
    assert command is not None
    out = tmp_path_factory.mktemp("demo") / "demo"
    words = [str(Path(sys.executable).parent / "dbarchitect"), *f"{command[1]}{out}{command[2]}".split()]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    finished = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def block(text: str, beginning: str) -> str:
    """The lines from the one that begins so up to the next blank one."""
    lines = text[text.index(beginning) :].split("\n\n")[0].splitlines()
    return "\n".join(line.rstrip() for line in lines if line != "```")


def test_the_evidence_is_what_the_readme_shows(printed: str) -> None:
    assert block(README, "Evidence  Drizzle") == block(printed, "Evidence  Drizzle")


def test_every_claim_of_the_demo_is_proved(printed: str) -> None:
    last = printed.rstrip().splitlines()[-1]
    counts = re.fullmatch(r"(\d+) of (\d+) claims proved on PostgreSQL \d+\.\d+\.", last)
    assert counts is not None, last
    assert counts[1] == counts[2]
    assert last in README


def test_the_review_is_what_the_readme_shows() -> None:
    command = [str(Path(sys.executable).parent / "dbarchitect"), "review", "examples/review/schema.ts", "--static"]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1, done.stderr
    for beginning in ("R01 [*] no index", "Z01 [unsafe fix] orders"):
        assert block(README, beginning) == block(done.stdout, beginning)
