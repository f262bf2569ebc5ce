"""The schema that a folder of migrations, or one SQL file, makes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Position, Span
from dbarchitect.read.migrations.folder import Fault, Folder, Migration
from dbarchitect.read.migrations.order import plain, way_back_path
from dbarchitect.read.migrations.reader import SHOWN, read_folder, read_text
from dbarchitect.read.result import ReadResult
from dbarchitect.read.sql import reader


def read_path(path: Path, *, base: Path) -> tuple[ReadResult, dict[str, str]]:
    """The schema that a folder of migrations, or one SQL file, makes in an empty database.

    Args:
        path: a folder or a file: migrations, DDL, the plain output of pg_dump.
        base: what paths in the result are relative to.

    Returns:
        The result, and every text that was read by its path relative to `base`, in the order in which they run.

    Raises:
        InputError: there is no such path.
    """
    folder = read_any(path)
    items = named(folder, base)
    result = reader.read({name: with_newlines(item.up) for name, item in items.items()})
    texts = {name: with_newlines(item.sql or "") for name, item in items.items()}
    return ReadResult(result.schema, (*problems(folder, base), *result.problems)), texts


def read_any(path: Path, *, snapshots: bool = False) -> Folder:
    """A folder of migrations, or one file as a folder that holds nothing else.

    Args:
        path: of either.
        snapshots: see `read_folder`.

    Raises:
        InputError: there is no such path.
    """
    if path.is_dir():
        return read_folder(path, snapshots=snapshots)
    if not path.is_file():
        raise InputError(f"there is no file or folder {str(path)!r}")
    text, fault = read_text(path, path.name)
    wrong = (fault,) if fault else ()
    item = Migration(path.name, path.name, path.as_posix(), plain(text)) if text is not None else None
    return Folder("sql", (item,) if item else (), wrong, place=path.parent.as_posix())


def named(folder: Folder, base: Path) -> dict[str, Migration]:
    """The migrations whose files are there, by their paths relative to `base`."""
    there = [item for item in folder.migrations if item.sql is not None]
    return dict(zip(_names(folder.place, [item.path for item in there], base), there, strict=True))


def ways_back(folder: Folder, base: Path) -> dict[str, tuple[str, str]]:
    """What takes migrations back, by the names of `named`: the path of the file that holds it, and its text.

    Offsets in the text are those of the file, also where one file holds both ways.
    """
    here = Path(folder.place)
    found = {}
    for name, item in named(folder, base).items():
        if item.down is not None:
            path = way_back_path(item, folder.texts)
            found[name] = (_name(here / path, base) if path else name, with_newlines(item.down))
    return found


def problems(folder: Folder, base: Path) -> tuple[Problem, ...]:
    """What is wrong with a folder for who wants to know its schema, with places relative to `base`."""
    faults = [fault for fault in folder.faults if fault.kind in SHOWN]
    if not folder.migrations and not faults:
        faults.append(Fault("left-out", "the folder holds no .sql file", ""))
    start = Position(1, 1)
    return tuple(
        Problem(
            "error" if fault.grave else "warning",
            fault.message,
            Span(_name(Path(folder.place, fault.file), base), start, start),
        )
        for fault in faults
    )


def with_newlines(text: str) -> str:
    """A text whose lines all end in the same way."""
    return text.replace("\r\n", "\n")


def _names(place: str, paths: Iterable[str], base: Path) -> Iterator[str]:
    """The paths of a folder's files relative to `base`; a folder is looked up once for all files in it."""
    before: dict[str, str] = {}
    for path in paths:
        inside, _, file = path.rpartition("/")
        whole = os.path.join(place, path)
        if os.path.islink(whole):
            yield _name(Path(whole), base)
            continue
        if inside not in before:
            before[inside] = _name(Path(whole), base).removesuffix(file)
        yield before[inside] + file


@lru_cache(maxsize=8)
def _resolved(base: Path) -> Path:
    return base.resolve()


def _name(path: Path, base: Path) -> str:
    try:
        return path.resolve().relative_to(_resolved(base)).as_posix()
    except ValueError:
        return path.as_posix()
