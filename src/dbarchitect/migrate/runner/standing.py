"""Where a database stands in a folder: what is applied, what is to come, and what does not fit together."""

from __future__ import annotations

from collections.abc import Sequence

from dbarchitect.errors import RefusedError
from dbarchitect.migrate.marks import contracts
from dbarchitect.migrate.runner.book import Book, Progress, Row, digest
from dbarchitect.migrate.runner.statements import statements
from dbarchitect.read.migrations.folder import Folder, Migration
from dbarchitect.records import dataclass

NOTED = ("stray", "left-out")
"""Kinds of faults that are odd without being wrong."""
_NOTHING = "Nothing was applied."


@dataclass(frozen=True, slots=True)
class Standing:
    """What is to be done.

    Args:
        applied: names of the migrations that the database has.
        pending: those that it has not, in order.
        begun: how far one of them came that has no transaction, or None.
        notes: what is odd without being wrong.
        waiting: those that wait until programs have come before the first of them.
    """

    applied: tuple[str, ...]
    pending: tuple[Migration, ...]
    begun: Progress | None = None
    notes: tuple[str, ...] = ()
    waiting: tuple[Migration, ...] = ()


def stand(folder: Folder, book: Book, *, contract: bool = False) -> Standing:
    """Compare a folder with what its database knows of it.

    Args:
        folder: the folder.
        book: the bookkeeping of the database.
        contract: programs no longer need what the next file takes away, when that file is marked as a contract.

    Raises:
        RefusedError: the database has a migration that the folder has not, an applied file was edited, a migration
            that is to come cannot be run or is older than one that was applied, or one that was begun is another one
            now.
    """
    rows = book.rows()
    applied = _applied(folder, rows)
    pending = tuple(item for item in folder.migrations if item.name not in applied)
    for item in pending:
        statements(item)
    notes = [fault.message for fault in folder.faults if fault.kind in NOTED]
    if folder.form == "0.45":
        notes += _in_order(folder, pending)
    elif applied:
        last = max(place for place, item in enumerate(folder.migrations) if item.name in applied)
        notes += [
            f"{item.name} is older than {folder.migrations[last].name}, which is applied"
            for item in folder.migrations[:last]
            if item.name not in applied
        ]
    begun = _begun(folder, pending, book.progress())
    now = pending[: _stop(pending, contract=contract)] if applied else pending
    done = tuple(item.name for item in folder.migrations if item.name in applied)
    return Standing(done, now, begun, tuple(notes), pending[len(now) :])


def _stop(pending: Sequence[Migration], *, contract: bool) -> int:
    """How many files run: up to a contract, or from those that come next up to a later one.

    A new database has no programs, so there nothing stops.
    """
    first = 0
    while contract and first < len(pending) and contracts(pending[first].up):
        first += 1
    return next((n for n in range(first, len(pending)) if contracts(pending[n].up)), len(pending))


def _applied(folder: Folder, rows: Sequence[Row]) -> set[str]:
    """The names of the migrations that the rows stand for."""
    by_when = {item.when: item for item in folder.migrations}
    by_name = {item.name: item for item in folder.migrations}
    by_hash = {item.hash: item for item in folder.migrations}
    found: set[str] = set()
    for number, row in enumerate(rows, start=1):
        item = by_when.get(row.when or 0) if folder.form == "0.45" else by_name.get(row.name or "")
        if item is None:
            raise _ahead(folder, row, number, by_hash.get(row.hash))
        if row.hash != item.hash:
            raise RefusedError(
                f"{item.name} was edited after it was applied",
                place=item.place,
                hint=f"{_NOTHING} Bring the old text back, and write the change as a further migration.",
            )
        if item.name in found:
            raise RefusedError(
                f"the database says twice that {item.name} is applied", place=folder.place, hint=_NOTHING
            )
        found.add(item.name)
    return found


def _ahead(folder: Folder, row: Row, number: int, twin: Migration | None) -> RefusedError:
    called = repr(row.name) if row.name else f"number {number}, dated {row.when}"
    if twin is not None:
        return RefusedError(
            f"{twin.name} is applied as {called}, and the folder dates or names it otherwise",
            place=twin.place,
            hint=f"{_NOTHING} An applied migration keeps its name and date; take its old ones.",
        )
    return RefusedError(
        f"the database is ahead of the folder: it has the migration {called}, which the folder has not",
        place=folder.place,
        hint=f"{_NOTHING} Get the branch that holds it, or look whether this is the right database.",
    )


def _in_order(folder: Folder, pending: Sequence[Migration]) -> list[str]:
    """Drizzle 0.45 compares with the latest date that is applied and passes over what is older: once, or for good."""
    known = {item.name for item in pending}
    latest, notes = folder.migrations[0], []
    last = max((item for item in folder.migrations if item.name not in known), key=lambda item: item.when, default=None)
    for item in folder.migrations:
        before = max((one for one in (latest, last) if one and one is not item), key=lambda one: one.when, default=None)
        if before is not None and item.when < before.when:
            if item.name in known:
                raise RefusedError(
                    f"{item.name} is dated before {before.name}: Drizzle's migrator would never run it",
                    place=item.place,
                    hint=f"{_NOTHING} `dbarchitect migrate rebase` dates it anew.",
                )
            if item.when < latest.when:
                notes.append(f"{item.name} is dated before {latest.name}; both are applied")
        latest = max(latest, item, key=lambda one: one.when)
    return notes


def _begun(folder: Folder, pending: Sequence[Migration], progress: Sequence[Progress]) -> Progress | None:
    known = {item.name: item for item in pending}
    for row in progress:
        item = known.get(row.file)
        if item is None:
            raise RefusedError(
                f"the database has begun {row.file!r}, which the folder has not, or has as applied",
                place=folder.place,
                hint=f"{_NOTHING} Get the branch that holds it, and let it finish first.",
            )
        if not item.alone or row.done > len(statements(item)) or digest(item, row.done) != row.hash:
            raise RefusedError(
                f"{row.done} statements of {item.name} are applied, and the file no longer begins with them",
                place=item.place,
                hint=f"{_NOTHING} Bring them back; what comes after them may be mended.",
            )
        if item is not pending[0]:
            raise RefusedError(
                f"{item.name} is begun, and {pending[0].name} comes before it now", place=item.place, hint=_NOTHING
            )
        return row
    return None
