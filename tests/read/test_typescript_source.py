"""A syntax tree whose places are code points, whatever the text holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dbarchitect.typescript.source import Source, walk

STRANGE = "const größe = 'naïve — 🙂', x =\u00a0`日本 ${größe}\u2028`, r = /[—🙂]+/ // ünd 🙂\nexport { größe }\n"


def names(source: Source) -> list[str]:
    return [source.text_of(node) for node in walk(source.root) if node.type == "identifier"]


def test_places_count_code_points() -> None:
    source = Source("a.ts", STRANGE)
    assert source.faults == ()
    assert names(source) == ["größe", "x", "größe", "r", "größe"]
    string = next(node for node in walk(source.root) if node.type == "string")
    assert source.text_of(string) == "'naïve — 🙂'"
    assert source.span(string).start.column == STRANGE.index("'") + 1


@given(st.text(st.characters(blacklist_categories=(), blacklist_characters="\0'\\\r\n\u2028\u2029"), max_size=30))
def test_any_text_in_a_string_is_found_again(content: str) -> None:
    source = Source("a.ts", f"const 名 = '{content}'; f(名)")
    assert source.text_of(next(node for node in walk(source.root) if node.type == "string")) == f"'{content}'"
    assert names(source) == ["名", "f", "名"]
