"""Edits on texts: what fits together is made, the rest waits for the next pass; and what changed, as a diff."""

from __future__ import annotations

import bisect
import difflib
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.finding import Edit
from dbarchitect.model.source import Position, Span
from dbarchitect.records import dataclass

Piece = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of some groups of edits.

    Args:
        texts: the files that changed, with their new text.
        taken: the places of the groups that were made, in order.
        left: the places of those that touch what an earlier one changed; they are found again in the next pass.
    """

    texts: Mapping[str, str]
    taken: tuple[int, ...]
    left: tuple[int, ...]


class Offsets:
    """Turns positions in one text into offsets (0-based, in code points); built once a text."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._length = len(text)
        self._starts = [0]
        place = text.find("\n")
        while place >= 0:
            self._starts.append(place + 1)
            place = text.find("\n", place + 1)

    def at(self, position: Position) -> int:
        """The offset of a position.

        Raises:
            InputError: the text has no such place.
        """
        if not 1 <= position.line <= len(self._starts) or position.column < 1:
            raise self._missing(position)
        offset = self._starts[position.line - 1] + position.column - 1
        if offset > (self._starts[position.line] - 1 if position.line < len(self._starts) else self._length):
            raise self._missing(position)
        return offset

    def span(self, span: Span) -> tuple[int, int]:
        """Where a span begins and ends.

        Raises:
            InputError: the text has no such place.
        """
        return self.at(span.start), self.at(span.end)

    def position(self, offset: int) -> Position:
        """The position of an offset."""
        line = bisect.bisect_right(self._starts, offset) - 1
        return Position(line + 1, offset - self._starts[line] + 1)

    def _missing(self, position: Position) -> InputError:
        place = f"{self._file}:{position.line}:{position.column}"
        return InputError(
            "an edit lies outside its file", place=place, hint="The file has changed since it was read; read it again."
        )


def apply(texts: Mapping[str, str], groups: Sequence[Sequence[Edit]]) -> Applied:
    """Make groups of edits, each as a whole or not at all.

    An edit that an earlier group made, too, is made once. Two that touch the same characters do not fit together;
    insertions at one place do, and come in the order of their groups.

    Args:
        texts: the files by relative POSIX path.
        groups: the edits of one fix each, the most important fix first.

    Raises:
        InputError: an edit names a file or a place that is not there.
    """
    offsets: dict[str, Offsets] = {}
    made: dict[str, list[Piece]] = {}
    taken, left = [], []
    for place, group in enumerate(groups):
        pieces = [(edit.span.file, _piece(texts, offsets, edit)) for edit in group]
        new = [(file, piece) for file, piece in pieces if piece not in made.get(file, ())]
        if not group or any(_clash(piece, other) for file, piece in new for other in made.get(file, ())):
            left.append(place)
            continue
        for file, piece in new:
            made.setdefault(file, []).append(piece)
        taken.append(place)
    changed = {file: _rewritten(texts[file], made[file]) for file in sorted(made)}
    changed = {file: text for file, text in changed.items() if text != texts[file]}
    return Applied(changed, tuple(taken), tuple(left))


def diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, as a unified diff that `git apply` takes; '' when nothing did.

    Args:
        before: the texts of the files, by relative POSIX path.
        after: those that may have changed.
    """
    lines: list[str] = []
    for file in sorted(after):
        old = before.get(file, "").splitlines(keepends=True)
        new = after[file].splitlines(keepends=True)
        if old == new:
            continue
        for line in difflib.unified_diff(old, new, f"a/{file}", f"b/{file}"):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def write(folder: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Put texts in the place of files, each in one rename; line ends and the mode of a file stay as they are.

    All new texts are on disk before the first one takes its place.

    Args:
        folder: what the paths are relative to.
        texts: by relative POSIX path.

    Returns:
        The paths, sorted.

    Raises:
        InputError: a file cannot be written.
    """
    prepared: list[tuple[str, Path]] = []
    try:
        for file in sorted(texts):
            target = (folder / file).resolve()
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            prepared.append((name, target))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(texts[file])
            os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        for name, target in prepared:
            os.replace(name, target)
    except OSError as error:
        raise InputError(f"a file cannot be written: {error.strerror}", place=str(error.filename or folder)) from error
    finally:
        for name, _ in prepared:
            Path(name).unlink(missing_ok=True)
    return tuple(sorted(texts))


def _piece(texts: Mapping[str, str], offsets: dict[str, Offsets], edit: Edit) -> Piece:
    file = edit.span.file
    if file not in texts:
        raise InputError("an edit names a file that was not read", place=file)
    if file not in offsets:
        offsets[file] = Offsets(file, texts[file])
    start, end = offsets[file].span(edit.span)
    return start, end, edit.text


def _clash(one: Piece, other: Piece) -> bool:
    if one[0] == one[1] and other[0] == other[1]:
        return False
    first, second = sorted((one, other), key=lambda piece: piece[:2])
    return second[0] < first[1] and not (second[0] == second[1] == first[0])


def _rewritten(text: str, pieces: Sequence[Piece]) -> str:
    parts, place = [], 0
    for start, end, new in sorted(pieces, key=lambda piece: piece[:2]):
        parts += [text[place:start], new]
        place = end
    return "".join([*parts, text[place:]])
