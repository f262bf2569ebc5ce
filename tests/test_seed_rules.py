"""Every sentence of the seed is kept by something that exists."""

import importlib
from pathlib import Path

import pytest
import seed
import seed_page

from dbarchitect.prove import run
from dbarchitect.review import catalogue
from dbarchitect.surface.cli import main

PACKAGE = Path(__file__).parent.parent / "src" / "dbarchitect"
KEEPERS, SECTIONS = seed_page.load()
SENTENCES = [(section["section"], sentence) for section in SECTIONS for sentence in section["asks"]]


def unmapped(text, known):
    """The sentences of a seed that have no entry."""
    return [sentence for sentence in seed.sentences(text) if sentence.id not in known]


def missing(item):
    """Why `by` names nothing, or None."""
    kind, _, value = item.partition(":")
    if kind == "claim":
        return None if value in {module.KIND for module in run.kinds()} else f"there is no claim {value}"
    if kind == "later":
        if value not in seed_page.VERBS:
            return f"{value} is no verb to come"
        return f"{value} exists now: say what keeps it" if value in main.commands() else None
    if kind == "rule":
        return None if value in {page.rule.code for page in catalogue.pages()} else f"there is no rule {value}"
    if kind == "template":
        return None if (PACKAGE / value).is_file() else f"there is no file {value}"
    if kind == "emitter":
        module, _, name = value.partition(":")
        try:
            found = importlib.import_module(f"dbarchitect.{module}")
        except ImportError as error:
            return str(error)
        return None if not name or hasattr(found, name) else f"{module} has no {name}"
    return f"{kind} is no kind of keeper"


def test_the_whole_seed_is_mapped():
    text = seed.seed_text()
    if text is None:
        pytest.skip("the seed does not lie beside this clone (../shared/seed)")
    assert unmapped(text, {sentence["id"] for _, sentence in SENTENCES}) == []
    assert [(sentence.id, sentence.section, sentence.quote) for sentence in seed.sentences(text)] == [
        (sentence["id"], section, sentence["quote"]) for section, sentence in SENTENCES
    ]


def test_an_unmapped_sentence_is_seen():
    text = "# A\n\n## Rules\n\n- Keep it short\n- Keep it true\n"
    first, second = seed.sentences(text)
    assert (first.section, first.quote) == ("Rules", "Keep it short")
    assert unmapped(text, {first.id}) == [second]


def test_a_changed_sentence_has_another_id():
    long = "- " + "word " * 60
    assert seed.sentences(long)[0].id != seed.sentences(long + "more")[0].id
    assert seed.sentences(long)[0].quote == seed.sentences(long + "more")[0].quote


def test_comments_types_and_samples_are_taken():
    text = """\
## Column Type Reference
```ts
// Text
text('a'); // Unlimited
```
## X
```ts
const a = 1 // ALWAYS so
```
"""
    assert [(found.section, found.quote) for found in seed.sentences(text)] == [
        ("Column Type Reference", "(the sample)"),
        ("Column Type Reference", "text('a'); // Unlimited"),
        ("X", "(the sample)"),
        ("X", "ALWAYS so"),
    ]


def test_every_sentence_names_a_keeper_and_every_keeper_is_named():
    named = {name for _, sentence in SENTENCES for name in sentence["kept"]}
    assert all(sentence["kept"] for _, sentence in SENTENCES)
    assert named == set(KEEPERS)


@pytest.mark.parametrize("name", sorted(KEEPERS))
def test_a_keeper_names_what_exists(name):
    assert KEEPERS[name].by, f"{name} is kept by nothing"
    assert [fault for fault in map(missing, KEEPERS[name].by) if fault] == []


@pytest.mark.parametrize(
    "item", ["claim:nothing", "later:design", "later:x", "rule:H00", "emitter:nothing", "emitter:config:x", "a:b"]
)
def test_a_keeper_that_does_not_exist_is_seen(item):
    assert missing(item)
