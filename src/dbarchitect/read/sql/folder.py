"""A folder of migrations, or one SQL file, from disk: which files run, in which order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Position, Span
from dbarchitect.read.result import ReadResult
from dbarchitect.read.sql import reader
from dbarchitect.read.sql.sections import way_up

MAX_BYTES = 200_000_000
JOURNAL = "meta/_journal.json"

_DOWN = re.compile(r"(?:^|[._-])(?:down|undo|rollback)\.sql\Z|^U\d[\d._]*__.*\.sql\Z", re.IGNORECASE)
_DOWN_FOLDERS = frozenset(("down", "downs", "undo", "rollback", "rollbacks"))
_LEFT_OUT = frozenset(("node_modules", "dist", "build", "__pycache__", "meta"))
_OUTCOMES = frozenset(("schema.sql", "structure.sql", "dump.sql"))
_FEW = 3
_NUMBER = re.compile(r"(\d+)")


@dataclass
class _Found:
    """The files in their order, and what is wrong with the folder."""

    base: Path
    paths: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Path, message: str, severity: str = "error") -> None:
        """Name something about a file."""
        place = Position(1, 1)
        self.problems.append(Problem(severity, message, Span(_name(path, self.base), place, place)))


def read_path(path: Path, *, base: Path) -> tuple[ReadResult, dict[str, str]]:
    """The schema that a folder of migrations, or one SQL file, makes in an empty database.

    Folders of Drizzle 0.45 run in the order of their journal; those of Drizzle 1 and Prisma, and plain folders, in the
    order of their names, numbers as numbers. What goes back (`*.down.sql`, `down/`, `-- migrate:down`) is left out.

    Args:
        path: a folder or a file: migrations, DDL, the plain output of pg_dump.
        base: what paths in the result are relative to.

    Returns:
        The result, and every text that was read by its path relative to `base`, in the order in which they run.

    Raises:
        InputError: there is no such path.
    """
    found = _Found(base)
    if path.is_dir():
        _collect(path, found)
    elif path.is_file():
        found.paths.append(path)
    else:
        raise InputError(f"there is no file or folder {str(path)!r}")
    texts: dict[str, str] = {}
    for file in found.paths:
        text = _text(file, found)
        if text is not None:
            texts[_name(file, base)] = text
    if not texts and not found.problems:
        found.problem(path, "the folder holds no .sql file", "warning")
    result = reader.read({name: way_up(text) for name, text in texts.items()})
    return ReadResult(result.schema, (*found.problems, *result.problems)), texts


def listing(path: Path, *, base: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The SQL files of a folder in the order in which they run, and what is wrong with it; see `read_path`.

    Args:
        path: the folder.
        base: what paths in problems are relative to.
    """
    found = _Found(base)
    _collect(path, found)
    return tuple(found.paths), tuple(found.problems)


def ordered(path: Path) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The migrations of a folder in the order in which they run, and what is wrong with the folder.

    Args:
        path: a folder, or one file.

    Raises:
        InputError: there is no such path.
    """
    found = _Found(path)
    if path.is_dir():
        _collect(path, found)
    elif path.is_file():
        found.paths.append(path)
    else:
        raise InputError(f"there is no file or folder {str(path)!r}")
    return tuple(found.paths), tuple(found.problems)


def text_of(path: Path) -> str:
    """The text of one file of a folder.

    Raises:
        InputError: it cannot be read as SQL.
    """
    found = _Found(path.parent)
    text = _text(path, found)
    if text is None:
        raise InputError(found.problems[0].message, place=str(path))
    return text


@lru_cache(maxsize=8)
def _resolved(base: Path) -> Path:
    return base.resolve()


def _name(path: Path, base: Path) -> str:
    try:
        return path.resolve().relative_to(_resolved(base)).as_posix()
    except ValueError:
        return path.as_posix()


def _text(path: Path, found: _Found) -> str | None:
    """The text of a file, without the mark of its encoding; None when it cannot be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            found.problem(path, f"the file has more than {MAX_BYTES // 1_000_000} MB and was not read")
            return None
        raw = path.read_bytes()
    except OSError as error:
        found.problem(path, f"the file cannot be read: {error.strerror}")
        return None
    if raw.startswith(b"PGDMP"):
        found.problem(path, "the file is an archive of pg_dump; `pg_restore -f schema.sql FILE` makes SQL of it")
        return None
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        found.problem(path, "the file is no UTF-8; it was read as Latin-1", "warning")
        text = raw.decode("latin-1")
    return text.replace("\r\n", "\n")


def _collect(folder: Path, found: _Found) -> None:
    """The SQL files of a folder and those below it, in the order in which they run."""
    if (folder / JOURNAL).is_file():
        _by_journal(folder, found)
        return
    entries = sorted(_entries(folder, found), key=lambda path: _order(path.name))
    migrations = any(entry.is_dir() and entry.name.lower() in ("migrations", "migrate") for entry in entries)
    for entry in entries:
        if entry.is_dir():
            _collect(entry, found)
        elif migrations and entry.name.lower() in _OUTCOMES:
            found.problem(entry, "left out, because the migrations beside it make the same schema", "warning")
        else:
            found.paths.append(entry)


def _entries(folder: Path, found: _Found) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        found.problem(folder, f"the folder cannot be read: {error.strerror}")
        return
    for entry in entries:
        name = entry.name.lower()
        if entry.is_dir():
            if not name.startswith(".") and name not in _LEFT_OUT | _DOWN_FOLDERS and not entry.is_symlink():
                yield entry
        elif name.endswith(".sql") and not _DOWN.search(entry.name):
            yield entry


def _order(name: str) -> tuple[bool, list[int], list[tuple[bool, int, str]]]:
    """Numbers as numbers, words after numbers; Flyway's versions by version, and what it repeats last."""
    version = re.match(r"[vV](\d[\d._]*?)__", name)
    numbers = [int(part) for part in re.findall(r"\d+", version[1])] if version else []
    parts = [part for part in _NUMBER.split(name) if part]
    key = [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
    return name.startswith("R__"), numbers, key


def _by_journal(folder: Path, found: _Found) -> None:
    """Drizzle 0.45: `meta/_journal.json` names the migrations in their order."""
    path = folder / JOURNAL
    tags = _tags(path, found)
    if tags is None:
        found.paths += sorted(folder.glob("*.sql"), key=lambda entry: _order(entry.name))
        return
    if tags and not any((folder / f"{tag}.sql").is_file() for tag in tags):
        found.problem(
            path, "no migration of the journal is there; the files run in the order of their names", "warning"
        )
        found.paths += sorted(folder.glob("*.sql"), key=lambda entry: _order(entry.name))
        return
    for tag in tags:
        file = folder / f"{tag}.sql"
        if not file.is_file() or file.resolve().parent != folder.resolve():
            found.problem(path, f"the journal names the migration {tag!r}, and there is no {tag}.sql")
        elif file in found.paths:
            found.problem(path, f"the journal names the migration {tag!r} twice", "warning")
        else:
            found.paths.append(file)
    known = set(found.paths)
    strays = [file for file in sorted(folder.glob("*.sql")) if file not in known and not _DOWN.search(file.name)]
    if len(strays) <= _FEW:
        for file in strays:
            found.problem(file, "the journal does not name this file: Drizzle never runs it", "warning")
    else:
        names = ", ".join(file.name for file in strays[:_FEW])
        found.problem(
            path, f"the journal does not name {len(strays)} files ({names} …): Drizzle never runs them", "warning"
        )


def _tags(path: Path, found: _Found) -> list[str] | None:
    try:
        journal = json.loads(path.read_text(encoding="utf-8-sig"))
        entries = sorted(journal["entries"], key=lambda entry: int(entry["idx"]))
        return [str(entry["tag"]) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        found.problem(path, "the journal is not what drizzle-kit writes; the files run in the order of their names")
        return None
