"""Comments that say: this finding is known, and why.

    // dbarchitect-ignore R01: the table never has more than ten rows        (TypeScript)
    -- dbarchitect: ignore R01, T01: read by an old program                  (SQL)
    // dbarchitect-ignore-file T02: generated

A comment on a line of its own covers what follows it: the next statement, property or element with all that lies within
it. One at the end of a line covers that line. The form with `-file` covers its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dbarchitect.model.finding import Finding
from dbarchitect.model.source import LineIndex, Span
from dbarchitect.records import dataclass
from dbarchitect.typescript.source import Node, Source

_IGNORE = re.compile(
    r"(?://|--|/\*+|^\s*\*)\s*dbarchitect(?:-|:\s*)ignore(?P<file>-file)?\s+"
    r"(?P<codes>[A-Z]+\d*(?:\s*,\s*[A-Z]+\d*)*)[ \t]*(?P<rest>[^\n]*)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code of one comment.

    Args:
        code: a rule's code, or its beginning.
        reason: what the comment says, or ''.
        span: the comment.
        first: the first line that it covers.
        last: the last one.
    """

    code: str
    reason: str
    span: Span
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that it speaks of."""
        span = finding.span
        if span is None or span.file != self.span.file or not finding.code.startswith(self.code):
            return False
        return self.first <= span.start.line <= self.last


def find(texts: Mapping[str, str], sources: Mapping[str, Source]) -> tuple[Ignore, ...]:
    """Every ignore in some texts, in the order of files and lines.

    Args:
        texts: by relative path.
        sources: the TypeScript among them, where it has been parsed already.
    """
    found: list[Ignore] = []
    for file, text in sorted(texts.items()):
        if "dbarchitect" in text:
            found.extend(_of(file, text, sources))
    return tuple(found)


def _of(file: str, text: str, sources: Mapping[str, Source]) -> Iterator[Ignore]:
    lines = LineIndex(text)
    count = text.count("\n") + 1
    is_sql = file.endswith(".sql")
    for match in _IGNORE.finditer(text):
        span = lines.span(file, match.start(), match.end())
        line = span.start.line
        if match["file"]:
            first, last = 1, count
        elif text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip():
            first, last = line, line
        elif is_sql:
            first, last = _statement(text, match.end(), lines)
        else:
            first, last = _node(sources.get(file) or Source(file, text), match.start(), line)
        reason = match["rest"].strip().removesuffix("*/").lstrip(":\u2014\u2013- ").strip()
        for code in match["codes"].split(","):
            yield Ignore(code.strip(), reason, span, first, last)


def _statement(text: str, end: int, lines: LineIndex) -> tuple[int, int]:
    """The lines of the SQL statement after a comment; the next line alone when the comment stands inside of one."""
    after = re.compile(r"(?:\s+|--[^\n]*)*").match(text, end)
    start = after.end() if after else end
    before = re.sub(r"--[^\n]*|/\*.*?\*/", "", text[:end], flags=re.DOTALL).rstrip()
    first = lines.position(start).line
    if before and not before.endswith(";"):
        return first, first
    stop = text.find(";", start)
    return first, lines.position(stop if stop >= 0 else len(text)).line


def _node(source: Source, offset: int, line: int) -> tuple[int, int]:
    """The lines of what follows a comment in TypeScript."""
    byte = len(source.text[:offset].encode())
    comment = source.root.descendant_for_byte_range(byte, byte + 1)
    following: Node | None = comment.next_named_sibling if comment else None
    while following is not None and following.type == "comment":
        following = following.next_named_sibling
    if following is None:
        return line + 1, line + 1
    return following.start_point[0] + 1, following.end_point[0] + 1


def split(findings: Sequence[Finding], ignores: Sequence[Ignore]) -> tuple[list[Finding], list[Ignore]]:
    """(the findings that no ignore covers, the ignores that cover none)."""
    used: set[Ignore] = set()
    by_file: dict[str, list[Ignore]] = {}
    for ignore in ignores:
        by_file.setdefault(ignore.span.file, []).append(ignore)
    kept = []
    for finding in findings:
        covering = (
            [ignore for ignore in by_file.get(finding.span.file, ()) if ignore.covers(finding)] if finding.span else []
        )
        used.update(covering)
        if not covering:
            kept.append(finding)
    return kept, [ignore for ignore in ignores if ignore not in used]
