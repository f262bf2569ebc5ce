"""The one reader of migrations folders: from disk, or from texts such as those of a commit."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.read.migrations import faults, journal, order
from dbarchitect.read.migrations.folder import JOURNAL, Fault, Folder, Form, Json, Migration, moment
from dbarchitect.settings import Line

MAX_BYTES = 200_000_000
_LOCK = "migration_lock.toml"
_MARKS = ("_journal.json", _LOCK)
_VERSIONS: dict[Form, tuple[str, ...]] = {"0.45": ("5", "6", "7"), "1": ("9",)}
BROKEN = frozenset(("journal", "snapshot", "version", "unreadable", "encoding", "utf16"))
"""Kinds of faults after which nobody can say what the folder holds."""
SHOWN = frozenset(("journal", "unreadable", "encoding", "left-out", "missing", "twice", "stray"))
"""Kinds of faults that matter to who only wants to know the schema."""


def read_folder(path: Path, *, snapshots: bool = False) -> Folder:
    """The migrations of a folder on disk.

    Args:
        path: a folder of Drizzle's of either line, of Prisma's, of a tool with both ways in one file, or of plain SQL.
        snapshots: read what drizzle-kit saw, too, and what is wrong with that.

    Returns:
        What is there, and what is wrong with it; a folder that is not there holds nothing.
    """
    texts: dict[str, str] = {}
    wrong: list[Fault] = []
    for name in _files(path, "", snapshots, wrong) if path.is_dir() else ():
        text, fault = read_text(os.path.join(path, name), name)
        wrong += [fault] if fault else []
        if text is not None:
            texts[name] = text
    return read_texts(texts, str(path), wrong)


def read_drizzle(path: Path, line: Line) -> Folder:
    """A folder of Drizzle's with its snapshots, to be gone on with.

    Args:
        path: the folder; one that is not there has no migrations.
        line: the line that an empty one is for.

    Raises:
        InputError: a file cannot be read or is not what drizzle-kit writes, or the folder is another tool's.
    """
    return drizzle(read_folder(path, snapshots=True), line)


def drizzle(folder: Folder, line: Line) -> Folder:
    """See that a folder is one of Drizzle's; see `read_drizzle`."""
    for fault in folder.faults:
        if fault.kind in BROKEN:
            raise InputError(fault.message, place=_at(folder.place, fault.file), hint=fault.hint or None)
    if folder.drizzle:
        return folder
    if folder.migrations and (line == "0.45" or folder.form == "prisma"):
        missing = "migrations of Prisma's" if folder.form == "prisma" else f"SQL files and no {JOURNAL}"
        raise InputError(
            f"the folder holds {missing}: Drizzle's migrator would run none of them",
            place=folder.place or None,
            hint="Name Drizzle's own folder, or an empty one.",
        )
    return replace(folder, form=line, migrations=())


def read_texts(texts: Mapping[str, str], place: str = "", wrong: Iterable[Fault] = ()) -> Folder:
    """The migrations in the texts of a folder.

    Args:
        texts: by the path in the folder; snapshots that are among them are read.
        place: how messages call the folder.
        wrong: what is known to be wrong with its files.
    """
    found = order.running(texts)
    head = _journal(texts) if found.form == "0.45" else {}
    dated: Sequence[journal.Entry | None] = found.entries or [None] * len(found.paths)
    migrations = []
    broken: list[Fault] = [*wrong, *found.faults]
    for number, (path, entry) in enumerate(zip(found.paths, dated, strict=True)):
        item = _migration(path, entry, number, found, place)
        snapshot, down = _snapshot(item, texts, broken), order.way_back(item, texts)
        bare = snapshot is None and down is None
        migrations.append(item if bare else replace(item, snapshot=snapshot, down=down))
    folder = Folder(found.form, tuple(migrations), (), head, texts, place)
    return replace(folder, faults=(*broken, *faults.of(folder)))


def form_of(path: Path) -> Form | None:
    """How a folder on disk is laid out; None when no tool's marks are in it."""
    names = [name for name in (JOURNAL, _LOCK) if (path / name).is_file()]
    names += [file.relative_to(path).as_posix() for file in path.glob("*/migration.sql")]
    form = order.form_of(names)
    return None if form == "sql" else form


def read_text(file: Path | str, name: str) -> tuple[str | None, Fault | None]:
    """The text of a file with the mark of its encoding, None when it is none, and what is wrong with it.

    Args:
        file: the file.
        name: how the fault calls it.
    """
    try:
        if os.stat(file).st_size > MAX_BYTES:
            message = f"the file has more than {MAX_BYTES // 1_000_000} MB and was not read"
            return None, Fault("unreadable", message, name, grave=True)
        with open(file, "rb") as opened:
            raw = opened.read()
    except OSError as error:
        return None, Fault("unreadable", f"the file cannot be read: {error.strerror}", name, grave=True)
    if raw.startswith(b"PGDMP"):
        message = "the file is an archive of pg_dump; `pg_restore -f schema.sql FILE` makes SQL of it"
        return None, Fault("unreadable", message, name, grave=True)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), Fault("utf16", "the file is UTF-16, no UTF-8", name)
    try:
        return raw.decode("utf-8"), None
    except UnicodeDecodeError:
        return raw.decode("latin-1"), Fault("encoding", "the file is no UTF-8; it was read as Latin-1", name)


def _files(top: Path, inside: str, snapshots: bool, wrong: list[Fault]) -> Iterator[str]:
    """The path within `top` of every file that may belong to migrations; `inside` is a folder there, or ''."""
    try:
        with os.scandir(top / inside) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        message = f"the folder cannot be read: {error.strerror}"
        wrong.append(Fault("unreadable", message, inside or ".", grave=True))
        return
    before = f"{inside}/" if inside else ""
    for entry in entries:
        name = entry.name.lower()
        if entry.is_dir():
            if not name.startswith(".") and name not in order.LEFT_OUT and not entry.is_symlink():
                yield from _files(top, f"{before}{entry.name}", snapshots, wrong)
        elif name.endswith((".sql", ".json") if snapshots else ".sql") or entry.name in _MARKS:
            yield f"{before}{entry.name}"


def _journal(texts: Mapping[str, str]) -> Json:
    try:
        return journal.content(texts[JOURNAL])
    except journal.BrokenError:  # said by who looks for its entries
        return {}


def _migration(path: str, entry: journal.Entry | None, number: int, found: order.Running, place: str) -> Migration:
    text = found.texts.get(path)
    name = path
    if found.form == "0.45":
        name = path.removesuffix(".sql")
    elif found.form == "1":
        name = path.rpartition("/")[0]
    when = entry.when if entry else (moment(name) or 0) if found.form == "1" else 0
    return Migration(
        name, path, _at(place, path), None if text is None else order.plain(text), None, found.form,
        hashlib.sha256((text or "").encode()).hexdigest(), when, entry.index if entry else number,
    )  # fmt: skip


def _snapshot(item: Migration, texts: Mapping[str, str], wrong: list[Fault]) -> Json | None:
    number = item.name.partition("_")[0]
    path = f"meta/{number}_snapshot.json" if item.form == "0.45" else f"{item.name}/snapshot.json"
    if not item.drizzle or path not in texts:
        return None
    try:
        return journal.snapshot(texts[path], _VERSIONS[item.form])
    except journal.OldError as error:
        if not any(fault.kind == "version" for fault in wrong):
            wrong.append(Fault("version", f"the snapshot of {item.name} {error}", path, True, error.hint))
        return None
    except journal.BrokenError as error:
        wrong.append(Fault("snapshot", f"the snapshot of {item.name} is broken: {error}", path, True, error.hint))
        return None


def _at(place: str, path: str) -> str:
    return f"{_before(place)}{path}"


@lru_cache(maxsize=64)
def _before(place: str) -> str:
    """What stands before the paths of a folder's files."""
    return (Path(place) / "file").as_posix().removesuffix("file")
