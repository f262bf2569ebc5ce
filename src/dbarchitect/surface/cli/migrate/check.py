"""`dbarchitect migrate check`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, terminal
from dbarchitect.surface.output import deliver

if TYPE_CHECKING:
    from dbarchitect.api.checking import CheckedFolder

Format = Literal["full", "concise", "json", "github", "gitlab", "sarif", "junit"]
Weight = Literal["error", "warning", "info", "never"]
ORDER = ("error", "warning", "info")


def check(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[FOLDER]", help="Migrations: a folder, a file, or -; drizzle-kit's folder unless said.",
            show_default=False,
        ),
    ] = None,
    postgres: Annotated[
        int | None, typer.Option("--postgres", min=13, max=18, help="The version that runs them; 18 unless said.")
    ] = None,
    statistics: Annotated[
        str | None,
        typer.Option("--statistics", metavar="db:ALIAS", help="The database that they will meet, for its sizes."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="git:REF|NAME", help="Look only at what is not there at REF, or after NAME."),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="HAZARD", help="Accept a hazard by code or name; repeatable.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With --statistics: look at what the database has applied, too.")
    ] = False,
    notes: Annotated[bool, typer.Option("--notes", help="On the page: show hazards of the least weight, too.")] = False,
    form: Annotated[Format, typer.Option("--format", help="How the hazards are written.")] = "full",
    output: choices.OutputOption = None,
    fail_on: Annotated[
        Weight, typer.Option("--fail-on", help="The least weight that makes the exit code 1.")
    ] = "warning",
) -> int:  # fmt: skip
    """Say what may go wrong when migrations run: whom they keep waiting, what they lose, where they fail.

    Each statement is judged by the schema that the migrations before it have made. `-- dbarchitect: ignore SC05:
    reason` before a statement accepts it there. Exit code 1 when hazards of that weight are left, 2 when nothing could
    be read.
    """
    from dbarchitect import api
    from dbarchitect.api.checking import Choices

    asked = Choices(postgres=postgres, database=statistics, since=since, allow=tuple(allow or ()), all=everything)
    with terminal.showing_progress():
        checked = api.check_migrations(source, asked)
    terminal.clear_progress()
    text = _text(checked, form, output, notes=notes)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, output)
    return _code(checked, fail_on)


def _text(checked: "CheckedFolder", form: str, output: Path | None, *, notes: bool) -> str:
    import importlib
    from dataclasses import replace

    from dbarchitect import api
    from dbarchitect.surface.output import words
    from dbarchitect.surface.output.review.view import View

    everything = notes or form not in ("full", "concise")
    shown = tuple(item for item in checked.review.findings if everything or item.severity != "info")
    view = View(
        replace(checked.review, findings=shown),
        shown,
        checked.texts,
        {kind.code: kind.says for kind in api.hazards()},
        width=100 if output else terminal.width(),
        colour=output is None and terminal.coloured(sys.stdout),
    )
    render = importlib.import_module(f"dbarchitect.surface.output.review.{form}").render
    hidden = len(checked.review.findings) - len(shown)
    more = f"{words.count(hidden, 'info')} not shown: --notes\n" if hidden and form == "full" else ""
    return str(render(view)) + more


def _code(checked: "CheckedFolder", fail_on: Weight) -> int:
    if any(problem.severity == "error" for problem in checked.review.problems):
        return 2 if not checked.statements else 1
    if fail_on == "never":
        return 0
    failing = ORDER[: ORDER.index(fail_on) + 1]
    return int(any(item.severity in failing for item in checked.review.findings))
