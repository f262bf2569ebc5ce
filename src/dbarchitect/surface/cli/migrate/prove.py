"""`dbarchitect migrate prove`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dbarchitect.errors import InputError
from dbarchitect.surface.cli import choices, terminal
from dbarchitect.surface.output import deliver, words

Format = Literal["full", "concise", "json", "markdown"]


def prove(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|PLAN.json",
            help="A folder of migrations, a project that has one, or a plan; this folder unless said.",
            show_default=False,
        ),
    ] = Path(),
    last: Annotated[
        int | None, typer.Option("--last", metavar="N", min=1, help="Prove the last N of a folder; 1 unless said.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Prove every migration of a folder.")] = False,
    restore: Annotated[
        Path | None,
        typer.Option("--restore", metavar="DUMP", help="Prove on the data of this pg_dump file instead of ours."),
    ] = None,
    before: Annotated[
        str | None, typer.Option("--from", metavar="SOURCE", help="What a plan starts from.", show_default=False)
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How the certificate is written.")] = "full",
    output: choices.OutputOption = None,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Keep certificates beside the folder; without --last and --all, prove what has none that holds.",
        ),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 also when something stays unproved.")] = False,
) -> int:
    """Run migrations up, down and up again on a scratch server full of data, and say what came of it.

    The verdict on each is exact, lossy or irreversible, with the locks of every statement, who waited for it, and the
    rows on which it fails. Nothing is written unless asked for: --keep puts what was proved beside the folder, to be
    committed, so that `migrate check` sees when it no longer holds. Exit code 1 when a migration fails.
    """
    if last is not None and everything:
        raise InputError("--last and --all exclude each other", hint="Give one.")
    from dbarchitect import api

    chosen: int | Literal["due"] | None = None if everything else last or ("due" if keep else 1)
    with terminal.showing_progress():
        found = api.prove_migrations(source, last=chosen, restore=restore, before=before, keep=keep)
    terminal.clear_progress()
    if form == "json":
        from dbarchitect.surface.output import json

        text = json.render(found.to_json())
    else:
        from dbarchitect.surface.output import certificate

        if form == "full":
            width = 100 if output else terminal.width()
            text = certificate.full(found, width=width, colour=output is None and terminal.coloured(sys.stdout))
        else:
            text = certificate.markdown(found) if form == "markdown" else certificate.concise(found)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, output)
    if keep:
        print(f"kept {words.count(len(found.migrations), 'certificate')} beside the migrations", file=sys.stderr)
    return int(bool(found.summary["failed"]) or (strict and bool(found.summary["unproved"])))
