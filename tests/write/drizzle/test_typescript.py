from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbarchitect.write.drizzle import typescript

Evaluate = Callable[[str], Any]

HOSTILE = [
    "'",
    '"',
    "`",
    "${",
    "}",
    "\\",
    "*/",
    "/*",
    "//",
    "\n",
    "\r",
    "\u2028",
    "\u2029",
    "\u202e",
    "\0",
    "a",
]
texts = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.sampled_from(
        [
            "'",
            '"',
            "`",
            "${",
            "}",
            "\\",
            "*/",
            "/*",
            "//",
            "\n",
            "\r",
            "\u2028",
            "\u2029",
            "\u202e",
            "\0",
            "a",
        ]
    )
).map("".join)


@given(texts)
@settings(max_examples=400, deadline=None)
def test_a_string_literal_has_the_value_of_its_text(evaluate: Evaluate, text: str) -> None:
    assert evaluate(f"return {typescript.string(text)}") == text


@given(texts)
@settings(max_examples=400, deadline=None)
def test_a_template_literal_has_the_value_of_its_text(evaluate: Evaluate, text: str) -> None:
    assert evaluate(f"return `{typescript.template(text)}`") == text


@given(texts)
@settings(max_examples=300, deadline=None)
def test_a_comment_ends_where_we_end_it(evaluate: Evaluate, text: str) -> None:
    block = typescript.comment(text, indent="  ")
    assert evaluate(f"let seen = 1\n{block}\nseen += 1\n{typescript.line_comment(text)}\nreturn seen") == 2
    assert block.count("*/") == 1


@given(texts)
@settings(max_examples=300, deadline=None)
def test_an_identifier_can_be_declared(evaluate: Evaluate, text: str) -> None:
    name = typescript.identifier(text)
    assert evaluate(f"'use strict'; const {name} = 7; return {name}") == 7
    assert typescript.is_identifier(name)
    assert typescript.identifier(name) == name


@given(texts)
@settings(max_examples=300, deadline=None)
def test_a_property_key_is_the_key(evaluate: Evaluate, text: str) -> None:
    key = typescript.property_key(text)
    assert evaluate(f"const row = {{ {key}: 1 }}; return Object.keys(row)") == [text]
    assert evaluate(f"const row = {{ {key}: 5 }}; return {typescript.member('row', text)}") == 5


@pytest.mark.parametrize("word", sorted(typescript.RESERVED))
def test_reserved_words_get_a_tail(evaluate: Evaluate, word: str) -> None:
    assert typescript.identifier(word) == word + "_"
    assert evaluate(f"return ({{ {typescript.property_key(word)}: 3 }}).{word}") == 3


def test_text_that_a_reviewer_cannot_see_is_written_as_escapes() -> None:
    assert typescript.string("a\u202eb\x00\ud800") == "'a\\u202eb\\x00\\ud800'"
    assert typescript.comment_text("a\u202eb\ud800c") == "a b c"


def test_quotes_are_chosen_as_biome_does() -> None:
    assert typescript.string("it's") == '"it\'s"'
    assert typescript.string("'\"") == "'\\'\"'"


def test_a_placeholder_in_plain_quotes_is_no_placeholder(evaluate: Evaluate) -> None:
    assert "${" not in typescript.string("a${b}")
    assert evaluate(f"return {typescript.string('a${b}')}") == "a${b}"


def test_names_keep_their_script_and_tell_emoji_apart() -> None:
    assert typescript.identifier("注文") == "注文"
    assert typescript.identifier("הזמנה") == "הזמנה"
    assert typescript.identifier("🍕") != typescript.identifier("🍔")
    assert typescript.property_key("order-item") == "'order-item'"


def test_a_comment_wraps_and_keeps_paragraphs() -> None:
    block = typescript.comment("word " * 30 + "\n\nsecond", width=60)
    lines = block.split("\n")
    assert max(map(len, lines)) <= 60
    assert lines[-3:] == [" *", " * second", " */"]
