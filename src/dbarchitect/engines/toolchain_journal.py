"""Drizzle's migrations folder of either line, written without drizzle-kit and accepted by it.

Line 0.45 keeps one SQL file and one full snapshot for each migration and a journal beside them. Line 1 keeps a folder
for each migration; only the first snapshot is full (`base`), every later one holds what it changes (`diff`).
Ids are hashes of what they name, so that the same schema gives the same bytes.
"""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from dbarchitect.engines import toolchain_delta as delta
from dbarchitect.errors import EngineError
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

Snapshot = dict[str, Any]

_NAMESPACE = uuid.UUID("f6b1cf0e-5d0c-4b53-9a3c-6f1d5a3d7b60")
ORIGIN = "00000000-0000-0000-0000-000000000000"
EPOCH = 1767225600000  # 2026-01-01T00:00:00Z: the fixed moment of a first migration (DESIGN §6)
BREAKPOINT = "--> statement-breakpoint\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration.

    Args:
        tag: its name without number or time, such as `initial`.
        sql: the text of the file, statements parted by `BREAKPOINT` (see `script`).
        snapshot: the schema after it as `Project.kit_snapshot` gives it; None when the schema that Drizzle sees is
            the one of the entry before, as for triggers, exclusion constraints or FORCE ROW LEVEL SECURITY.
        when: milliseconds since 1970; each entry at least one second after the one before it.
    """

    tag: str
    sql: str
    snapshot: Snapshot | None
    when: int


def script(statements: Iterable[str]) -> str:
    """The text of a migration file: statements parted as drizzle-kit parts them, one newline at the end."""
    parts = [statement.strip() for statement in statements]
    return "".join(f"{part}\n{BREAKPOINT}" for part in parts[:-1]) + f"{parts[-1]}\n" if parts else ""


def moments(count: int, *, after: int | None = None) -> list[int]:
    """`when` for `count` entries: one second apart from `EPOCH`, or from one second after the entry `after`."""
    start = EPOCH if after is None else after + 1000
    return [start + 1000 * index for index in range(count)]


def names(line: Line, entries: Sequence[Entry]) -> list[str]:
    """Name of each migration in the folder: `0000_initial` (0.45), `20260101000000_initial` (1)."""
    if line == "0.45":
        return [f"{index:04d}_{entry.tag}" for index, entry in enumerate(entries)]
    return [f"{_stamp(entry.when)}_{entry.tag}" for entry in entries]


def folder(line: Line, entries: Sequence[Entry]) -> dict[str, str]:
    """All files of the migrations folder: path relative to it -> text.

    The same entries give the same bytes, and a longer sequence repeats the files of a shorter one (only the journal
    of 0.45 grows), so that a later migration leaves the earlier ones as they are.

    Raises:
        EngineError: the first entry has no snapshot, or two entries are less than a second apart (the ORM would skip
            or reorder them, and `drizzle-kit up` refuses them).
    """
    for before, after in itertools.pairwise(entries):
        if after.when < before.when + 1000:
            raise EngineError(
                f"migrations {before.tag} and {after.tag} lie less than one second apart",
                hint="Give each migration a time at least one second after the one before it.",
            )
    if entries and entries[0].snapshot is None:
        raise EngineError(f"the first migration, {entries[0].tag}, has no snapshot of the schema")
    return _folder_045(entries) if line == "0.45" else _folder_1(entries)


def identify(snapshot: Snapshot, previous: str, tag: str) -> str:
    """A uuid-shaped id for a snapshot: the hash of its content, its parent and the name of its migration."""
    content = {key: value for key, value in snapshot.items() if key not in ("id", "prevId", "prevIds")}
    text = json.dumps([tag, previous, content], sort_keys=True, ensure_ascii=False)
    return str(uuid.uuid5(_NAMESPACE, text))


def _folder_045(entries: Sequence[Entry]) -> dict[str, str]:
    files: dict[str, str] = {}
    journal = []
    previous, content = ORIGIN, dict[str, Any]()
    for index, (name, entry) in enumerate(zip(names("0.45", entries), entries, strict=True)):
        content = entry.snapshot or content
        rest = {key: value for key, value in content.items() if key not in ("id", "prevId")}
        identity = identify(rest, previous, entry.tag)
        files[f"{name}.sql"] = entry.sql
        files[f"meta/{index:04d}_snapshot.json"] = _text({"id": identity, "prevId": previous, **rest})
        journal.append({"idx": index, "version": "7", "when": entry.when, "tag": name, "breakpoints": True})
        previous = identity
    files["meta/_journal.json"] = _text({"version": "7", "dialect": "postgresql", "entries": journal})
    return files


def _folder_1(entries: Sequence[Entry]) -> dict[str, str]:
    files: dict[str, str] = {}
    previous = ORIGIN
    rows: list[delta.Row] = []
    for name, entry in zip(names("1", entries), entries, strict=True):
        snapshot = entry.snapshot or {}
        current = snapshot.get("ddl", rows)
        head = {"type": "diff" if files else "base", "version": "9", "dialect": "postgres"}
        footprints = {"footprints": snapshot.get("footprints", [])}
        body = {"deltas": delta.between(rows, current)} if files else {"ddl": current}
        identity = identify({**head, **footprints, **body}, previous, entry.tag)
        files[f"{name}/migration.sql"] = entry.sql
        files[f"{name}/snapshot.json"] = _text({**head, "id": identity, "prevIds": [previous], **footprints, **body})
        previous, rows = identity, current
    return files


def _stamp(when: int) -> str:
    return datetime.datetime.fromtimestamp(when / 1000, datetime.UTC).strftime("%Y%m%d%H%M%S")


def _text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
