"""`dbarchitect migrate plan`."""

import datetime
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dbarchitect.errors import InputError
from dbarchitect.surface.cli import choices, terminal
from dbarchitect.surface.output import deliver

if TYPE_CHECKING:
    from dbarchitect.api.planning import Planned
    from dbarchitect.model.plan import Plan
    from dbarchitect.read.drizzle.project import Project

Format = Literal["full", "concise", "json", "sql"]
Runner = Literal["drizzle", "dbarchitect"]


def plan(
    before: Annotated[
        str | None,
        typer.Option("--from", metavar="SOURCE", help="The schema before; else what the project's folder makes."),
    ] = None,
    after: Annotated[
        str | None, typer.Option("--to", metavar="SOURCE", help="The schema after; else the Drizzle project here.")
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option("--rename", metavar="OLD=NEW", help="What gets another name: users.name=full_name; repeatable."),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="HAZARD", help="Accept a hazard by its name; repeatable.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="A migration of rows: SQL with -- up, -- down and -- check."),
    ] = None,
    runner: Annotated[
        Runner, typer.Option("--runner", help="Who runs the files; Drizzle's migrator has one transaction for all.")
    ] = "drizzle",
    postgres: Annotated[int, typer.Option("--postgres", min=13, max=18, help="The version that they are for.")] = 18,
    form: Annotated[Format, typer.Option("--format", help="How the plan is written.")] = "full",
    output: choices.OutputOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Write the files: Drizzle's into its folder, else plain SQL."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing into the project's folder.")] = False,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="The moment to date the files of Drizzle's folder with.")
    ] = None,
    static: Annotated[bool, typer.Option("--static", help="Run none of the sources' own code.")] = False,
    from_format: Annotated[
        str | None, typer.Option("--from-format", metavar="FORMAT", help="What standard input holds, for SOURCE -.")
    ] = None,
) -> int:
    """Plan the way from one schema to another and back: files, hazards, what would be lost.

    SOURCE is a folder or file, -, git:REF:PATH, db:ALIAS or an address. In a Drizzle project without any: from what its
    migrations folder makes to what its TypeScript declares, written into that folder. Exit code 1 when a hazard is left
    that nobody accepted, or a question that nobody answered; then no file is written.
    """
    from dbarchitect import api
    from dbarchitect.api import carrying

    if data is not None:
        if after is not None or rename:
            raise InputError("--data changes rows, and no schema", hint="Leave --to and --rename out.")
        return _data(data, before, allow or [], runner, postgres, static, form, output, out, dry_run, now)
    given = _renames(rename or [])
    moment = choices.moment(now)
    root = carrying.asked(before, after)
    projects: list[Project] = []

    def planned(renames: Mapping[str, str]) -> "Plan":
        with terminal.showing_progress():
            if root is not None:
                found = carrying.next_plan(root, renames=renames, allow=allow or [], runner=runner, postgres=postgres)
                projects[:] = [found.project]
                return found.plan
            return api.plan(
                before or ".",
                after or ".",
                renames=renames,
                allow=allow or [],
                runner=runner,
                postgres=postgres,
                static=static,
                from_format=from_format,
            )

    made = planned(given)
    if made.questions and terminal.interactive() and "-" not in (before, after):
        answers = _answers(made)
        if answers:
            made = planned({**given, **answers})
    target = out or (projects[0].root / projects[0].out if projects and not dry_run else None)
    return _shown(made, target, projects, form, output, runner, moment, agreed=True)


def _data(
    file: Path,
    before: str | None,
    allow: list[str],
    runner: Runner,
    postgres: int,
    static: bool,
    form: Format,
    output: Path | None,
    out: Path | None,
    dry_run: bool,
    now: str | None,
) -> int:
    """A migration of rows."""
    from dbarchitect.api import data_planning

    moment = choices.moment(now)
    with terminal.showing_progress():
        found = data_planning.run(
            file, source=before, folder=out, allow=allow, runner=runner, postgres=postgres, static=static
        )
    projects = [found.project] if found.project else []
    target = out or (projects[0].root / projects[0].out if projects and not dry_run else None)
    return _shown(found.plan, target, projects, form, output, runner, moment, agreed=False)


def _shown(
    made: "Plan",
    target: Path | None,
    projects: "list[Project]",
    form: Format,
    output: Path | None,
    runner: Runner,
    moment: datetime.datetime | None,
    *,
    agreed: bool,
) -> int:
    """Writes what was planned, and its files when nothing is open."""
    from dbarchitect.api import planning

    found = planning.judged(made)
    text = _text(found, form, output)
    terminal.clear_progress()
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, output)
    if target is not None and found.ready:
        _save(made, target, projects, runner, moment, agreed=agreed)
    elif target is not None:
        print(f"wrote nothing to {target}: accept or answer what is open first", file=sys.stderr)
    return int(not found.ready)


def _save(
    made: "Plan",
    folder: Path,
    projects: "list[Project]",
    runner: Runner,
    moment: datetime.datetime | None,
    *,
    agreed: bool,
) -> None:
    """The files of a plan, in Drizzle's form when the folder is Drizzle's."""
    from dbarchitect.api import carrying, planning

    own = bool(projects) and (projects[0].root / projects[0].out).resolve() == folder.resolve()
    project = projects[0] if own else carrying.holder(folder)
    if project is None:
        names = planning.save(made, folder)
        print(f"wrote {len(names)} files to {folder}", file=sys.stderr)
        return
    done = carrying.carry(made, project, agreed=own and agreed, runner=runner, now=moment)
    for name in done.names:
        print(f"wrote {name} to {folder}", file=sys.stderr)
    if not done.names:
        print(f"nothing to write to {folder}: it makes what is declared", file=sys.stderr)
    if done.still:
        print("the TypeScript is not what this leads to; `drizzle-kit generate` would still write:", file=sys.stderr)
        print("\n".join(f"  {statement}" for statement in done.still), file=sys.stderr)


def _renames(given: list[str]) -> dict[str, str]:
    """`--rename OLD=NEW`, repeated."""
    found: dict[str, str] = {}
    for item in given:
        old, sign, new = item.partition("=")
        if not sign or not old.strip() or not new.strip():
            raise InputError(f"--rename takes OLD=NEW, and {item!r} is not of that form", hint="users.name=full_name")
        if found.setdefault(old.strip(), new.strip()) != new.strip():
            raise InputError(f"--rename {old.strip()} is given twice", hint="Give one new name.")
    return found


def _answers(made: "Plan") -> dict[str, str]:
    """The renames that somebody at the terminal says there are."""
    from dbarchitect.migrate.guesses import KEEP

    found = {question.address or "": terminal.ask(question) for question in made.questions}
    return {place: name for place, name in found.items() if name != KEEP}


def _text(found: "Planned", form: Format, output: Path | None) -> str:
    from dbarchitect.surface.output import plan as shown

    if form == "json":
        from dbarchitect.surface.output import json

        return json.render(found.plan.to_json())
    if form == "sql":
        return shown.sql(found)
    if form == "concise":
        return shown.concise(found)
    width = 100 if output else terminal.width()
    return shown.full(found, width=width, colour=output is None and terminal.coloured(sys.stdout))
