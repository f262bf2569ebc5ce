"""The migrations of a project's folder, in order, with the SQL that takes each back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.settings import Line

BREAKPOINT = "--> statement-breakpoint"


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration.

    Args:
        tag: its name in the folder.
        up: statements in order.
        down: statements that take it back; None when the folder has none.
        when: its date in the journal of line 0.45, in milliseconds.
    """

    tag: str
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    when: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """All migrations, oldest first."""

    migrations: tuple[Migration, ...]
    strangers: tuple[str, ...] = ()
    """SQL files of the folder that the journal does not name, so that nobody applies them."""


def read_history(folder: Path, line: Line) -> History:
    """The history in `folder`/drizzle.

    Raises:
        InputError: when the folder holds no migrations, or the journal names a file that is not there.
    """
    base = folder / "drizzle"
    if line == "0.45":
        found = tuple(_from_journal(base))
        known = {f"{migration.tag}.sql" for migration in found}
        return History(found, tuple(sorted(path.name for path in base.glob("*.sql") if path.name not in known)))
    folders = sorted(path for path in base.glob("*") if (path / "migration.sql").is_file())
    if not folders:
        raise InputError("the project has no migrations", place=str(base))
    return History(
        tuple(
            Migration(path.name, _statements(path / "migration.sql"), _optional(path / "down.sql")) for path in folders
        )
    )


def _from_journal(base: Path) -> list[Migration]:
    journal = base / "meta" / "_journal.json"
    if not journal.is_file():
        raise InputError("the project has no migrations", place=str(journal))
    try:
        entries = json.loads(journal.read_text(encoding="utf-8"))["entries"]
        dated = [(str(entry["tag"]), int(entry["when"])) for entry in entries]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"the journal cannot be read: {error}", place=str(journal)) from None
    found = []
    for tag, when in dated:
        path = base / f"{tag}.sql"
        if not path.is_file():
            raise InputError(f"the journal names {tag}, and there is no such file", place=str(path))
        found.append(Migration(tag, _statements(path), _optional(base / "down" / f"{tag}.sql"), when))
    return found


def _optional(path: Path) -> tuple[str, ...] | None:
    return _statements(path) if path.is_file() else None


def _statements(path: Path) -> tuple[str, ...]:
    parts = path.read_text(encoding="utf-8").split(BREAKPOINT)
    return tuple(part.strip() for part in parts if part.strip())
