"""A TypeScript file as a syntax tree; the only importer of tree-sitter.

tree-sitter recovers from errors, so that a file with a fault in one place still has a tree around it
(reference/drizzle.md, 5.1: no error node in 146 files of real projects).
"""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Iterator
from functools import cache, cached_property

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from dbarchitect.model.source import Position, Span

__all__ = ["Node", "Source", "arguments", "walk"]

_BLANK = re.compile(r"[^\S\x00-\x7f]|[\ufeff\u2060\u200b]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
MARKUP = (".tsx", ".jsx", ".js", ".mjs", ".cjs")


class Source:
    """One file: its text, its tree, and spans of its nodes.

    Args:
        file: the relative POSIX path that spans name.
        text: what the file holds.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    @cached_property
    def _parsed(self) -> bytes:
        return _stand_in(self.text)

    @cached_property
    def root(self) -> Node:
        """The root of the tree; the bytes that its nodes count are the text's code points."""
        return _parser(self.file.endswith(MARKUP)).parse(self._parsed).root_node

    def root_from(self, place: int) -> Node:
        """The root of the tree of what follows a place, whose nodes stand where they stand in the whole text."""
        blank = re.sub(rb"[^\n]", b" ", self._parsed[:place])
        return _parser(self.file.endswith(MARKUP)).parse(blank + self._parsed[place:]).root_node

    @cached_property
    def _starts(self) -> array[int]:
        """The places at which lines begin."""
        return array("L", [0, *(match.end() for match in re.finditer("\n", self.text))])

    def text_of(self, node: Node) -> str:
        """The node's text."""
        return self.text[node.start_byte : node.end_byte]

    def span(self, node: Node) -> Span:
        """Where the node stands."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> Span:
        """The span from one place (0-based, in code points) up to another."""
        starts = self._starts
        first = bisect.bisect_right(starts, start)
        last = bisect.bisect_right(starts, end, first - 1) if end >= start else bisect.bisect_right(starts, end)
        before, after = Position(first, start - starts[first - 1] + 1), Position(last, end - starts[last - 1] + 1)
        return Span(self.file, before, after)

    @cached_property
    def faults(self) -> tuple[Span, ...]:
        """Where the text is no TypeScript, in order; empty for a sound file."""
        if not self.root.has_error:
            return ()
        return tuple(self.span(node) for node in walk(self.root) if node.is_error or node.is_missing)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def arguments(call: Node) -> tuple[Node, ...]:
    """The arguments of a call expression, comments left out."""
    listed = call.child_by_field_name("arguments")
    if listed is None or listed.type != "arguments":
        return ()
    return tuple(node for node in listed.named_children if node.type != "comment")


def _stand_in(text: str) -> bytes:
    """The text with one byte for each code point, so that a tree's bytes count code points.

    Blanks stay blanks; everything else becomes `_`, which is part of a name where the grammar takes the original for
    one (it takes all but blanks and ASCII's signs), and makes no keyword.
    """
    return _FOREIGN.sub(lambda found: "_" * len(found[0]), _BLANK.sub(" ", text)).encode("ascii")


@cache
def _parser(markup: bool) -> Parser:
    language = tree_sitter_typescript.language_tsx() if markup else tree_sitter_typescript.language_typescript()
    return Parser(Language(language))
