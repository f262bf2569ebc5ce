"""A migrations folder as it is to be run: its files in order, with what bookkeeping stores of each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from dbarchitect.errors import RefusedError
from dbarchitect.migrate.runner.statements import Statement

Kind = Literal["0.45", "1", "sql"]
"""Drizzle 0.45 with a journal, Drizzle 1 with a folder for each migration, or SQL files in the order of their names."""

_COMMENT = re.compile(r"\s*((?:--[^\n]*(?:\n|\Z)\s*)+)")
_LOST = re.compile(r"\b(?:lossy|irreversible|lost|loses?|cannot be (?:undone|taken back|restored))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file.

    Args:
        name: the tag (0.45), the folder's name (1) or the path within the folder (plain SQL).
        file: what messages call it.
        hash: SHA-256 of the file, as Drizzle stores it.
        when: its date in milliseconds, as Drizzle stores it; 0 for plain SQL.
        statements: in order.
        alone: its statements run one by one, without a transaction around them.
        down: what takes it back; None when nothing does.
        problem: why it cannot be run; of no account once it is applied.
    """

    name: str
    file: str
    hash: str
    when: int
    statements: tuple[Statement, ...]
    alone: bool
    down: str | None
    problem: RefusedError | None = None

    @property
    def loss(self) -> str | None:
        """Why going back does not give everything back, or None."""
        if self.down is None:
            return "nothing takes it back"
        comment = _COMMENT.match(self.down)
        if comment is None or not _LOST.search(comment[1]):
            return None
        lines = [line.strip().removeprefix("--").strip() for line in comment[1].splitlines()]
        return next(line for line in lines if _LOST.search(line))


@dataclass(frozen=True, slots=True)
class Folder:
    """All files of a folder, oldest first.

    Args:
        path: the folder as it was given.
        kind: how it is laid out.
        migrations: in the order in which they run.
        notes: what is odd about it without being wrong.
    """

    path: str
    kind: Kind
    migrations: tuple[Migration, ...]
    notes: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 over names, order, dates and contents."""
        rows = [f"{item.name}\0{item.when}\0{item.hash}" for item in self.migrations]
        return hashlib.sha256("\n".join((self.kind, *rows)).encode()).hexdigest()
