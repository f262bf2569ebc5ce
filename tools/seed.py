"""Takes the imperative sentences out of the seed, the text that this project keeps, by a rule that anybody can repeat.

Counted as a sentence of the seed are, outside its code samples, every list item and every sentence of its running text,
and every heading that says MANDATORY or CRITICAL; inside them every comment, every line of the column type reference,
and every sample as a whole. Headings otherwise, blank lines and rules are structure and ask for nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = Path(__file__).resolve().parent.parent.parent / "shared" / "seed"
QUOTED = 100


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that the seed asks for.

    Args:
        id: eight hexadecimal digits of the section and the whole text.
        section: the headings above it, without the page's title.
        quote: its text, cut after QUOTED characters.
    """

    id: str
    section: str
    quote: str


def seed_text() -> str | None:
    """The seed, or None where it does not lie beside the clone."""
    files = sorted(SEED.glob("*.txt")) if SEED.is_dir() else []
    return "\n".join(path.read_text(encoding="utf-8") for path in files) if files else None


def sentences(text: str) -> list[Sentence]:
    """Every sentence of the seed, in its order; one that its section repeats word for word is taken once."""
    found: dict[str, Sentence] = {}
    for section, words in _walk(text):
        digest = hashlib.sha256(f"{section}\n{words}".encode()).hexdigest()[:8]
        quote = words if len(words) <= QUOTED else f"{words[: QUOTED - 1].rstrip()}…"
        found.setdefault(digest, Sentence(digest, section, quote))
    return list(found.values())


def _walk(text: str) -> Iterator[tuple[str, str]]:
    headings: list[str] = []
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("```"):
            yield from _sample(_section(headings), lines)
        elif match := re.match(r"(#+) (.*)", line):
            headings = [*(headings + [""] * 3)[: len(match[1]) - 1], match[2].strip(" :")]
            if re.search(r"MANDATORY|CRITICAL", match[2]):
                yield _section(headings), match[2]
        else:
            yield from ((_section(headings), words) for words in _outside(line, headings))


def _outside(line: str, headings: list[str]) -> Iterator[str]:
    """The sentences of one line that belongs to no sample; a numbered title opens a section of its own."""
    line = line.strip()
    item = re.match(r"(?:-|\d+\.) +(.*)", line)
    if item:
        title = re.fullmatch(r"\*\*(.+?)\*\*:?(?: \(.*\):?)?:?", item[1])
        if title:
            _open(headings, title[1])
        else:
            yield item[1]
    elif line in ("**NEVER:**", "**ALWAYS:**"):
        _open(headings, line)
    elif line and line != "---" and not line.startswith("name: "):
        yield from (part for part in re.split(r"(?<=[.!?]) (?=[A-Z])", line.removeprefix("description: ")))


def _open(headings: list[str], title: str) -> None:
    """Begin a section below the real headings; the title's emphasis goes."""
    headings[:] = [*(headings + [""] * 3)[:3], title.strip("*:")]


def _sample(section: str, lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """One fenced block: itself, its comments, and each line of the type reference."""
    yield section, "(the sample)"
    for line in lines:
        if line.startswith("```"):
            return
        if "Column Type Reference" in section:
            if re.match(r"\w+\(", line.strip()):
                yield section, line.strip()
        elif comment := re.search(r"//\s*(.+)$|^\s*\* ([^/].*)$", line):
            yield section, (comment[1] or comment[2]).strip()


def _section(headings: list[str]) -> str:
    return " / ".join(part for part in headings[1:] if part)
