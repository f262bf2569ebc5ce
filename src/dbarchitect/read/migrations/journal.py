"""What drizzle-kit keeps beside migrations: the journal of line 0.45, and snapshots."""

from __future__ import annotations

import json

from dbarchitect.read.migrations.folder import Json
from dbarchitect.records import dataclass

RESTORE = "Restore it from version control."


class BrokenError(Exception):
    """A file is not what drizzle-kit writes.

    Args:
        message: in which way.
        hint: what helps.
    """

    def __init__(self, message: str, hint: str = RESTORE) -> None:
        super().__init__(message)
        self.hint = hint


class OldError(BrokenError):
    """A snapshot is of a version that today's drizzle-kit reads only after `drizzle-kit up`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a journal: its number, the name of its file without an ending, milliseconds since 1970."""

    index: int
    tag: str
    when: int


def content(text: str) -> Json:
    """A file as JSON.

    Raises:
        BrokenError: it is no object.
    """
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        merge = "Both sides of a merge stand in it: take main's, then `dbarchitect migrate rebase`."
        raise BrokenError(f"this is no JSON: {error}", merge if "<<<<<<<" in text else RESTORE) from None
    if not isinstance(found, dict):
        raise BrokenError("this is no object")
    return found


def entries(journal: Json) -> list[Entry]:
    """The entries of a journal, in the order in which Drizzle's migrator takes them.

    Raises:
        BrokenError: it is for another database, or one of them lacks something.
    """
    if journal.get("dialect") not in (None, "postgresql", "pg"):
        raise BrokenError(f"it is for {journal.get('dialect')!r}, not PostgreSQL")
    try:
        found = [Entry(item["idx"], item["tag"], item["when"]) for item in journal["entries"]]
    except (KeyError, TypeError):
        raise BrokenError("each entry has idx, tag and when") from None
    for entry in found:
        if not isinstance(entry.tag, str) or type(entry.when) is not int or type(entry.index) is not int:
            raise BrokenError(f"the entry of {entry.tag!r} has no number, name or date")
    return found


def snapshot(text: str, versions: tuple[str, ...]) -> Json:
    """A snapshot.

    Args:
        text: the file.
        versions: those that today's drizzle-kit reads.

    Raises:
        OldError: it is none of these.
        BrokenError: it is no snapshot.
    """
    found = content(text)
    if str(found.get("version")) not in versions:
        message = f"is of version {found.get('version')!r}, and today's drizzle-kit reads {versions[-1]}"
        raise OldError(message, "`drizzle-kit up` makes it new.")
    if not isinstance(found.get("id"), str):
        raise BrokenError("it has no id")
    return found
