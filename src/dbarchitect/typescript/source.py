"""A TypeScript file as a syntax tree; the only importer of tree-sitter.

tree-sitter recovers from errors, so that a file with a fault in one place still has a tree around it
(reference/drizzle.md, 5.1: no error node in 146 files of real projects).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property

import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from dbarchitect.model.source import LineIndex, Span

__all__ = ["Node", "Source", "arguments", "walk"]

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
        self._bytes = text.encode()

    @cached_property
    def root(self) -> Node:
        """The root of the tree."""
        return _parser(self.file.endswith(MARKUP)).parse(self._bytes).root_node

    @cached_property
    def _lines(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def _plain(self) -> bool:
        return len(self._bytes) == len(self.text)

    def text_of(self, node: Node) -> str:
        """The node's text."""
        return self._bytes[node.start_byte : node.end_byte].decode()

    def slice(self, start: int, end: int) -> str:
        """The text from one byte up to another."""
        return self._bytes[start:end].decode()

    def offset(self, byte: int) -> int:
        """The code point at a byte (both 0-based)."""
        return byte if self._plain else len(self._bytes[:byte].decode())

    def span(self, node: Node) -> Span:
        """Where the node stands."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> Span:
        """The span from one byte up to another."""
        return self._lines.span(self.file, self.offset(start), self.offset(end))

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


@cache
def _parser(markup: bool) -> Parser:
    language = tree_sitter_typescript.language_tsx() if markup else tree_sitter_typescript.language_typescript()
    return Parser(Language(language))
