"""Elements of a list in brackets: arrays, objects, arguments, import clauses. Put one in, take one out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbarchitect.model.finding import Edit
from dbarchitect.review.mending.script import Script
from dbarchitect.typescript.source import Node


def items(node: Node) -> tuple[Node, ...]:
    """The elements of a list node, comments left out."""
    return tuple(child for child in node.named_children if child.type != "comment")


def append(script: Script, node: Node, entry: str) -> tuple[Edit, ...]:
    """Put `entry` behind the last element.

    Args:
        script: the file.
        node: the array, object, arguments or clause, brackets included.
        entry: the text of the element; its further lines are indented as if it began at the margin.
    """
    listed = items(node)
    if not listed:
        return (_into_empty(script, node, entry),)
    last = listed[-1]
    end = script.end(last)
    comma = _comma_after(script, end, script.end(node) - 1)
    if not script.leads(script.start(last)):
        return (_on_the_line(script, node, listed, entry, comma),)
    pad = script.indent(script.start(last))
    line = f"\n{pad}{indented(entry, pad)}"
    if comma is not None:
        place = _after_comment(script, comma + 1)
        return (script.edit(place, place, f"{line},"),)
    place = _after_comment(script, end)
    if place == end:
        return (script.edit(end, end, f",{line}"),)
    return (script.edit(end, place, f",{script.text[end:place]}{line}"),)


def prepend(script: Script, before: Node, entry: str) -> Edit:
    """Put `entry` before an element."""
    start = script.start(before)
    pad = script.indent(start)
    return script.edit(start, start, f"{entry},\n{pad}" if script.leads(start) else f"{entry}, ")


def remove(script: Script, node: Node, element: Node) -> Edit:
    """Take an element out, with its comma and, where it has lines of its own, with these lines."""
    listed = items(node)
    start, end = script.start(element), script.end(element)
    close = script.end(node) - 1
    comma = _comma_after(script, end, close)
    if comma is not None:
        stop = comma + 1
        if script.leads(start):
            stop = _after_comment(script, stop)
            begin = script.line_start(start)
            if not script.text[stop : script.line_end(stop)].strip() and begin > script.start(node):
                return script.edit(begin - len(script.newline), script.line_end(stop), "")
        return script.edit(start, stop + _blanks(script, stop), "")
    place = listed.index(element)
    if place:
        return script.edit(script.end(listed[place - 1]), end, "")
    return script.edit(start, end, "")


def indented(text: str, pad: str) -> str:
    """The text with `pad` before each line but the first."""
    return text.replace("\n", f"\n{pad}")


def _into_empty(script: Script, node: Node, entry: str) -> Edit:
    start, end = script.start(node), script.end(node)
    opening, closing = script.text[start], script.text[end - 1]
    inside = script.text[start + 1 : end - 1]
    pad = script.indent(start) + script.unit
    if opening == "(" or (opening == "{" and "\n" not in entry and not inside.strip() and len(entry) < 40):
        space = " " if opening == "{" else ""
        return script.edit(start, end, f"{opening}{space}{entry}{space}{closing}")
    kept = f"\n{pad}{inside.strip()}" if inside.strip() else ""
    return script.edit(start, end, f"{opening}{kept}\n{pad}{indented(entry, pad)},\n{script.indent(start)}{closing}")


def _on_the_line(script: Script, node: Node, listed: Sequence[Node], entry: str, comma: int | None) -> Edit:
    """Behind an element that shares its line: on that line where it fits, else a line for each element."""
    last_end = script.end(listed[-1])
    stop = last_end if comma is None else comma + 1
    tail = script.line_end(last_end) - last_end
    hugged = "\n" in script.text[script.start(listed[-1]) : last_end]
    fits = script.column(last_end) + 2 + len(entry) + tail <= script.width and "\n" not in entry
    first, close = script.start(node), script.end(node)
    if fits or hugged or script.text[first] == "(" or _has_comment(script, node):
        return script.edit(stop, stop, f" {entry}," if comma is not None else f", {entry}")
    pad = script.indent(first) + script.unit
    lines = [script.text[script.start(item) : script.end(item)] for item in listed]
    body = "".join(f"\n{pad}{line}," for line in [*lines, indented(entry, pad)])
    return script.edit(first, close, f"{script.text[first]}{body}\n{script.indent(first)}{script.text[close - 1]}")


def _has_comment(script: Script, node: Node) -> bool:
    return any(child.type == "comment" for child in node.children)


def _comma_after(script: Script, place: int, stop: int) -> int | None:
    """Where the comma after an element stands, comments before it skipped; None when there is none."""
    match = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*,", re.DOTALL).match(script.text, place, stop)
    return match.end() - 1 if match else None


def _after_comment(script: Script, place: int) -> int:
    """After a comment that follows on the same line, or `place` itself."""
    match = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/(?=[ \t]*\r?$))", re.MULTILINE).match(script.text, place)
    return match.end() if match else place


def _blanks(script: Script, place: int) -> int:
    match = re.compile(r"[ \t]*").match(script.text, place)
    return len(match[0]) if match else 0
