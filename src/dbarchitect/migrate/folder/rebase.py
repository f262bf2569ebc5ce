"""A branch's migrations on top of main's: other numbers and dates, the same SQL, snapshots that say both changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dbarchitect.engines import toolchain_delta as delta
from dbarchitect.errors import RefusedError
from dbarchitect.migrate.folder.entries import Added, Written, add
from dbarchitect.read.migrations.folder import JOURNAL, Folder, Json, Migration
from dbarchitect.records import dataclass
from dbarchitect.write.drizzle.migration import empty_snapshot

_MISSING: Any = object()


@dataclass(frozen=True, slots=True)
class Moved:
    """A branch's folder on top of another one.

    Args:
        written: every file that differs from the branch's folder, and those that go.
        names: the branch's migrations, (name before, name now), in order.
        lost: the branch's migrations whose snapshot was overwritten, so that only drizzle-kit can make it again.
    """

    written: Written
    names: tuple[tuple[str, str], ...]
    lost: tuple[str, ...] = ()


def rebase(branch: Folder, main: Folder, *, now: int | None = None, seen: Json | None = None) -> Moved:
    """Put the migrations that only a branch has after those of main.

    Each keeps its SQL and its way back, and is dated one second after the one before it at least. Its snapshot is
    main's with the branch's change made to it, as one merges two texts that have a common ancestor.

    Args:
        branch: the branch's folder; main's migrations may have been merged into it already.
        main: main's folder.
        now: milliseconds since 1970, the earliest date of the first one; None for main's last and a second.
        seen: what drizzle-kit makes of the TypeScript, for a last snapshot that was overwritten.

    Raises:
        RefusedError: main's folder is at odds with itself, a migration that both have differs, or both changed the same
            thing in different ways.
    """
    _check(branch, main)
    own = _own(branch, main)
    if _stands(branch, main, own):
        return Moved(Written(), ())
    ids = {entry.id for entry in main.migrations}
    lost = tuple(entry.name for entry in own if entry.snapshot and entry.id in ids)
    if branch.line == "0.45" and not _told(own):
        lost = (*lost, *(entry.name for entry in own[-1:] if entry.name not in lost))
    added, state = [], _state(main)
    for place, entry in enumerate(own):
        wanted: Json | None = None
        if entry.snapshot is not None and entry.id not in ids:
            state = _merged(_parent(branch, own, entry), _state(branch, entry), state, entry.name)
            wanted = _snapshot(state, main)
        if place == len(own) - 1 and lost and seen is not None:
            wanted = seen
        added.append(Added(entry.tag, entry.sql or "", entry.down, wanted))
    start = max([now or 0, *(entry.when for entry in own[:1])])
    written = add(main, added, now=start) if added else Written()
    files = {**main.texts, **written.files}
    fresh = {path: text for path, text in files.items() if branch.texts.get(path) != text}
    gone = tuple(sorted(path for path in branch.texts if path not in files and _belongs(path, branch)))
    names = tuple((entry.name, name) for entry, name in zip(own, written.names, strict=True))
    return Moved(Written(fresh, written.names, gone), names, lost)


def _check(branch: Folder, main: Folder) -> None:
    if branch.migrations and main.migrations and branch.line != main.line:
        raise RefusedError(
            f"the branch's folder is one of Drizzle {branch.line}, main's one of Drizzle {main.line}",
            hint="`drizzle-kit up` brings the older one to the new form; do that on both first.",
        )
    for fault in main.faults:
        if fault.grave:
            raise RefusedError(f"the folder to build on is at odds with itself: {fault.message}", place=fault.file)
    known = {entry.name: entry for entry in main.migrations}
    for entry in branch.migrations:
        other = known.get(entry.name)
        if other is not None and entry.sql is not None and _text(entry.sql) != _text(other.sql or ""):
            raise RefusedError(
                f"{entry.name} is not what it is there: a migration that may have been applied was edited",
                place=entry.name,
                hint="Take back the edit, and write what it should do as a migration of its own.",
            )


def _own(branch: Folder, main: Folder) -> list[Migration]:
    """The migrations that main does not have; files that a merged journal forgot are among them."""
    known = {entry.name for entry in main.migrations}
    own = [entry for entry in branch.migrations if entry.name not in known]
    missing = next((entry for entry in own if entry.sql is None), None)
    if missing is not None:
        raise RefusedError(f"the journal names {missing.name}, and there is no {missing.path}", place=JOURNAL)
    if branch.line == "1":
        return own
    listed = known | {entry.name for entry in own}
    for path in sorted(branch.texts):
        name = path.removesuffix(".sql")
        if "/" in path or name == path or name in listed:
            continue
        number = name.partition("_")[0]
        snapshot = branch.texts.get(f"meta/{number}_snapshot.json")
        content = json.loads(snapshot) if snapshot else None
        down = branch.texts.get(f"down/{name}.sql")
        own.append(Migration(name, path, path, branch.texts[path], down, "0.45", index=len(own), snapshot=content))
    return own


def _stands(branch: Folder, main: Folder, own: list[Migration]) -> bool:
    """Whether the branch's migrations stand on top of main's already."""
    first = [entry.name for entry in branch.migrations[: len(main.migrations)]]
    if (
        first != [entry.name for entry in main.migrations]
        or any(fault.kind != "stray" for fault in branch.faults)
        or len(branch.migrations) != len(first) + len(own)
    ):
        return False
    seen = next((entry for entry in own if entry.snapshot), None)
    tip = next((entry.id for entry in reversed(main.migrations) if entry.id), None)
    return seen is None or tip is None or tip in seen.parents


def _told(own: list[Migration]) -> bool:
    """Whether each of several migrations with one number still has a snapshot of its own."""
    numbers = [entry.name.partition("_")[0] for entry in own]
    return len(set(numbers)) == len(numbers)


def _state(history: Folder, entry: Migration | None = None) -> dict[str, Any]:
    """What drizzle-kit saw after an entry, or after all, as a tree of mappings."""
    if history.line == "0.45":
        content = entry.snapshot if entry else history.base
        return _plain(content or empty_snapshot("0.45"))
    count = history.migrations.index(entry) + 1 if entry else None
    return {delta.key(row): row for row in history.rows(count)}


def _parent(branch: Folder, own: list[Migration], entry: Migration) -> dict[str, Any]:
    """The state that a snapshot of the branch was made from."""
    if branch.line == "1":
        return {delta.key(row): row for row in branch.rows(branch.migrations.index(entry))}
    known = (*branch.migrations, *own)
    parent = next((other for other in known if other.id in entry.parents and other is not entry), None)
    return _plain((parent.snapshot if parent else None) or empty_snapshot("0.45"))


def _snapshot(state: dict[str, Any], main: Folder) -> Json:
    return state if main.line == "0.45" else {"ddl": list(state.values())}


def _merged(base: Mapping[str, Any], own: Mapping[str, Any], other: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What changed from `base` to `own`, made to `other`.

    Raises:
        RefusedError: both changed the same thing, and not to the same.
    """
    found = dict(other)
    for key in [*own, *(key for key in base if key not in own)]:
        was, is_, there = base.get(key, _MISSING), own.get(key, _MISSING), other.get(key, _MISSING)
        if is_ in (was, there):
            continue
        if isinstance(is_, dict) and isinstance(there, dict):
            found[key] = _merged(was if isinstance(was, dict) else {}, is_, there, name)
        elif there == was:
            if is_ is _MISSING:
                found.pop(key, None)
            else:
                found[key] = is_
        else:
            said = key.replace("\0", " ")
            raise RefusedError(
                f"{name} and main both change {said}, in different ways",
                place=name,
                hint="Merge the schema files, take the branch's migration away, and plan it anew: "
                "`dbarchitect migrate plan`.",
            )
    return found


def _plain(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in snapshot.items() if key not in ("id", "prevId", "prevIds")}


def _belongs(path: str, branch: Folder) -> bool:
    """Whether a file is one of Drizzle's own: nothing else is taken away."""
    if branch.line == "1":
        return path.rpartition("/")[0] in {entry.name for entry in branch.migrations}
    return path.endswith("_snapshot.json") or (path.endswith(".sql") and path.count("/") <= path.startswith("down/"))


def _text(sql: str) -> str:
    return sql.replace("\r\n", "\n").rstrip()
