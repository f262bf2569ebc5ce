"""A TypeScript file that is to be mended: places as offsets of code points, and the habits of its text."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from dbarchitect.edit.apply import Offsets
from dbarchitect.model.finding import Edit
from dbarchitect.model.source import Span
from dbarchitect.typescript.source import Node, Source, walk
from dbarchitect.write.drizzle.typescript import string

WIDTH = 100
"""Lines that we write break where they would be longer, unless the file has longer ones."""


class Script:
    """One file with what edits need to know of it; all offsets are of code points, 0-based.

    Args:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text

    @cached_property
    def _offsets(self) -> Offsets:
        return Offsets(self.source.file, self.text)

    def edit(self, start: int, end: int, text: str) -> Edit:
        """The edit that puts `text` in the place of what stands from `start` up to `end`; its line ends become the
        file's own.
        """
        position = self._offsets.position
        return Edit(Span(self.source.file, position(start), position(end)), text.replace("\n", self.newline))

    def alone(self, edit: Edit) -> Edit:
        """An insertion that no other such insertion fits beside: it takes the character before it along."""
        start, end = self.offsets(edit.span)
        if start != end or not start:
            return edit
        place = self._offsets.position
        return Edit(Span(self.source.file, place(start - 1), place(end)), self.text[start - 1] + edit.text)

    def offsets(self, span: Span) -> tuple[int, int]:
        """Where a span begins and ends."""
        return self._offsets.span(span)

    def start(self, node: Node) -> int:
        """Where a node begins."""
        return node.start_byte

    def end(self, node: Node) -> int:
        """Where a node ends."""
        return node.end_byte

    def node(self, start: int, end: int) -> Node | None:
        """The smallest node that covers the text from `start` up to `end`."""
        return self.source.root.named_descendant_for_byte_range(start, end)

    def node_of(self, span: Span, *kinds: str) -> Node | None:
        """The node of one of these kinds that stands exactly at a span."""
        start, end = self.offsets(span)
        return self.exactly(start, end, *kinds)

    def exactly(self, start: int, end: int, *kinds: str) -> Node | None:
        """The node of one of these kinds from `start` up to `end`."""
        node = self.node(start, end)
        while node is not None and node.start_byte == start and node.end_byte == end:
            if node.type in kinds:
                return node
            node = node.parent
        return None

    @cached_property
    def newline(self) -> str:
        """How lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def quote(self) -> str:
        """The quotes that most strings of the file have."""
        double = single = 0
        for node in walk(self.source.root):
            if node.type == "string":
                double += self.text[self.start(node)] == '"'
                single += self.text[self.start(node)] == "'"
            if double + single > 60:
                break
        return '"' if double > single else "'"

    @cached_property
    def semicolon(self) -> str:
        """What ends a statement: a semicolon, or nothing."""
        ends = [self.text[self.end(node) - 1] for node in self.source.root.named_children if node.type != "comment"]
        return ";" if ends.count(";") * 2 >= len(ends) and ends else ""

    @cached_property
    def width(self) -> int:
        """How long a line may be."""
        longest = max((len(line) for line in self.text.splitlines()), default=0)
        return 80 if longest <= 80 else max(WIDTH, min(longest, 120))

    @cached_property
    def unit(self) -> str:
        """One step of indentation."""
        found = re.search(r"^(\t| {2,8})\S", self.text, re.MULTILINE)
        return found[1] if found else "  "

    def literal(self, value: str) -> str:
        """A string literal in the file's quotes, where they need no escape."""
        text = string(value)
        if text[0] == self.quote or self.quote in text[1:-1]:
            return text
        other = text[0]
        return self.quote + text[1:-1].replace(f"\\{other}", other) + self.quote

    def indent(self, offset: int) -> str:
        """The indentation of the line that holds an offset."""
        begin = self.line_start(offset)
        match = re.compile(r"[ \t]*").match(self.text, begin)
        return match[0] if match else ""

    def line_start(self, offset: int) -> int:
        """Where the line that holds an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the line that holds an offset ends, its line end left out."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > offset and self.text[end - 1] == "\r" else end

    def leads(self, offset: int) -> bool:
        """Whether only blanks stand before an offset in its line."""
        return not self.text[self.line_start(offset) : offset].strip()

    def column(self, offset: int) -> int:
        """How many characters stand before an offset in its line."""
        return offset - self.line_start(offset)


@lru_cache(maxsize=2048)
def script(source: Source) -> Script:
    """The script of a file; those of many files are kept."""
    return Script(source)
