"""`dbarchitect migrate rebase`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, terminal
from dbarchitect.surface.output import deliver

if TYPE_CHECKING:
    from dbarchitect.api.rebasing import Rebased

Format = Literal["full", "json"]


def rebase(
    onto: Annotated[str, typer.Option("--onto", metavar="SOURCE", help="git:REF, git:REF:PATH, or a folder.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The project, or its migrations folder.", show_default=False)
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="The earliest date of the branch's first migration.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How the answer is written.")] = "full",
) -> int:
    """Put a branch's migrations on top of main's: numbers, dates and snapshots anew, the same SQL.

    dbarchitect migrate rebase --onto git:main

    Run it on the branch, before or after main was merged into it. All files are written, or none.
    """
    from dbarchitect import api

    with terminal.showing_progress():
        done = api.rebase(onto, folder=folder, now=choices.moment(now), dry_run=dry_run)
    if form == "json":
        from dbarchitect.surface.output import json

        deliver.write(json.render(done.to_json()))
    else:
        deliver.write(_text(done))
    return 0


def _text(done: "Rebased") -> str:
    lines = [f"was wrong: {fault}" for fault in done.mended]
    lines += [f"{before} -> {now}" for before, now in done.names]
    if not done.files and not done.gone:
        lines.append("nothing to do: the branch's migrations stand on top of it")
    elif done.dry:
        lines.append(f"would write {len(done.files)} files and take away {len(done.gone)}")
    else:
        lines.append(f"wrote {len(done.files)} files and took away {len(done.gone)} in {done.folder}")
        print(
            "A database in which the branch's migrations ran under their old names runs them again: make it anew.",
            file=sys.stderr,
        )
    return "\n".join([*lines, ""])
