"""What `migrate apply` would run, and what it ran, as a page and as a line for each file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.text import Text

from dbarchitect.migrate.marks import contracts
from dbarchitect.migrate.runner.statements import statements
from dbarchitect.surface.output import words
from dbarchitect.surface.output.full.page import Page

if TYPE_CHECKING:
    from dbarchitect.api.applying import Application
    from dbarchitect.migrate.runner.preview import Preview
    from dbarchitect.read.migrations.folder import Migration

KINDS = {"0.45": "Drizzle 0.45", "1": "Drizzle 1", "sql": "plain SQL"}


def full(done: Application, db: str, *, width: int, colour: bool) -> str:
    """Each pending file with its statements and how to run them; after a run, what was applied."""
    page = Page(width, colour)
    if done.ran is None:
        _draw(page, done.preview)
        page.line("")
        standing = done.preview.standing
        there = "Nothing is to be done without --contract." if standing.waiting else "The database is up to date."
        page.line("Nothing was applied. To apply it:" if standing.pending else there)
        if standing.pending:
            page.code(f"  {_next(done.preview, db)}")
        return page.text()
    if done.backup is not None:
        rows, tables = words.count(done.backup.rows, "row"), words.count(done.backup.tables, "table")
        page.line(f"backed up {rows} of {tables} to {done.backup.file}")
    for name in done.ran.applied:
        page.line(words.printable(f"applied {name}"))
    page.line(_result(done))
    return page.text()


def preview(found: Preview, *, width: int, colour: bool) -> str:
    """What would run, without the command that runs it."""
    page = Page(width, colour)
    _draw(page, found)
    return page.text()


def concise(done: Application) -> str:
    """A line for each file; the last one has the id, or says what was done."""
    found = done.preview
    if done.ran is not None:
        return "".join(f"applied {name}\n" for name in done.ran.applied) + f"{_result(done)}\n"
    lines = [
        f"{item.name}: {words.count(len(statements(item)), 'statement')}, {_mode(item)}" for item in _pending(found)
    ]
    lines += [f"{item.name}: waits for --contract" for item in found.standing.waiting]
    return "".join(words.printable(f"{line}\n") for line in (*lines, f"plan {found.id}"))


def _draw(page: Page, found: Preview) -> None:
    applied, pending = len(found.standing.applied), len(_pending(found))
    page.line(
        words.printable(
            f"{found.folder.place} ({KINDS[found.folder.form]}): {words.count(applied, 'migration')} applied, "
            f"{pending or 'none'} to come"
        )
    )
    for note in found.notes:
        page.line(words.printable(f"note: {note}"), style="dim")
    for item in _pending(found):
        _file(page, found, item)
    if found.standing.waiting:
        first, *others = (item.name for item in found.standing.waiting)
        more = f", and {words.count(len(others), 'migration')} with it" if others else ""
        page.line(words.printable(f"{first} waits for --contract{more}: it takes away what old programs need"))


def _file(page: Page, found: Preview, item: Migration) -> None:
    page.heading(words.printable(item.name), _mode(item))
    begun = found.standing.begun
    done = begun.done if begun is not None and begun.file == item.name else 0
    for number, statement in enumerate(statements(item)):
        for line in words.printable(f"{statement.text};").splitlines():
            page.code(f"  {line}", "dim" if number < done else "")
        if number < done:
            page.line("is done already", indent=4, style="dim")
        for lock in found.locks.get((item.name, number), ()):
            extra = "".join((", rewrites it" if lock.rewrites else "", ", reads all of it" if lock.scans else ""))
            page.line(words.printable(f"locks {lock.address} {lock.mode}{extra}"), indent=4, style="dim")
    if item in found.losses:
        page.line(Text.assemble(("lossy: ", "bold red"), words.printable(item.loss or "")), indent=2)


def _pending(found: Preview) -> tuple[Migration, ...]:
    return found.standing.pending


def _mode(item: Migration) -> str:
    return "no transaction, statement by statement" if item.alone else "one transaction"


def _next(found: Preview, db: str) -> str:
    """The command of the second step."""
    backup = " --backup FILE" if found.losses else ""
    first = next(iter(_pending(found)), None)
    if first is not None and found.standing.applied and contracts(first.up):
        backup = f" --contract{backup}"
    command = f"dbarchitect migrate apply --db {shlex.quote(db)} {shlex.quote(found.folder.place)} --plan {found.id}"
    return str(words.printable(f"{command}{backup}"))


def _result(done: Application) -> str:
    waiting = done.preview.standing.waiting
    there = f"{waiting[0].name} waits for --contract" if waiting else "The database is up to date"
    there = str(words.printable(there))
    if done.ran is None or not done.ran.applied:
        return f"{there}: there was nothing to apply."
    files, statements = words.count(len(done.ran.applied), "migration"), words.count(done.ran.statements, "statement")
    return f"{there}: {files}, {statements}."
