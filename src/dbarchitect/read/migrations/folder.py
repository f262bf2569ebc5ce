"""A migrations folder: what runs in which order, what takes it back, what drizzle-kit saw after it."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Literal

from dbarchitect.engines import toolchain_delta as delta
from dbarchitect.model.plan import Reversible
from dbarchitect.read.sql.sections import way_up
from dbarchitect.records import dataclass
from dbarchitect.settings import Line
from dbarchitect.sql.quote import BREAKPOINT

JOURNAL = "meta/_journal.json"
MARK = "-- dbarchitect: no-transaction"
"""The first line of a file whose statements run one by one."""
Json = dict[str, Any]
Form = Literal["0.45", "1", "prisma", "sql"]
"""Drizzle 0.45 with a journal, Drizzle 1 and Prisma with a folder for each migration, or SQL files by their names."""

_MARKED = re.compile(r"\s*--[ \t]*dbarchitect:[ \t]*no-transaction\b", re.IGNORECASE)
_ALONE = re.compile(
    r"^--\s*(?:dbarchitect:\s*no-transaction|\+goose\s+NO\s+TRANSACTION|atlas:txmode\s+none|no-transaction"
    r"|migrate:up\s+transaction:\s*false|disable-transaction|disable_ddl_transaction!?|pgroll:no-transaction)",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"(?:\s*--[^\n]*(?:\n|\Z))*")
_LOST = re.compile(r"\b(?:lossy|irreversible|lost|loses?|cannot be (?:undone|taken back|restored))\b", re.IGNORECASE)
_DECLARED = re.compile(r"\b(lossy|irreversible)\b", re.IGNORECASE)
_STAMP = re.compile(r"\d{14}")


@dataclass(frozen=True, eq=False)
class Migration:
    """One migration.

    Args:
        name: its name for bookkeeping: the tag (0.45), the folder's name (1, Prisma), the path within the folder (SQL).
        path: of its file, within the folder.
        place: what messages call that file.
        sql: what stands in it, without the mark of its encoding; None when it is not there.
        down: what takes it back, from a file of its own or from the same one; None when nothing does.
        form: of the folder.
        hash: SHA-256 of the file, as Drizzle stores it.
        when: its date in milliseconds since 1970, as Drizzle stores it; 0 when it has none.
        index: its number in the journal of line 0.45, else its place.
        snapshot: what drizzle-kit saw after it, as it is written; None when there is none, or when nobody asked for it.
    """

    name: str
    path: str
    place: str
    sql: str | None
    down: str | None = None
    form: Form = "sql"
    hash: str = ""
    when: int = 0
    index: int = 0
    snapshot: Json | None = None

    @property
    def title(self) -> str:
        """The name without an ending, for people."""
        folder, _, file = self.name.rpartition("/")
        if folder and file in ("migration.sql", "up.sql"):
            return folder.rpartition("/")[2]
        return re.sub(r"(?:\.up)?\.sql\Z", "", file, flags=re.IGNORECASE)

    @property
    def tag(self) -> str:
        """The name without its number or time."""
        return self.name.partition("_")[2] or self.name

    @property
    def drizzle(self) -> bool:
        """Whether Drizzle's migrator runs it, which parts statements at breakpoints and knows no other marks."""
        return self.form in ("0.45", "1")

    @cached_property
    def up(self) -> str:
        """What runs, with blanks for what takes it back; offsets are those of the file."""
        text = self.sql or ""
        return text if self.drizzle else way_up(text)

    @property
    def parts(self) -> tuple[str, ...]:
        """Its statements as Drizzle's migrator runs them."""
        return parted(self.up)

    @property
    def way_back(self) -> tuple[str, ...] | None:
        """The statements that take it back; None when nothing does."""
        return None if self.down is None else parted(self.down)

    @property
    def alone(self) -> bool:
        """Whether its statements run one by one, without a transaction around them."""
        return bool(_MARKED.match(self.up)) if self.drizzle else runs_alone(self.up)

    @property
    def loss(self) -> str | None:
        """Why going back does not give everything back, or None."""
        if self.down is None:
            return "nothing takes it back"
        lines = [line.strip().removeprefix("--").strip() for line in _head(self.down).splitlines()]
        return next((line for line in lines if _LOST.search(line)), None)

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
    """Something that is wrong with a folder.

    Args:
        kind: `unreadable`, `encoding`, `utf16` and `left-out` for a file; `journal`, `snapshot`, `missing`, `twice`,
            `index`, `number`, `date`, `undated`, `order`, `chain`, `branch`, `both` and `stray` for a folder.
        message: what is wrong, and what comes of it.
        file: the path in the folder.
        grave: nothing can be added before it is mended.
        hint: what helps.
    """

    kind: str
    message: str
    file: str
    grave: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Folder:
    """A migrations folder.

    Args:
        form: how it is laid out.
        migrations: in the order in which they run.
        faults: what is wrong with it, as far as that can be seen without a database.
        journal: the journal of line 0.45, as it is written.
        texts: every file that was read, by its path in the folder, as it is written.
        place: what messages call it.
    """

    form: Form
    migrations: tuple[Migration, ...] = ()
    faults: tuple[Fault, ...] = ()
    journal: Json = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    @property
    def line(self) -> Line:
        """The line of Drizzle that wrote it; 1 for every form that has no journal."""
        return "0.45" if self.form == "0.45" else "1"

    @property
    def drizzle(self) -> bool:
        """Whether Drizzle wrote it."""
        return self.form in ("0.45", "1")

    @property
    def hash(self) -> str:
        """SHA-256 over names, order, dates and contents."""
        rows = [f"{item.name}\0{item.when}\0{item.hash}" for item in self.migrations]
        return hashlib.sha256("\n".join((self.form, *rows)).encode()).hexdigest()

    @property
    def leaves(self) -> tuple[str, ...]:
        """The ids of the snapshots that no other one follows: more than one after branches were merged."""
        followed = {parent for item in self.migrations for parent in item.parents}
        return tuple(item.id for item in self.migrations if item.id and item.id not in followed)

    @property
    def base(self) -> Json | None:
        """The snapshot of line 0.45 that drizzle-kit compares with: the last one that there is."""
        return next((item.snapshot for item in reversed(self.migrations) if item.snapshot), None)

    def rows(self, count: int | None = None) -> list[delta.Row]:
        """What drizzle-kit 1 saw after the first `count` migrations, or all: the rows of its state."""
        rows: list[delta.Row] = []
        for item in self.migrations[:count]:
            if item.snapshot is not None:
                rows = delta.after(rows, item.snapshot)
        return rows


def parted(text: str) -> tuple[str, ...]:
    """The statements of one of Drizzle's files."""
    return tuple(part.strip() for part in text.split(BREAKPOINT) if part.strip())


def runs_alone(text: str) -> bool:
    """Whether a file says to its runner, in the words of any tool, that it is not to be put into a transaction."""
    return _ALONE.search(text) is not None


def declared(down: str | None) -> Reversible | None:
    """What the comment says that a down begins with (DESIGN §6)."""
    found = _DECLARED.search(_head(down)) if down is not None else None
    if found is None:
        return None
    return "lossy" if found[1].lower() == "lossy" else "no"


def moment(name: str) -> int | None:
    """Milliseconds since 1970 of the date that a name begins with, `20260101000000_posts`; None for none."""
    stamp = _STAMP.match(name)
    if stamp is None:
        return None
    try:
        found = datetime.datetime.strptime(f"{stamp[0]}+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
    return round(found.timestamp() * 1000)


def _head(text: str) -> str:
    found = _COMMENT.match(text)
    return found[0] if found else ""
