"""A migrations folder onto a database, in two steps: look, then run what was looked at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect import config
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.migrate.runner.patience import Patience
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.migrate.runner.backup import Backup
    from dbarchitect.migrate.runner.book import Book
    from dbarchitect.migrate.runner.foresight import Locks
    from dbarchitect.migrate.runner.preview import Preview
    from dbarchitect.migrate.runner.run import Ran
    from dbarchitect.migrate.runner.standing import Standing
    from dbarchitect.model.plan import Hazard
    from dbarchitect.read.migrations.folder import Folder

APPLICATION = "dbarchitect migrate apply"


@dataclass(frozen=True, slots=True)
class Choices:
    """How a folder is applied.

    Args:
        backup: a new file for a dump before the first statement.
        without_backup: files that nothing takes back whole run without one.
        wait: seconds to wait for another runner.
        patience: how to wait for locks.
        table: SCHEMA.NAME of the bookkeeping, where it is not Drizzle's usual one.
        contract: no program needs any more what the next file takes away.
    """

    backup: Path | None = None
    without_backup: bool = False
    wait: float = 60.0
    patience: Patience = field(default_factory=Patience)
    table: str | None = None
    contract: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """What was shown, and what was done.

    Args:
        preview: what would be done, or was.
        backup: the dump; None when none was asked for.
        ran: what was applied; None after the first step, or when somebody said no.
    """

    preview: Preview
    backup: Backup | None = None
    ran: Ran | None = None

    def to_json(self) -> dict[str, Any]:
        """As schemas/apply.schema.json says."""
        ran, backup = self.ran, self.backup
        return {
            "format": 1,
            **self.preview.to_json(),
            "backup": {"file": backup.file, "tables": backup.tables, "rows": backup.rows} if backup else None,
            "ran": {"applied": list(ran.applied), "statements": ran.statements} if ran else None,
        }


class _DeclinedError(Exception):
    """Somebody said no."""


def run(
    db: str,
    folder: Path | None,
    *,
    plan: str | None,
    confirm: Callable[[Preview], bool] | None,
    choices: Choices,
) -> Application:
    """See `dbarchitect.api.apply_migrations`."""
    from dbarchitect.migrate.runner import preview as previews
    from dbarchitect.migrate.runner.folder import read_folder
    from dbarchitect.migrate.runner.run import run as apply
    from dbarchitect.migrate.runner.standing import stand

    if choices.backup is not None and choices.without_backup:
        raise InputError("--backup and --without-backup exclude each other", hint="Give one of them.")
    name, url = _address(db)
    read = read_folder(folder or migrations_folder(Path()))
    with _connected(name, url) as connection:
        book = _book(connection, read, choices.table)
        if plan is None and confirm is None:
            standing = stand(read, book, contract=choices.contract)
            return Application(_preview(connection, read, book, standing))
        seen: list[Preview] = []
        made: list[Backup] = []

        def ready(standing: Standing) -> None:
            now = _preview(connection, read, book, standing)
            seen.append(now)
            if plan is not None:
                previews.require(now, plan)
            _check_losses(now, choices)
            if confirm is not None and standing.pending and not confirm(now):
                raise _DeclinedError
            if choices.backup is not None and standing.pending:
                from dbarchitect.migrate.runner.backup import back_up

                made.append(back_up(connection, choices.backup))

        try:
            ran = apply(
                connection, read, book=book, wait=choices.wait, patience=choices.patience, contract=choices.contract,
                ready=ready,
            )  # fmt: skip
        except _DeclinedError:
            return Application(seen[0])
        return Application(seen[0], made[0] if made else None, ran)


def migrations_folder(base: Path) -> Path:
    """Where the configuration of drizzle-kit in a folder says that migrations are, else `drizzle`."""
    from dbarchitect.read.drizzle import configuration
    from dbarchitect.read.drizzle.package import CONFIGS

    for name in CONFIGS:
        path = base / name
        if path.is_file():
            found = configuration.read(path, path.read_text(encoding="utf-8")).out
            return base / (found or "drizzle")
    return base / "drizzle"


def _address(db: str) -> tuple[str, str]:
    """What messages call the database, and its address."""
    name = db.removeprefix("db:")
    if not config.ALIAS.fullmatch(name):
        raise InputError(
            "--db takes the alias of a database, not an address",
            hint=f"Name it in {config.NAME} under [aliases], or set DBARCHITECT_<NAME>_URL.",
        )
    return f"db:{name}", config.database_url(name)


@contextmanager
def _connected(name: str, url: str) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    from dbarchitect.api.source_database import connect

    connection = connect(name, url, application_name=APPLICATION)
    connection.prepare_threshold = None
    with connection:
        try:
            yield connection
        except psycopg.Error as error:
            said = error.diag.message_primary or "the connection broke"
            state = f" ({error.sqlstate})" if error.sqlstate else ""
            raise InputError(
                f"{name}: {said}{state}", hint="Nothing was applied. Does the role of the alias own the tables?"
            ) from None


def _book(connection: psycopg.Connection[Any], folder: Folder, table: str | None) -> Book:
    from dbarchitect.migrate.runner.book import Book

    if table is None:
        return Book(connection, folder.form)
    match = re.fullmatch(r"([^.]+)\.([^.]+)", table)
    if match is None:
        raise InputError(f"--table takes SCHEMA.NAME, and {table!r} is not of that form", hint="drizzle.migrations")
    return Book(connection, folder.form, match[1], match[2])


def _preview(connection: psycopg.Connection[Any], folder: Folder, book: Book, standing: Standing) -> Preview:
    from dbarchitect.migrate.runner.foresight import foresee
    from dbarchitect.migrate.runner.preview import preview
    from dbarchitect.read import database

    database.require(connection)
    schema = database.read_schema(connection)
    locks = foresee(schema, standing, postgres=connection.info.server_version // 10_000)
    return preview(folder, standing, schema, book.schema, locks, _delays(connection, locks, standing))


def _delays(connection: psycopg.Connection[Any], locks: Locks, standing: Standing) -> tuple[Hazard, ...]:
    """Who would keep what is pending waiting now."""
    from dbarchitect.migrate.runner.preflight import preflight

    if not standing.pending:
        return ()
    return preflight(connection, locks, alone=any(item.alone for item in standing.pending))


def _check_losses(now: Preview, choices: Choices) -> None:
    """Refuse files that lose something, unless there is a dump or somebody does without."""
    if not now.losses or choices.backup is not None or choices.without_backup:
        return
    first = now.losses[0]
    more = f" (and {len(now.losses) - 1} more files)" if len(now.losses) > 1 else ""
    raise RefusedError(
        f"going back from {first.name} does not give everything back: {first.loss}{more}",
        place=first.place,
        hint="Nothing was applied. Dump the database first with --backup FILE, or say --without-backup.",
    )
