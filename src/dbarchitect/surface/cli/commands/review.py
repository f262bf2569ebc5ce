"""Review a Drizzle project, SQL or a live database, and mend what can be mended."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dbarchitect.settings import Profile
from dbarchitect.surface.cli import choices, invoke, terminal
from dbarchitect.surface.output import deliver

if TYPE_CHECKING:
    from dbarchitect.api.reviewing import Reviewed

app = invoke.new_app()

Format = Literal["full", "concise", "json", "github", "gitlab", "sarif", "junit"]
Weight = Literal["error", "warning", "info", "never"]
ORDER = ("error", "warning", "info")


@app.command()
def review(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="A folder or file, -, git:REF:PATH, db:ALIAS or an address; this folder unless said.",
            show_default=False,
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How the findings are written.")] = "full",
    output: choices.OutputOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the fixes that are safe.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also those that may change what a query does.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what the fixes would change, and change nothing.")] = False,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODES", help="Rules to run: R01, or R for all of a family.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Rules to leave out; may be repeated.")
    ] = None,
    profile: Annotated[
        Profile | None, typer.Option("--profile", help="Whose taste counts; none unless said or configured.")
    ] = None,
    static: Annotated[bool, typer.Option("--static", help="Run none of the sources' own code.")] = False,
    from_format: Annotated[
        str | None, typer.Option("--from-format", metavar="FORMAT", help="What standard input holds, for SOURCE -.")
    ] = None,
    postgres: Annotated[
        int,
        typer.Option("--postgres", metavar="N", min=13, max=18, help="The version of PostgreSQL that files are for."),
    ] = 18,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="Known findings, which do not count.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write the findings of now to the baseline.")
    ] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="REF", help="Only findings on lines changed since that commit.")
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Only count the findings of each rule.")] = False,
    fail_on: Annotated[
        Weight, typer.Option("--fail-on", help="The least weight that makes the exit code 1.")
    ] = "warning",
) -> int:
    """Review schemas and queries: what is wrong, where, how we know, and how to mend it.

    Exit code 1 when findings of that weight are left, or when --diff shows a change; 2 when it could not run.
    """
    from dbarchitect import api
    from dbarchitect.api.reviewing import Choices
    from dbarchitect.errors import InputError

    if update_baseline and baseline is None:
        raise InputError("--update-baseline needs to know the file", hint="Give --baseline FILE.")
    asked = Choices(
        static=static,
        from_format=from_format,
        profile=profile,
        select=_codes(select),
        ignore=_codes(ignore),
        postgres=postgres,
        fix=fix,
        unsafe_fixes=unsafe_fixes,
        diff=diff,
        baseline=baseline,
        update_baseline=update_baseline,
        since=since,
    )
    with terminal.showing_progress():
        reviewed = api.review(sources or [], asked)
    terminal.clear_progress()
    if diff:
        text, code = reviewed.diff, int(bool(reviewed.diff))
    else:
        text = _text(reviewed, "statistics" if statistics else form, output)
        code = _code(reviewed, fail_on)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, output)
    _say(reviewed, diff)
    return code


def _codes(given: list[str] | None) -> tuple[str, ...]:
    return tuple(code.strip().upper() for item in given or () for code in item.split(",") if code.strip())


def _text(reviewed: "Reviewed", form: str, output: Path | None) -> str:
    import importlib

    from dbarchitect import api
    from dbarchitect.surface.output.review.view import View

    view = View(
        reviewed.review,
        reviewed.counted,
        reviewed.texts,
        {page.rule.code: page.text for page in api.rules()},
        width=100 if output else terminal.width(),
        colour=output is None and terminal.coloured(sys.stdout),
    )
    render = importlib.import_module(f"dbarchitect.surface.output.review.{form}").render
    return str(render(view))


def _code(reviewed: "Reviewed", fail_on: Weight) -> int:
    if any(problem.severity == "error" for problem in reviewed.review.problems):
        return 2 if not reviewed.review.summary.get("tables") else 1
    if fail_on == "never":
        return 0
    failing = ORDER[: ORDER.index(fail_on) + 1]
    return int(any(finding.severity in failing for finding in reviewed.counted))


def _say(reviewed: "Reviewed", diff: bool) -> None:
    """What fixing did, on stderr."""
    from dbarchitect.surface.output import words

    if reviewed.fixed:
        verb = "would mend" if diff else "mended"
        print(f"{verb} {words.count(reviewed.fixed, 'finding')}", file=sys.stderr)
    if reviewed.fixed and reviewed.ddl:
        print("The database needs, by a migration:", file=sys.stderr)
        for statement in reviewed.ddl:
            print(f"  {statement.rstrip(';')};", file=sys.stderr)
