"""Modifiers of a column's chain: put one behind it, take one out, write one otherwise."""

from __future__ import annotations

from dbarchitect.model.finding import Edit
from dbarchitect.read.drizzle.declared import Call
from dbarchitect.review.mending.items import indented
from dbarchitect.review.mending.script import Script


def append(script: Script, chain: tuple[Call, ...], modifier: str) -> Edit:
    """Put a modifier behind the last one: on a line of its own where the last one has one.

    Args:
        script: the file that holds the chain.
        chain: the builder and its modifiers.
        modifier: such as `notNull()`.
    """
    last = chain[-1]
    start, end = last.start, last.end
    dot = _dot(script, start) if len(chain) > 1 else start
    if len(chain) > 1 and script.leads(dot):
        pad = script.indent(dot)
        return script.edit(end, end, f"\n{pad}.{indented(modifier, pad)}")
    return script.edit(end, end, f".{indented(modifier, script.indent(start))}")


def insert(script: Script, chain: tuple[Call, ...], modifier: str) -> Edit:
    """Put a modifier right behind the builder."""
    end = chain[0].end
    if len(chain) > 1:
        dot = _dot(script, chain[1].start)
        if script.leads(dot):
            return script.edit(end, end, f"\n{script.indent(dot)}.{modifier}")
    return script.edit(end, end, f".{modifier}")


def remove(script: Script, call: Call) -> Edit:
    """Take a modifier out, with its dot and the line break before it."""
    start = call.start
    dot = _dot(script, start)
    begin = dot
    while begin and script.text[begin - 1] in " \t\r\n":
        begin -= 1
    before = script.text[script.line_start(begin) : begin]
    return script.edit(dot if "//" in before else begin, call.end, "")


def replace(script: Script, call: Call, modifier: str) -> Edit:
    """Write another modifier in the place of one."""
    return script.edit(call.start, call.end, modifier)


def _dot(script: Script, start: int) -> int:
    place = start - 1
    while place > 0 and script.text[place] in " \t\r\n":
        place -= 1
    return place
