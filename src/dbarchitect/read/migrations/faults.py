"""What is wrong with the numbers, dates and snapshots of a Drizzle folder."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from dbarchitect.engines.toolchain_journal import ORIGIN
from dbarchitect.read.migrations.folder import JOURNAL, Fault, Folder

_BEHIND = "`dbarchitect migrate rebase` puts a branch's migrations behind those of the other."
_ANEW = "`dbarchitect migrate rebase` dates it anew, after all others."
_RUN_BOTH = "`drizzle-kit up` turns the old form into the new one; then remove meta/."


def of(folder: Folder) -> Iterator[Fault]:
    """The faults of a folder whose files are all there."""
    if not folder.drizzle:
        return
    yield from _numbers(folder)
    if folder.form == "0.45":
        yield from _dates(folder)
        if any(path.count("/") == 1 and path.endswith("/migration.sql") for path in folder.texts):
            message = "the folder is one of Drizzle 0.45 and one of Drizzle 1 at once"
            yield Fault("both", message, JOURNAL, hint=_RUN_BOTH)
    yield from _chain(folder)


def _numbers(folder: Folder) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for item in folder.migrations:
        number = item.name.partition("_")[0]
        if seen.get(number, item.name) != item.name and number.isdigit():
            message = f"{seen[number]} and {item.name} have one number: two branches added a migration"
            yield Fault("number", message, item.path, grave=True, hint=_BEHIND)
        seen[number] = item.name
    if folder.form == "0.45":
        for before, after in itertools.pairwise(folder.migrations):
            if after.index <= before.index:
                message = f"{after.name} has the number {after.index} and stands after {before.name}"
                yield Fault("index", message, JOURNAL, hint=_BEHIND)


def _dates(folder: Folder) -> Iterator[Fault]:
    known: dict[int, str] = {}
    for item in folder.migrations:
        if known.setdefault(item.when, item.name) != item.name:
            message = f"{item.name} has the date of {known[item.when]}, by which Drizzle tells them apart"
            yield Fault("date", message, JOURNAL, hint=_ANEW)
    for before, after in itertools.pairwise(folder.migrations):
        if after.when < before.when:
            earlier = _time(before.when - after.when)
            message = (
                f"{after.name} is dated {earlier} before {before.name}, which stands before it: "
                "where that one has been applied, Drizzle's migrator never runs this one and says nothing"
            )
            yield Fault("order", message, JOURNAL, hint=_ANEW)


def _time(milliseconds: int) -> str:
    """A span as people say it: `3 hours`."""
    for unit, size in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000)):
        if milliseconds >= size:
            count = milliseconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{milliseconds} ms"


def _chain(folder: Folder) -> Iterator[Fault]:
    known = {item.id for item in folder.migrations if item.id} | {ORIGIN, ""}
    followers: dict[str, str] = {}
    for item in folder.migrations:
        number = item.name.partition("_")[0]
        path = f"meta/{number}_snapshot.json" if folder.form == "0.45" else f"{item.name}/snapshot.json"
        for parent in item.parents:
            if parent not in known:
                hint = "`drizzle-kit check` names the branch that the snapshot came from; make it anew."
                yield Fault("chain", f"the snapshot of {item.name} follows {parent}, which none has", path, hint=hint)
            elif parent in followers and len(item.parents) == 1:
                message = (
                    f"the snapshots of {followers[parent]} and {item.name} follow the same one: branches were merged"
                )
                yield Fault("branch", message, path, grave=True, hint=_BEHIND)
            followers.setdefault(parent, item.name)
