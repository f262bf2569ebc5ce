"""Any text is read without an error, and in the same way each time."""

import random

import pytest

from dbarchitect.read.drizzle import queries, static
from dbarchitect.review import catalogue
from dbarchitect.review.specimen import HEAD, SCHEMA
from dbarchitect.review.subject import Subject
from dbarchitect.typescript.source import Source

PAGES = [page for page in catalogue.pages() if page.rule.code.startswith("Q")]
TEXT = HEAD + "".join(example.files["queries.ts"].removeprefix(HEAD) for page in PAGES for example in page.examples[:2])
PIECES = ["(", ")", "{", "}", "[", "]", "`", "${", "'", ".where(", ".", "=>", "await ", "...", "?", ":", "\n", "é", ""]


@pytest.fixture(scope="module")
def schema():
    return static.read({"schema.ts": SCHEMA})


@pytest.mark.parametrize("seed", range(25))
def test_mutated_text_never_raises(schema, seed):
    chance = random.Random(seed)
    start = chance.randrange(len(TEXT) - 3000)
    letters = list(HEAD + TEXT[start : start + 3000])
    for _ in range(chance.randrange(1, 40)):
        place = chance.randrange(len(letters))
        letters[place : place + chance.randrange(4)] = [chance.choice(PIECES)]
    text = "".join(letters)
    sources = {"queries.ts": Source("queries.ts", text)}
    found = queries.read(sources, schema.declared, schema.schema)
    subject = Subject(
        schema.schema, declared=schema.declared, queries=found, sources=sources, texts={"queries.ts": text}
    )
    first = [finding for page in PAGES for finding in page.check(subject)]
    assert first == [finding for page in PAGES for finding in page.check(subject)]
