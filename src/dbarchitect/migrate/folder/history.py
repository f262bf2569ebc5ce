"""A migrations folder of Drizzle's as it is: what ran in which order, what drizzle-kit saw after it, and its faults."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbarchitect.engines import toolchain_delta as delta
from dbarchitect.engines.toolchain_journal import ORIGIN
from dbarchitect.errors import InputError
from dbarchitect.settings import Line

JOURNAL = "meta/_journal.json"
NAMED_BY_TIME = re.compile(r"\d{14}")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration of a folder.

    Args:
        name: its name in the folder: `0003_add_posts`, `20260101000000_add_posts`.
        tag: the name without its number or time.
        when: milliseconds since 1970, which the migrator sorts and remembers by.
        sql: the text of its file; None when the file is not there.
        snapshot: what drizzle-kit saw after it, as it is written; None when there is none.
        down: the text that takes it back; None when there is none.
        index: its number in the journal of line 0.45, its place on line 1.
    """

    name: str
    tag: str
    when: int
    sql: str | None
    snapshot: Json | None
    down: str | None
    index: int

    @property
    def id(self) -> str | None:
        """The id of its snapshot."""
        return self.snapshot["id"] if self.snapshot else None

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the snapshots that its own follows."""
        if self.snapshot is None:
            return ()
        given = self.snapshot.get("prevIds", [self.snapshot.get("prevId")])
        return tuple(item for item in given if isinstance(item, str))


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the journal says and that is not so.

    Args:
        kind: missing, number, order, chain, branch or stray.
        message: what is wrong, and what comes of it.
        file: the path in the folder.
        grave: nothing can be added before it is mended.
    """

    kind: str
    message: str
    file: str
    grave: bool = False


@dataclass(frozen=True)
class History:
    """A folder.

    Args:
        line: the line of Drizzle that wrote it.
        entries: in the order in which they run.
        journal: the journal of line 0.45, as it is written.
        texts: every file that was read, by its path in the folder.
    """

    line: Line
    entries: tuple[Entry, ...] = ()
    journal: Json = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the folder, as far as it can be seen without a database."""
        return tuple(_faults(self))

    @property
    def leaves(self) -> tuple[str, ...]:
        """The ids of the snapshots that no other one follows: more than one after branches were merged."""
        followed = {parent for entry in self.entries for parent in entry.parents}
        return tuple(entry.id for entry in self.entries if entry.id and entry.id not in followed)

    @property
    def base(self) -> Json | None:
        """The snapshot of line 0.45 that drizzle-kit compares with: the last one that there is."""
        return next((entry.snapshot for entry in reversed(self.entries) if entry.snapshot), None)

    def rows(self, count: int | None = None) -> list[delta.Row]:
        """What drizzle-kit 1 saw after the first `count` migrations, or all: the rows of its state."""
        rows: list[delta.Row] = []
        for entry in self.entries[:count]:
            if entry.snapshot is not None:
                rows = delta.after(rows, entry.snapshot)
        return rows


def read_folder(folder: Path, line: Line) -> History:
    """The history in a folder of the disk.

    Args:
        folder: the migrations folder; one that is not there has no history.
        line: the line of Drizzle that an empty folder is for.

    Raises:
        InputError: a file cannot be read, or is not what drizzle-kit writes.
    """
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".sql", ".json") and path.is_file():
            try:
                texts[path.relative_to(folder).as_posix()] = path.read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"this cannot be read: {error}", place=str(path)) from error
    return read(texts, line, str(folder))


def read(texts: Mapping[str, str], line: Line, place: str = "") -> History:
    """The history in the texts of a folder.

    Args:
        texts: by the path in the folder.
        line: the line of Drizzle that an empty folder is for.
        place: how messages call the folder.

    Raises:
        InputError: the journal or a snapshot is not what drizzle-kit writes today.
    """
    if JOURNAL in texts:
        return _with_journal(texts, place)
    names = sorted(
        path.rpartition("/")[0] for path in texts if path.endswith("/migration.sql") and path.count("/") == 1
    )
    if not names:
        if line == "0.45" and any(path.endswith(".sql") for path in texts):
            raise InputError(
                f"the folder holds SQL files and no {JOURNAL}: Drizzle's migrator would run none of them",
                place=place or None,
                hint="Name Drizzle's own folder, or an empty one.",
            )
        return History(line, texts=texts)
    return History(
        "1", tuple(_folder_entry(name, number, texts, place) for number, name in enumerate(names)), {}, texts
    )


def _with_journal(texts: Mapping[str, str], place: str) -> History:
    journal = _json(texts[JOURNAL], _at(place, JOURNAL))
    if journal.get("dialect") not in ("postgresql", "pg"):
        raise InputError(f"the journal is for {journal.get('dialect')!r}, not PostgreSQL", place=_at(place, JOURNAL))
    try:
        listed = [(int(item["idx"]), str(item["tag"]), int(item["when"])) for item in journal["entries"]]
    except (KeyError, TypeError, ValueError):
        raise InputError(
            "the journal is not what drizzle-kit writes: each entry has idx, tag and when",
            place=_at(place, JOURNAL),
            hint="Restore it from version control.",
        ) from None
    entries = []
    for index, tag, when in listed:
        number, _, rest = tag.partition("_")
        path = f"meta/{number}_snapshot.json"
        snapshot = _snapshot(texts[path], ("5", "6", "7"), _at(place, path)) if path in texts else None
        sql, down = texts.get(f"{tag}.sql"), texts.get(f"down/{tag}.sql")
        entries.append(Entry(tag, rest or tag, when, sql, snapshot, down, index))
    return History("0.45", tuple(entries), journal, texts)


def _folder_entry(name: str, number: int, texts: Mapping[str, str], place: str) -> Entry:
    path = f"{name}/snapshot.json"
    snapshot = _snapshot(texts[path], ("9",), _at(place, path)) if path in texts else None
    stamp = NAMED_BY_TIME.match(name)
    when = moment_of(stamp[0]) if stamp else 0
    tag = name.partition("_")[2] or name
    return Entry(name, tag, when, texts.get(f"{name}/migration.sql"), snapshot, texts.get(f"{name}/down.sql"), number)


def moment_of(stamp: str) -> int:
    """Milliseconds since 1970 of `20260101000000`; 0 when it is no moment."""
    import datetime

    try:
        return round(datetime.datetime.strptime(f"{stamp}+0000", "%Y%m%d%H%M%S%z").timestamp() * 1000)
    except ValueError:
        return 0


def _snapshot(text: str, versions: tuple[str, ...], place: str) -> Json:
    content = _json(text, place)
    if str(content.get("version")) not in versions:
        raise InputError(
            f"this snapshot has version {content.get('version')!r}",
            place=place,
            hint=f"`drizzle-kit up` brings it to version {versions[-1]}.",
        )
    if not isinstance(content.get("id"), str):
        raise InputError("this snapshot has no id", place=place, hint="Restore it from version control.")
    return content


def _json(text: str, place: str) -> Json:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = "Both sides of a merge stand in it: take main's, then `dbarchitect migrate rebase`."
        raise InputError(
            f"this is no JSON: {error}",
            place=place,
            hint=hint if "<<<<<<<" in text else "Restore it from version control.",
        ) from None
    if not isinstance(content, dict):
        raise InputError("this is no object", place=place, hint="Restore it from version control.")
    return content


def _at(place: str, path: str) -> str:
    return f"{place}/{path}" if place else path


def _faults(history: History) -> Iterator[Fault]:
    looked: tuple[Callable[[History], Iterator[Fault]], ...] = (_missing, _numbers, _order, _chain, _strays)
    for look in looked:
        yield from look(history)


def _missing(history: History) -> Iterator[Fault]:
    for entry in history.entries:
        if entry.sql is None:
            message = f"the journal names {entry.name}, and there is no such file: the migrator stops there"
            yield Fault("missing", message, JOURNAL, grave=True)


def _numbers(history: History) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for entry in history.entries:
        number = entry.name.partition("_")[0]
        if number in seen and number.isdigit():
            message = f"{seen[number]} and {entry.name} have one number: two branches added a migration"
            yield Fault("number", message, _path(history, entry), grave=True)
        seen[number] = entry.name


def _order(history: History) -> Iterator[Fault]:
    if history.line == "1":
        return
    for before, after in itertools.pairwise(history.entries):
        if after.when <= before.when:
            message = (
                f"{after.name} is dated {before.when - after.when} ms before {before.name}: where {before.name} has "
                "been applied, Drizzle's migrator never runs it and says nothing"
            )
            yield Fault("order", message, JOURNAL)


def _chain(history: History) -> Iterator[Fault]:
    known = {entry.id for entry in history.entries if entry.id} | {ORIGIN}
    followers: dict[str, str] = {}
    for entry in history.entries:
        for parent in entry.parents:
            if parent not in known:
                message = f"the snapshot of {entry.name} follows {parent}, which none has"
                yield Fault("chain", message, _snapshot_path(history, entry))
            elif parent in followers and len(entry.parents) == 1:
                message = (
                    f"the snapshots of {followers[parent]} and {entry.name} follow the same one: branches were merged"
                )
                yield Fault("branch", message, _snapshot_path(history, entry), grave=True)
            followers.setdefault(parent, entry.name)


def _strays(history: History) -> Iterator[Fault]:
    if history.line == "1":
        return
    known = {f"{entry.name}.sql" for entry in history.entries}
    for path in sorted(history.texts):
        if "/" not in path and path.endswith(".sql") and path not in known:
            yield Fault("stray", f"the journal does not name {path}: the migrator never runs it", path)


def _path(history: History, entry: Entry) -> str:
    return f"{entry.name}.sql" if history.line == "0.45" else f"{entry.name}/migration.sql"


def _snapshot_path(history: History, entry: Entry) -> str:
    number = entry.name.partition("_")[0]
    return f"meta/{number}_snapshot.json" if history.line == "0.45" else f"{entry.name}/snapshot.json"
