"""Any text gives requirements or an error that a user may see, in time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbarchitect.design.brief.reader import LONGEST, read
from dbarchitect.design.brief.requirements import Requirements
from dbarchitect.design.brief.writer import write
from dbarchitect.errors import InputError

BUSY = 3
"""How much slower than an idle one a machine may be that runs other tests beside these."""

FORMS = ("yaml", "words", "compact", "auto")
PIECES = (
    "each every a an the one or more many at most 3 has have belongs to contains may must not users user order orders "
    "product email name unique per tenant required search by no overlap of never deleted append only multi-tenant soft "
    "delete design schema table for with and , . ; : ( ) [ ] - — \" ' \n \n- 1-n n-m 1-1? through as is are one of "
    "entities: relationships: enumerations: rules: access: dependencies: tenant: type: -> >= check: ~ null & * ! | > # "
    "😀 価格 שלום borrow enroll in identified _id id created at default between 1 5 following such"
)
pieces = st.lists(st.sampled_from(PIECES.split(" ")), max_size=40)
texts = st.one_of(
    st.text(max_size=200),
    pieces.map(" ".join),
    pieces.map("".join),
)


def outcome(text, form):
    """What reading gives; anything but requirements or an InputError fails the test."""
    try:
        found = read(text, name="brief", form=form)
    except InputError:
        return None
    assert isinstance(found, Requirements)
    return found


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=texts)
def test_any_text(form, text):
    found = outcome(text, form)
    if found is not None:
        assert read(write(found), name="brief.yaml") == found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=texts, where=st.sampled_from(["  a: {}", "  {}: b", "  a:\n    b: {}", "  a:\n    rules:\n      - {}",
                                           "  a:\n    access:\n      - {}", "  a:\n    dependencies: [{}]",
                                           "  a:\nrelationships:\n  - {}"]))  # fmt: skip
def test_any_text_in_any_place_of_a_file(value, where):
    outcome("entities:\n" + where.replace("{}", value.replace("\n", " ")), "yaml")


HOSTILE = {
    "blanks": " ",
    "lines": "\n",
    "commas": ",",
    "open": "(",
    "close": ")",
    "pairs": "()",
    "brackets": "[",
    "braces": "{",
    "quotes": '"',
    "escapes": '\\"',
    "colons": "a: ",
    "dashes": "- ",
    "and": "a and ",
    "has": "a has a ",
    "for": "a for a ",
    "unique": "unique a per ",
    "search": "find a by ",
    "tabs": "a\t",
    "stars": "**a**",
    "dots": "e.g. ",
    "operators": "a 1-n ",
    "keys": "a:\n",
    "words": "word ",
    "one": "a",
    "letters": "A.",
    "sentences": "A has many B. ",
    "things": "a0 has many b. ",
    "sharp": "#",
    "apostrophes": "a's b ",
    "nested": "a(b, ",
    "emoji": "😀",
    "nbsp": " ",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", ["words", "compact"])
def test_the_longest_text_of_anything_in_time(form, name):
    piece = HOSTILE[name]
    started = time.perf_counter()
    outcome((piece * LONGEST[form])[: LONGEST[form]], form)
    assert time.perf_counter() - started < 2 * BUSY


@pytest.mark.parametrize(
    "name", ["blanks", "lines", "open", "brackets", "braces", "quotes", "colons", "dashes", "keys", "sharp"]
)
@pytest.mark.parametrize("head", ["", "entities:\n  a:\n    b: ", "entities:\n  a: "])
def test_a_megabyte_of_anything_in_a_file_in_time(head, name):
    piece = HOSTILE[name]
    started = time.perf_counter()
    outcome(head + piece * (1_000_000 // len(piece)), "yaml")
    assert time.perf_counter() - started < 2 * BUSY


@pytest.mark.parametrize("form", ["yaml", "words", "compact"])
def test_more_is_refused_at_once(form):
    started = time.perf_counter()
    assert outcome("a b, " * LONGEST[form], form) is None
    assert time.perf_counter() - started < 1
