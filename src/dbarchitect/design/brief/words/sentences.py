"""A text as sentences with their place: paragraphs, headings and bullets keep their meaning."""

from __future__ import annotations

import re

from dbarchitect.design.brief.compact import outside
from dbarchitect.records import dataclass

LONGEST = 3_000
"""Code points of one sentence; a longer one is no sentence."""

_BULLET = re.compile(r"[ \t]*(?:[-*•‣]|\(?\d{1,3}[.)])[ \t]+")
_BREAK = re.compile(r"\n|[ \t]{8,}")
_MARKUP = re.compile(r"(?m)^[ \t]*#{1,6}[ \t]+|\*\*|__|`")
_END = re.compile(r"[.!?;]+(?=\s|$)")
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|incl|no|approx)|\b[A-Za-z])\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence.

    Args:
        text: without the mark at its end.
        start: offset of its first code point in the whole text.
        items: bullets below it when it ends in a colon, as (text, offset).
    """

    text: str
    start: int
    items: tuple[tuple[str, int], ...] = ()


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, in order; offsets count in `text`."""
    plain = _MARKUP.sub(lambda match: " " * len(match.group()), text)
    found: list[Sentence] = []
    for start, end in _blocks(plain):
        found.extend(_sentences(plain, start, end))
    return _gathered(found)


def _blocks(text: str) -> list[tuple[int, int]]:
    """Runs of lines that belong to one paragraph or bullet."""
    blocks: list[tuple[int, int]] = []
    before = ""
    depth = 0
    for start, line in _lines(text):
        end = start + len(line)
        bullet = _BULLET.match(line)
        content = line.strip()
        if not content:
            blocks.append((end, end))
            depth = 0
        elif depth > 0 and blocks:
            blocks[-1] = (blocks[-1][0], end)
        elif bullet or not blocks or blocks[-1][0] == blocks[-1][1] or _starts(content, before):
            blocks.append((start, end))
        else:
            blocks[-1] = (blocks[-1][0], end)
        before = content
        depth = max(0, depth + line.count("(") - line.count(")"))
    return [(start, end) for start, end in blocks if end > start]


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines with their offsets; a wide gap ends one too, as between the columns of a table."""
    pieces: list[tuple[int, str]] = []
    position = 0
    for match in _BREAK.finditer(text):
        pieces.append((position, text[position : match.start()]))
        position = match.end()
    pieces.append((position, text[position:]))
    return pieces


def _starts(line: str, before: str) -> bool:
    """Whether a line begins something new rather than going on with the line before it."""
    head = line.partition(":")[0]
    complete = before.rstrip().endswith((".", ":", "!", "?", ";"))
    return complete or not line[0].islower() or (":" in line and len(head.split()) <= 4)


def _sentences(text: str, start: int, end: int) -> list[Sentence]:
    block = text[start:end]
    bullet = _BULLET.match(block)
    skip = bullet.end() if bullet else 0
    mask = outside(block)
    found: list[Sentence] = []
    position = skip
    for match in [*_END.finditer(mask, skip), None]:
        stop = match.start() if match else len(block)
        if match and _SHORT.search(block[max(position, stop - 12) : stop + 1]) and match.group() == ".":
            continue
        piece = block[position:stop]
        content = piece.strip()
        if content:
            offset = start + position + len(piece) - len(piece.lstrip())
            found.append(Sentence(("• " if bullet and position == skip else "") + content, offset))
        position = match.end() if match else stop
    return found


def _gathered(found: list[Sentence]) -> list[Sentence]:
    """Bullets behind a sentence that ends in a colon become its items."""
    gathered: list[Sentence] = []
    for sentence in found:
        bullet = sentence.text.startswith("• ")
        text = sentence.text.removeprefix("• ")
        if bullet and gathered and gathered[-1].text.endswith(":"):
            last = gathered[-1]
            gathered[-1] = Sentence(last.text, last.start, (*last.items, (text, sentence.start)))
        else:
            gathered.append(Sentence(text, sentence.start))
    return gathered
