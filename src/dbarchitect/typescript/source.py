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

_BLOCK = 4096
_CONTINUATION = bytes(range(0x80, 0xC0))
"""The bytes of UTF-8 that begin no code point."""
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
    def _bytes(self) -> bytes:
        return self.text.encode("utf-8", "surrogatepass")

    @cached_property
    def root(self) -> Node:
        """The root of the tree."""
        return _parser(self.file.endswith(MARKUP)).parse(self._bytes).root_node

    @property
    def encoded(self) -> bytes:
        """The text in UTF-8, which the nodes' bytes count."""
        return self._bytes

    def root_from(self, byte: int) -> Node:
        """The root of the tree of what follows a byte, whose nodes stand where they stand in the whole text."""
        blank = re.sub(rb"[^\n]", b" ", self._bytes[:byte])
        return _parser(self.file.endswith(MARKUP)).parse(blank + self._bytes[byte:]).root_node

    @cached_property
    def _starts(self) -> array[int]:
        """The bytes at which lines begin."""
        return array("L", [0, *(match.end() for match in re.finditer(b"\n", self._bytes))])

    @cached_property
    def _plain(self) -> bool:
        return len(self._bytes) == len(self.text)

    @cached_property
    def _counts(self) -> list[int]:
        """The code points before each block of the text, so that no offset costs more than one block."""
        counts, total = [0], 0
        for start in range(0, len(self._bytes), _BLOCK):
            total += len(self._bytes[start : start + _BLOCK].translate(None, _CONTINUATION))
            counts.append(total)
        return counts

    def text_of(self, node: Node) -> str:
        """The node's text."""
        return self.slice(node.start_byte, node.end_byte)

    def slice(self, start: int, end: int) -> str:
        """The text from one byte up to another."""
        return self.text[start:end] if self._plain else self._bytes[start:end].decode("utf-8", "surrogatepass")

    def offset(self, byte: int) -> int:
        """The code point at a byte (both 0-based)."""
        if self._plain:
            return byte
        block = byte // _BLOCK
        return self._counts[block] + len(self._bytes[block * _BLOCK : byte].translate(None, _CONTINUATION))

    def span(self, node: Node) -> Span:
        """Where the node stands."""
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> Span:
        """The span from one byte up to another."""
        if self._plain:
            starts = self._starts
            first = bisect.bisect_right(starts, start)
            last = bisect.bisect_right(starts, end, first - 1) if end >= start else bisect.bisect_right(starts, end)
            before, after = Position(first, start - starts[first - 1] + 1), Position(last, end - starts[last - 1] + 1)
            return Span(self.file, before, after)
        return Span(self.file, self._position(start), self._position(end))

    def _position(self, byte: int) -> Position:
        line = bisect.bisect_right(self._starts, byte)
        start = self._starts[line - 1]
        if self._plain:
            return Position(line, byte - start + 1)
        if byte - start > _BLOCK:
            return Position(line, self.offset(byte) - self.offset(start) + 1)
        return Position(line, len(self._bytes[start:byte].translate(None, _CONTINUATION)) + 1)

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
