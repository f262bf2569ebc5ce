"""Broken SQL: nothing is raised, everything that is wrong is named, and what is right is still read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dbarchitect.read.sql.reader import read
from dbarchitect.sql.statements import split

HERE = Path(__file__).parent
STATEMENTS = [
    piece.text
    for path in (HERE.parent / "corpus.sql", HERE / "changes.sql")
    for piece in split(path.read_text(encoding="utf-8"))
]
ODD = (
    "'",
    '"',
    "$$",
    "(",
    ")",
    ";",
    "--",
    "/*",
    "*/",
    "\\",
    "\0",
    "\ud800",
    "é",
    ",",
    "E'",
    "::",
    "\n\\x\n",
    "null",
    "of",
)


def mutated(text: str, chance: random.Random) -> str:
    """The text with something cut, doubled, swapped or put in."""
    place = chance.randrange(len(text) + 1)
    other = min(len(text), place + chance.randrange(1, 30))
    words = text.split(" ")
    match chance.randrange(5):
        case 0:
            return text[:place]
        case 1:
            return text[:place] + text[other:]
        case 2:
            return text[:place] + chance.choice(ODD) + text[place:]
        case 3:
            chance.shuffle(words)
            return " ".join(words)
        case _:
            first, second = chance.randrange(len(words)), chance.randrange(len(words))
            words[first], words[second] = words[second], words[first]
            return " ".join(words)


def check(*texts: str) -> None:
    """Read the texts as files that run one after the other."""
    files = {f"{number}.sql": text for number, text in enumerate(texts)}
    result = read(files)
    for problem in result.problems:
        assert problem.message
        assert problem.span is not None
        assert problem.span.start <= problem.span.end
        assert problem.span.end.line <= files[problem.span.file].count("\n") + 1
    for spans in result.schema.annotations.spans.values():
        assert all(span.start <= span.end for span in spans)


@pytest.mark.parametrize("seed", range(6))
def test_broken_sql_is_named_and_never_raised(seed):
    chance = random.Random(seed)
    check(*(mutated(text, chance) if chance.random() < 0.3 else text for text in STATEMENTS))


SCRAPS = ("", ";", "\0", "\\", "'", "$$", "/*", "--", "\ufeff", "copy t from stdin;\n1\n", "create", "\ud800", "é;'")


@pytest.mark.parametrize("sql", SCRAPS)
def test_scraps(sql):
    check(sql)


def test_deep_texts_do_not_kill():
    chain = "||".join(["a"] * 200_000)
    result = read({"a.sql": f"create table t (a text check ({chain} = ''));\ncreate table u (a int);"})
    assert [table.name for table in result.schema.tables] == ["t", "u"]
    result = read({"a.sql": f"create table t (a boolean check ({'not ' * 200_000} a));\ncreate table u (a int);"})
    assert [table.name for table in result.schema.tables] == ["u"]
    assert [problem.severity for problem in result.problems] == ["error"]
