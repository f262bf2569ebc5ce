"""The next migrations of a Drizzle folder: files that are new, and the journal with their lines at its end."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from dbarchitect.engines import toolchain_delta as delta
from dbarchitect.engines.toolchain_journal import EPOCH, ORIGIN, identify
from dbarchitect.errors import RefusedError
from dbarchitect.migrate.files import down_text, up_text
from dbarchitect.model.plan import Plan
from dbarchitect.read.migrations.folder import JOURNAL, Folder, Json, moment
from dbarchitect.records import dataclass
from dbarchitect.settings import Line
from dbarchitect.write.drizzle.migration import empty_snapshot
from dbarchitect.write.drizzle.naming import file_stem

_NUMBERED = re.compile(r"(\d+)(?=_|\Z)")


@dataclass(frozen=True, slots=True)
class Added:
    """One migration that is added.

    Args:
        tag: its name without a number or time.
        sql: the text of its file.
        down: the text that takes it back; None for none.
        snapshot: the schema as `Project.kit_snapshot` gives it; None when drizzle-kit sees no change.
    """

    tag: str
    sql: str
    down: str | None
    snapshot: Json | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a folder gets.

    Args:
        files: text by path in the folder; the journal of line 0.45 among them.
        names: the names of the migrations, in order.
        gone: paths of files that are no longer part of the folder.
    """

    files: dict[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def migrations(plan: Plan, seen: Json | None, *, runner: str = "drizzle") -> tuple[Added, ...]:
    """The files of a plan.

    Args:
        plan: from `migrate.plan`.
        seen: what drizzle-kit sees when all of them have run; None when it sees no change. The last one gets it.
        runner: who runs them: Drizzle's own migrator has one transaction for all of them.

    Raises:
        RefusedError: a step cannot run in a transaction, and the runner has no other way.
    """
    if runner == "drizzle":
        for step in plan.steps:
            if step.transaction == "none":
                raise RefusedError(
                    f"{step.file} cannot run in a transaction, and Drizzle's migrator puts all files into one",
                    hint="Plan with --runner dbarchitect, or accept the locks of the plain statement with --allow.",
                )
    last = len(plan.steps) - 1
    found = []
    for place, step in enumerate(plan.steps):
        up, down = up_text(step, breakpoints=True), down_text(step, breakpoints=True)
        found.append(Added(file_stem(step.file), up, down, seen if place == last else None))
    return tuple(found)


def add(history: Folder, added: Sequence[Added], *, now: int | None = None) -> Written:
    """Continue a folder.

    Each migration is dated one second after the one before it at least, and not before `now`, so that Drizzle's
    migrator runs it wherever the earlier ones have run.

    Args:
        history: the folder as it is.
        added: in order.
        now: milliseconds since 1970; None continues one second after the last.

    Returns:
        New files, and on line 0.45 the journal; nothing else changes. The same bytes for the same arguments.

    Raises:
        RefusedError: the folder is at odds with itself, so that drizzle-kit would refuse or skip what is added.
    """
    for fault in history.faults:
        if fault.grave:
            raise RefusedError(
                fault.message,
                place=fault.file,
                hint=fault.hint or None,
            )
    if not added:
        return Written()
    last = max((entry.when for entry in history.migrations), default=EPOCH - 1000)
    start = max(last + 1000, now if now is not None else 0)
    if history.line == "1":
        start += -start % 1000
        return _add_1(history, added, start)
    return _add_045(history, added, start)


def down_path(line: Line, name: str) -> str:
    """Where the way back of a migration lies in the folder."""
    return f"down/{name}.sql" if line == "0.45" else f"{name}/down.sql"


def _add_045(history: Folder, added: Sequence[Added], start: int) -> Written:
    files: dict[str, str] = {}
    listed: list[Any] = list(history.journal.get("entries", []))
    index = max((entry.index for entry in history.migrations), default=-1) + 1
    base = history.base
    previous = str(base["id"]) if base else ORIGIN
    content: Json = dict(base) if base else empty_snapshot("0.45")
    names = []
    for place, migration in enumerate(added):
        when = start + 1000 * place
        number = _number(history, index + place, when)
        name = f"{number}_{migration.tag}"
        content = _plain(migration.snapshot or content)
        identity = identify(content, previous, migration.tag)
        files[f"{name}.sql"] = migration.sql
        files[f"meta/{number}_snapshot.json"] = _text({"id": identity, "prevId": previous, **content}, history)
        if migration.down is not None:
            files[down_path("0.45", name)] = migration.down
        listed.append({"idx": index + place, "version": "7", "when": when, "tag": name, "breakpoints": True})
        previous = identity
        names.append(name)
    head = {"version": "7", "dialect": "postgresql", **history.journal}
    files[JOURNAL] = _text({**head, "entries": listed}, history)
    return Written(files, tuple(names))


def _number(history: Folder, index: int, when: int) -> str:
    """The beginning of a name, as the folder's configuration has it: a number, a time, or seconds since 1970."""
    last = history.migrations[-1].name if history.migrations else ""
    match = _NUMBERED.match(last)
    if match and len(match[1]) == 14 and moment(last):
        return stamp(when)
    if match and len(match[1]) == 10:
        return str(when // 1000)
    return f"{index:04d}"


def _add_1(history: Folder, added: Sequence[Added], start: int) -> Written:
    files: dict[str, str] = {}
    names = []
    rows, previous = history.rows(), list(history.leaves) or [ORIGIN]
    fresh = not any(entry.snapshot for entry in history.migrations)
    for place, migration in enumerate(added):
        name = f"{stamp(start + 1000 * place)}_{migration.tag}"
        text, identity, rows = next_snapshot(rows, migration.snapshot, previous, migration.tag, fresh)
        files[f"{name}/migration.sql"] = migration.sql
        files[f"{name}/snapshot.json"] = text
        if migration.down is not None:
            files[down_path("1", name)] = migration.down
        previous, fresh = [identity], False
        names.append(name)
    return Written(files, tuple(names))


def next_snapshot(
    rows: list[delta.Row], seen: Json | None, previous: Sequence[str], tag: str, fresh: bool
) -> tuple[str, str, list[delta.Row]]:
    """A snapshot of line 1.

    Args:
        rows: the state before.
        seen: the state after as the kit gives it; None when it is the same.
        previous: the ids of the snapshots that it follows.
        tag: the name of its migration.
        fresh: it is the first one.

    Returns:
        Its text, its id and the state after it.
    """
    current = seen["ddl"] if seen else rows
    head = {"type": "base" if fresh else "diff", "version": "9", "dialect": "postgres"}
    body = {"ddl": current} if fresh else {"deltas": delta.between(rows, current)}
    footprints = {"footprints": (seen or {}).get("footprints", [])}
    identity = identify({**head, **footprints, **body}, ",".join(previous), tag)
    content = {**head, "id": identity, "prevIds": list(previous), **footprints, **body}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n", identity, current


def stamp(when: int) -> str:
    """The time that names a migration of line 1, in UTC."""
    return datetime.datetime.fromtimestamp(when / 1000, datetime.UTC).strftime("%Y%m%d%H%M%S")


def _plain(snapshot: Json) -> Json:
    return {key: value for key, value in snapshot.items() if key not in ("id", "prevId", "prevIds")}


def _text(content: Json, history: Folder) -> str:
    """JSON as the folder's journal is written: its indentation, and a newline at its end or none."""
    journal = history.texts.get(JOURNAL, "{\n  \n}\n")
    tabs = "\n\t" in journal
    return json.dumps(content, indent="\t" if tabs else 2, ensure_ascii=False) + (
        "\n" if journal.endswith("\n") else ""
    )
