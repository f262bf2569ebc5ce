"""`dbarchitect migrate apply`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, terminal
from dbarchitect.surface.output import deliver

if TYPE_CHECKING:
    from dbarchitect.api.applying import Application
    from dbarchitect.migrate.runner.preview import Preview

Format = Literal["full", "concise", "json"]


def apply(
    db: Annotated[
        str,
        typer.Option(
            "--db", metavar="ALIAS", help="The database, by its name in dbarchitect.toml.", show_default=False
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="The migrations; drizzle-kit's folder unless said.", show_default=False),
    ] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="ID", help="Run what was shown under this id, and nothing else.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="On a terminal: show, ask once, and run.")] = False,
    backup: Annotated[
        Path | None,
        typer.Option("--backup", metavar="FILE", help="Dump the database first, into a new file; *.sql for SQL."),
    ] = None,
    without_backup: Annotated[
        bool, typer.Option("--without-backup", help="Run what nothing takes back whole, without a dump.")
    ] = False,
    contract: Annotated[
        bool, typer.Option("--contract", help="No program says any more what the next file takes away: run that, too.")
    ] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", min=0, help="How long to wait for another runner.")
    ] = 60,
    lock_timeout: Annotated[
        float, typer.Option("--lock-timeout", metavar="SECONDS", min=0.001, help="How long one try waits for a lock.")
    ] = 3,
    tries: Annotated[
        int, typer.Option("--tries", min=1, max=1000, help="How often a statement tries for a lock.")
    ] = 10,
    table: Annotated[
        str | None, typer.Option("--table", metavar="SCHEMA.NAME", help="Where drizzle.config keeps the migrations.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How the answer is written.")] = "full",
    output: choices.OutputOption = None,
) -> int:
    """Apply a migrations folder to a database, in two steps.

    The first shows what would run, under an id, and runs nothing. With --plan ID it runs, unless the database or the
    folder changed since. It stops before a file that is marked as a contract, which takes away what old programs need;
    --contract runs that, once it comes next. A run that was killed is finished by the next one. Exit code 2 when it was
    refused or failed.
    """
    from dbarchitect import api
    from dbarchitect.api.applying import Choices
    from dbarchitect.errors import InputError
    from dbarchitect.migrate.runner.patience import Patience

    if yes and plan is None and not terminal.interactive():
        raise InputError(
            "--yes asks on a terminal, and there is none",
            hint="Run it without --yes to see what it would do and under which id, then with --plan ID.",
        )
    confirm = None

    if yes and plan is None:

        def confirm(found: "Preview") -> bool:
            return _confirmed(found)

    chosen = Choices(
        backup=backup,
        without_backup=without_backup,
        wait=wait,
        patience=Patience(lock_timeout=lock_timeout, tries=tries),
        table=table,
        contract=contract,
    )
    with terminal.showing_progress():
        done = api.apply_migrations(db, folder, plan=plan, confirm=confirm, choices=chosen)
    terminal.clear_progress()
    text = _text(done, db, form, output)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, output)
    return 0


def _confirmed(found: "Preview") -> bool:
    from dbarchitect.model.decision import Option, Question
    from dbarchitect.surface.output import apply as shown

    terminal.clear_progress()
    print(shown.preview(found, width=terminal.width(), colour=terminal.coloured(sys.stderr)), file=sys.stderr)
    options = (Option("no", "nothing is run"), Option("yes", "everything above is run"))
    return terminal.ask(Question("apply", "Run this?", "no", options)) == "yes"


def _text(done: "Application", db: str, form: Format, output: Path | None) -> str:
    from dbarchitect.surface.output import apply as shown

    if form == "json":
        from dbarchitect.surface.output import json

        return json.render(done.to_json())
    if form == "concise":
        return shown.concise(done)
    width = 100 if output else terminal.width()
    return shown.full(done, db, width=width, colour=output is None and terminal.coloured(sys.stdout))
