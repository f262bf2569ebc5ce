"""Migrations with their ways back, from a folder of any layout: what is proved, and what a certificate stands for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.model.plan import Reversible, Transaction
from dbarchitect.read.migrations import folder as read
from dbarchitect.read.migrations import reader
from dbarchitect.sql.statements import split

_OPENS = re.compile(r"(?:begin|start\s+transaction)(?:\s+(?:work|transaction))?\Z", re.IGNORECASE)
_CLOSES = re.compile(r"(?:commit|end)(?:\s+(?:work|transaction))?\Z", re.IGNORECASE)
_ENDING = re.compile(r"(?:/(?:migration|up)|\.up)?\.sql\Z", re.IGNORECASE)
_IN_THE_WAY = ("journal", "unreadable", "missing", "twice", "both")
_NESTED = ("migration.sql", "up.sql")


@dataclass(frozen=True)
class Migration:
    """One migration.

    Args:
        name: the name of its file or folder.
        up: its statements.
        down: those that take it back; None when there is no way back.
        transaction: `one` for all statements together, `none` for each by itself.
        declared: how reversible it says that it is.
        runner: `drizzle` when Drizzle's migrator runs it, which puts all pending files into one transaction.
        file: its path in the folder; '' when it is from none.
        down_alone: the statements of its down run one by one, whatever those of its up do.
    """

    name: str
    up: tuple[str, ...]
    down: tuple[str, ...] | None
    transaction: Transaction = "one"
    declared: Reversible | None = None
    runner: str = ""
    file: str = ""
    down_alone: bool = False

    @property
    def key(self) -> str:
        """What tells it apart in its folder: the path without an ending."""
        return _ENDING.sub("", self.file) or self.name

    @cached_property
    def up_digest(self) -> str:
        """SHA-256 of what its up step runs. Comments between statements are no part of it: they run nothing."""
        return digest(self.transaction, *self.up)

    @cached_property
    def down_digest(self) -> str | None:
        """SHA-256 of what takes it back and of what that says of itself; None without a way back."""
        return None if self.down is None else digest(self.declared or "", str(self.down_alone), *self.down)

    @property
    def hash(self) -> str:
        """SHA-256 of both ways."""
        return digest(self.up_digest, self.down_digest or "")


def from_folder(path: Path) -> tuple[Migration, ...]:
    """The migrations of a folder in the order in which they run, or the one of a file.

    Args:
        path: a folder of migrations of either Drizzle line, Prisma, or plain SQL.

    Raises:
        InputError: there is no such path, it holds no migrations, or its journal lies.
    """
    if path.is_file():
        return (_of_file(path),)
    folder = reader.read_folder(path)
    for fault in folder.faults:
        if fault.kind in _IN_THE_WAY and (fault.grave or fault.kind != "journal"):
            raise InputError(fault.message, place=str(path / fault.file), hint=fault.hint or None)
    if not folder.migrations:
        raise InputError("the folder holds no migrations", place=str(path))
    return tuple(of_item(item) for item in folder.migrations)


def _of_file(path: Path) -> Migration:
    """One file with what lies beside it to take it back."""
    base = path.parent.parent if path.name in _NESTED else path.parent
    near = {path, *path.parent.glob("*.sql"), *path.parent.glob("*/*.sql")}
    texts: dict[str, str] = {}
    for file in near:
        text, fault = reader.read_text(file, str(file))
        if file == path and text is None:
            raise InputError(fault.message if fault else "it cannot be read", place=str(path))
        texts[file.relative_to(base).as_posix()] = text or ""
    name = path.relative_to(base).as_posix()
    found = next((item for item in reader.read_texts(texts).migrations if item.path == name), None)
    return of_item(found or reader.read_texts({name: texts[name]}).migrations[0])


def of_item(item: read.Migration) -> Migration:
    """A migration as the reader of folders gives it, cut into statements. Line ends are no part of a text."""
    down = None if item.down is None else item.down.replace("\r\n", "\n")
    return Migration(
        item.title.rpartition("/")[2],
        statements(item.up.replace("\r\n", "\n")),
        None if down is None else statements(down),
        "none" if item.alone else "one",
        read.declared(down),
        "drizzle" if item.drizzle else "",
        item.path,
        down is not None and read.runs_alone(down),
    )


def statements(text: str) -> tuple[str, ...]:
    """The statements of a text, without those that open or close the transaction around them.

    A COMMIT before more statements stays: those run by themselves, or after another BEGIN, in Drizzle's migrator, too.
    """
    pieces = [piece.text for piece in split(text)]
    last = max((number for number, piece in enumerate(pieces) if not brackets(piece)), default=-1)
    found: list[str] = []
    is_open = True
    for piece in pieces[: last + 1]:
        if not brackets(piece) or (is_open and _CLOSES.match(piece)) or (not is_open and _OPENS.match(piece)):
            found.append(piece)
        if brackets(piece):
            is_open = bool(_OPENS.match(piece))
    return tuple(found)


def brackets(statement: str) -> bool:
    """Whether a statement does nothing but open or close a transaction."""
    return bool(_OPENS.match(statement) or _CLOSES.match(statement))


def transactions(pieces: Sequence[str], transaction: Transaction) -> Iterator[tuple[Transaction, tuple[str, ...]]]:
    """What a runner's one transaction becomes: (`one`, statements that commit together), (`none`, those by themselves).

    Args:
        pieces: as `statements` gives them.
        transaction: how the runner begins; with `none` each runs by itself, whatever stands around it.
    """
    run: list[str] = []
    mode = transaction
    for piece in pieces:
        if not brackets(piece):
            run.append(piece)
        elif transaction == "one":
            if run:
                yield mode, tuple(run)
            run, mode = [], "one" if _OPENS.match(piece) else "none"
    yield mode, tuple(run)


def digest(*texts: str) -> str:
    """SHA-256 of texts, such that no two lists of texts share it."""
    found = hashlib.sha256()
    for text in texts:
        raw = text.encode()
        found.update(f"{len(raw)}:".encode() + raw)
    return found.hexdigest()


def of_all(migrations: Sequence[Migration]) -> str:
    """The hash of a history, ways back and all."""
    return digest(*(migration.hash for migration in migrations))


def pasts(migrations: Sequence[Migration]) -> tuple[str, ...]:
    """For each migration the digest of what ran before it: the up steps, whatever they are called."""
    found = [digest()]
    for migration in migrations:
        found.append(digest(found[-1], migration.up_digest))
    return tuple(found[:-1])
