"""How far a history has come when a statement is looked at: in its transaction, its session, its file, in all files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from dbarchitect.migrate.surroundings import Surroundings, table_address
from dbarchitect.model.address import address
from dbarchitect.model.column import Column
from dbarchitect.model.constraint import ForeignKey
from dbarchitect.model.plan import Hazard, LockMode
from dbarchitect.read.sql.drafts import TableDraft
from dbarchitect.records import dataclass


@dataclass(slots=True)
class Transaction:
    """What a transaction has done before the statement that is looked at.

    Args:
        made: addresses of tables and types that it made itself: nobody waits for them.
        locks: the strongest lock on each relation that was there before, with the statement that took it.
        waiting: NOT VALID constraints that it added, by (table's address, name).
        labels: labels that it added to enums, by (schema, name).
        released: foreign keys that it dropped, with the address of their table: rows still meet them.
        dropped: indexes that it dropped, by table's address: name and columns.
        columns: columns that it dropped, by table's address.
        added: columns that it added to tables that were there, by table's address.
        written: addresses of columns that its UPDATEs set.
        altered: how many statements each table was scanned by.
        filled: addresses of tables that it put rows into.
        emptied: addresses of tables that it emptied and put nothing into since.
        statements: how many ran.
        explicit: it was begun by a BEGIN in the text.
        ended: a COMMIT or ROLLBACK in the text ended the transaction in which the file is run.
    """

    made: set[str] = field(default_factory=set)
    locks: dict[str, tuple[LockMode, str]] = field(default_factory=dict)
    waiting: set[tuple[str, str]] = field(default_factory=set)
    labels: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    released: list[tuple[str, ForeignKey]] = field(default_factory=list)
    dropped: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    columns: dict[str, list[Column]] = field(default_factory=dict)
    added: dict[str, list[Column]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    altered: dict[str, int] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    emptied: set[str] = field(default_factory=set)
    statements: int = 0
    explicit: bool = False
    ended: bool = False

    def unfilled(self, table: TableDraft, column: str) -> bool:
        """Whether all values of a column are NULL, because the file has added it and put nothing into it."""
        place = table_address(table)
        fresh = any(item.name == column and item.default is None for item in self.added.get(place, ()))
        return fresh and place not in self.filled and address("column", *table.key, column) not in self.written


@dataclass(slots=True)
class Story:
    """What is known over all files of a history.

    Args:
        published: addresses of tables that a publication carries.
        pending: only some files are looked at, so that they are what is pending.
        previous: the file before this one.
        labels: labels that files which are looked at have added to enums, with the file.
        enums: enums that files which are looked at have made, with the file.
        empty: addresses of columns that a file has added without a value and nothing has filled since.
        open: (file, what asks at the end of the history, with the schema then).
    """

    pending: bool = False
    previous: str = ""
    published: set[str] = field(default_factory=set)
    labels: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    enums: dict[tuple[str, str], str] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    open: list[tuple[str, Callable[[Surroundings], Hazard | None]]] = field(default_factory=list)


@dataclass(slots=True)
class Session:
    """What is set, over transactions of a file.

    Args:
        lock_timeout: waits for locks end by themselves.
        statement_timeout: statements end by themselves.
        told: codes that a file has been told once.
        story: what is known over all files.
        open: what says hazards at the end of the file, because its rest may put them right.
    """

    lock_timeout: bool = False
    statement_timeout: bool = False
    told: set[str] = field(default_factory=set)
    story: Story = field(default_factory=lambda: Story())
    open: list[Callable[[Surroundings], Hazard | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """How a file is run.

    Args:
        name: its path.
        drizzle: Drizzle's migrator runs it, with all that is pending in one transaction.
        transaction: its statements run in one transaction, as far as is known; False when it says that they do not.
        certain: that is known and not only likely.
        statements: how many it has.
    """

    name: str
    drizzle: bool = False
    transaction: bool = True
    certain: bool = False
    statements: int = 1
