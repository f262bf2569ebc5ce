"""Reads a migrations folder for running it: strictly, because what is run cannot be taken for something else."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from dbarchitect.errors import InputError, RefusedError
from dbarchitect.migrate.runner.migration import Folder, Kind, Migration
from dbarchitect.migrate.runner.statements import Statement, cut, marked
from dbarchitect.read.sql.folder import JOURNAL, listing
from dbarchitect.read.sql.sections import way_up

_STAMP = re.compile(r"\d{14}")
_UP = re.compile(r"(?:\.up)?\.sql\Z", re.IGNORECASE)
_NOTHING = "Nothing was applied."


def read_folder(path: Path) -> Folder:
    """The files of a folder in the order in which they run.

    Args:
        path: a folder of Drizzle's of either line, or one of plain SQL files.

    Raises:
        InputError: there is no such folder, or it holds no migration.
        RefusedError: its journal lies, or a file cannot be read; the place and the reason are named.
    """
    if not path.is_dir():
        raise InputError(f"there is no folder {str(path)!r}", hint="Give the folder that holds the migrations.")
    kind = _kind(path)
    if kind == "0.45":
        migrations, notes = _by_journal(path)
    elif kind == "1":
        migrations, notes = _by_name(path), ()
    else:
        migrations, notes = _plain(path)
    if not migrations:
        raise InputError("the folder holds no migrations", place=str(path))
    return Folder(path.as_posix(), kind, migrations, notes)


def _kind(path: Path) -> Kind:
    journal = (path / JOURNAL).is_file()
    folders = any(path.glob("*/migration.sql"))
    if journal and folders:
        raise RefusedError(
            "the folder is one of Drizzle 0.45 and one of Drizzle 1 at once",
            place=str(path / JOURNAL),
            hint="`drizzle-kit up` turns the old form into the new one; then remove meta/.",
        )
    return "0.45" if journal else "1" if folders else "sql"


def _by_journal(path: Path) -> tuple[tuple[Migration, ...], tuple[str, ...]]:
    place = str(path / JOURNAL)
    entries = _entries(path / JOURNAL)
    tags = [str(entry["tag"]) for entry in entries]
    for number, (entry, tag) in enumerate(zip(entries, tags, strict=True)):
        if tags.index(tag) != number:
            raise _lies(f"it names {tag} twice", place)
        if number and entry["idx"] <= entries[number - 1]["idx"]:
            raise _lies(f"{tag} has the number {entry['idx']} and stands after {tags[number - 1]}", place)
    dates = [entry["when"] for entry in entries]
    for number, (when, tag) in enumerate(zip(dates, tags, strict=True)):
        if dates.index(when) != number:
            raise _lies(f"{tag} has the date of {tags[dates.index(when)]}, by which Drizzle tells them apart", place)
    found = []
    for entry, tag in zip(entries, tags, strict=True):
        file = path / f"{tag}.sql"
        if not file.is_file() or file.resolve().parent != path.resolve():
            raise _lies(f"it names {tag}, and there is no {tag}.sql", place)
        down = path / "down" / f"{tag}.sql"
        found.append(_migration(tag, file, entry["when"], down, breakpoints=True))
    strays = sorted(file.name for file in path.glob("*.sql") if file.stem not in tags)
    return tuple(found), tuple(f"the journal does not name {name}: nobody runs it" for name in strays)


def _entries(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["entries"]
        kept = [{"idx": entry["idx"], "tag": entry["tag"], "when": entry["when"]} for entry in entries]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        raise _lies("it is not what drizzle-kit writes", str(path)) from None
    for entry in kept:
        if not isinstance(entry["tag"], str) or type(entry["when"]) is not int or type(entry["idx"]) is not int:
            raise _lies(f"the entry of {entry['tag']!r} is not what drizzle-kit writes", str(path))
    return kept


def _lies(message: str, place: str) -> RefusedError:
    hint = (
        f"{_NOTHING} `dbarchitect migrate check` says more, `dbarchitect migrate rebase` dates a branch's files anew."
    )
    return RefusedError(f"the journal is wrong: {message}", place=place, hint=hint)


def _by_name(path: Path) -> tuple[Migration, ...]:
    found = []
    for file in sorted(path.glob("*/migration.sql"), key=lambda file: (file.parent.name.casefold(), file.parent.name)):
        name = file.parent.name
        when = _moment(name)
        if when is None:
            raise RefusedError(
                f"the folder {name!r} begins with no date, which Drizzle stores",
                place=str(file),
                hint=f"{_NOTHING} Name it like 20260131120000_{name}.",
            )
        found.append(_migration(name, file, when, file.with_name("down.sql"), breakpoints=True))
    return tuple(found)


def _moment(name: str) -> int | None:
    """Milliseconds of the date that a folder's name begins with."""
    stamp = _STAMP.match(name)
    if stamp is None:
        return None
    try:
        moment = datetime.datetime.strptime(stamp[0], "%Y%m%d%H%M%S").replace(tzinfo=datetime.UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) * 1000


def _plain(path: Path) -> tuple[tuple[Migration, ...], tuple[str, ...]]:
    files, problems = listing(path, base=path)
    found = []
    for file in files:
        name = file.relative_to(path).as_posix()
        stem = _UP.sub("", file.name)
        downs = (file.with_name(f"{stem}.down.sql"), file.parent / "down" / f"{stem}.sql")
        down = next((there for there in downs if there.is_file()), downs[0])
        found.append(_migration(name, file, 0, down, breakpoints=False))
    return tuple(found), tuple(problem.message for problem in problems)


def _migration(name: str, file: Path, when: int, down: Path, *, breakpoints: bool) -> Migration:
    place = file.as_posix()
    raw, text = _text(file)
    up = text if breakpoints else way_up(text)
    way_down = _text(down)[1] if down.is_file() else _section(text, up)
    statements, problem = _cut(up, place, breakpoints=breakpoints)
    return Migration(name, place, hashlib.sha256(raw).hexdigest(), when, statements, marked(up), way_down, problem)


def _cut(text: str, place: str, *, breakpoints: bool) -> tuple[tuple[Statement, ...], RefusedError | None]:
    """The statements, or why there are none: what is applied already may be as odd as it likes."""
    try:
        return cut(text, place, breakpoints=breakpoints), None
    except RefusedError as error:
        return (), error


def _section(text: str, up: str) -> str | None:
    """The part of a file that takes it back, for those that hold both."""
    if text == up:
        return None
    start = next(place for place, (one, other) in enumerate(zip(text, up, strict=True)) if one != other)
    return text[start:].partition("\n")[2]


def _text(file: Path) -> tuple[bytes, str]:
    """What stands in a file, as bytes and without the mark of its encoding."""
    try:
        raw = file.read_bytes()
        return raw, raw.decode("utf-8-sig")
    except OSError as error:
        raise RefusedError(f"it cannot be read: {error.strerror}", place=str(file), hint=_NOTHING) from None
    except UnicodeDecodeError:
        hint = f"{_NOTHING} Save it as UTF-8."
        raise RefusedError("it is no UTF-8, so its text is anybody's guess", place=str(file), hint=hint) from None
