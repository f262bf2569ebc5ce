"""A text cut into statements with their trees; what is no SQL is named and left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.read.sql.source import File, Written, offsets
from dbarchitect.records import dataclass
from dbarchitect.sql.parser import Parsed, SqlSyntaxError, parse_scripts
from dbarchitect.sql.statements import Piece, split

WHOLE = 400_000
"""Texts of at most so many characters are parsed at once; longer ones statement by statement."""

_BATCH = 50
"""So many files are parsed together."""

_FOREIGN = re.compile(
    r"""
    [eE]'(?:[^'\\]|''|\\.)*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/
  | \$(?P<tag>[^\W\d][^\W$]*|)\$.*?\$(?P=tag)\$
  | ^(?P<copy>COPY\s[^;]*?\sFROM\s+stdin\b[^;]*;[^\n]*\n(?:.*?\n)??\\\.[ \t\r]*)$
  | ^(?P<meta>[ \t]*\\[^\n]*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Script:
    """The statements of a file and what could not be read of it."""

    statements: tuple[Written, ...]
    problems: tuple[Problem, ...] = ()


def scripts(files: Mapping[str, str]) -> Iterator[Script]:
    """The statements of each text, in the order of the mapping; few trees are in memory at once.

    Args:
        files: texts by relative POSIX path.
    """
    sources = [File(name, text) for name, text in files.items()]
    for first in range(0, len(sources), _BATCH):
        batch = sources[first : first + _BATCH]
        texts = [file.text if len(file.text) <= WHOLE else "" for file in batch]
        for file, parsed in zip(batch, parse_scripts(texts), strict=True):
            yield _script(file, parsed if len(file.text) <= WHOLE else None)


def _script(file: File, parsed: tuple[Parsed, ...] | InputError | None) -> Script:
    if isinstance(parsed, tuple):
        offset = offsets(file.text)
        return Script(tuple(_written(file, item, offset) for item in parsed))
    return _by_piece(file, cleaned(file.text))


def _written(file: File, item: Parsed, offset: object, base: int = 0) -> Written:
    place = offset if callable(offset) else None
    start, end = (place(item.start), place(item.end)) if place else (item.start, item.end)
    return Written(file, item.node, start, end, place)


def _by_piece(file: File, text: str) -> Script:
    """Every statement for itself, so that a wrong one spoils no other."""
    if "\0" in text:
        where = text.index("\0")
        problem = Problem("warning", "the text holds a NUL character, which SQL cannot", file.span(where, where + 1))
        script = _by_piece(file, text.replace("\0", " "))
        return Script(script.statements, (problem, *script.problems))
    file.text = text
    found, problems = [], []
    cut = split(text)
    for piece, parsed in zip(cut, parse_scripts([piece.text for piece in cut]), strict=True):
        if isinstance(parsed, InputError):
            problems.append(_problem(file, piece, parsed))
            continue
        offset = offsets(piece.text, piece.start)
        found += [_written(file, item, offset) for item in parsed]
    return Script(tuple(found), tuple(problems))


def _problem(file: File, piece: Piece, error: InputError) -> Problem:
    start, end = piece.start, piece.end
    if isinstance(error, SqlSyntaxError) and error.offset is not None:
        start = min(piece.start + error.offset, piece.end)
        end = min(piece.end, max(start + 1, _word_end(file.text, start)))
        return Problem("error", f"no SQL that PostgreSQL understands: {error.message}", file.span(start, end))
    return Problem("error", error.message, file.span(start, end))


def _word_end(text: str, start: int) -> int:
    match = re.compile(r"\w+|.", re.DOTALL).match(text, start)
    return match.end() if match else start + 1


def cleaned(text: str) -> str:
    r"""The text with blanks in place of psql's commands (`\connect`) and of the rows after COPY … FROM stdin.

    Offsets stay as they are.
    """
    if "\\" not in text:
        return text
    return _FOREIGN.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    if match["copy"] is None and match["meta"] is None:
        return match[0]
    return re.sub(r"[^\n]", " ", match[0])


def statements_within(file: File, text: str, base: int) -> Sequence[Written] | None:
    """The statements of a piece of a file, such as a block's body; None when it does not parse.

    Args:
        file: where the piece stands.
        text: the piece.
        base: its offset in the file.
    """
    parsed = parse_scripts([text])[0]
    if isinstance(parsed, InputError):
        return None
    offset = offsets(text, base) or (lambda location: base + location)
    return [_written(file, item, offset) for item in parsed]
