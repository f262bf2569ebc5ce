"""Turn a brief into a proven Drizzle and PostgreSQL project."""

from pathlib import Path
from typing import Annotated

import typer

from dbarchitect.errors import InputError
from dbarchitect.settings import Ids, Line, Profile, Runtime
from dbarchitect.surface.cli import choices, invoke, terminal
from dbarchitect.surface.output import deliver

app = invoke.new_app()

HELP = """Turn a brief into a Drizzle and PostgreSQL project in which every claim was proved.

\b
dbarchitect design "an organization has many products" -o shop
dbarchitect design brief.yaml -o shop
dbarchitect design brief.yaml --dry-run --format json

A project that is brought up to date keeps the options that it was made with.
Exit code 1 when a claim fails, or when a file that you edited keeps its text.
"""


@app.command(help=HELP)
def design(
    brief: Annotated[
        list[str] | None,
        typer.Argument(metavar="BRIEF", help="A file that exists, - for standard input, or words.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="The folder to make or bring up to date.")
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Add the tables to this existing Drizzle project.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only think: write nothing, prove nothing.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a brief to start from.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take the defaults.")] = False,
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="ID=VALUE", help="Answer a question; may be repeated.", show_default=False),
    ] = None,
    profile: Annotated[
        Profile | None, typer.Option("--profile", help="Whose taste to follow (house, unless dbarchitect.toml says).")
    ] = None,
    drizzle: Annotated[
        Line | None, typer.Option("--drizzle", help="The line of Drizzle ORM (0.45, unless dbarchitect.toml says).")
    ] = None,
    ids: Annotated[
        Ids | None,
        typer.Option("--ids", help="Who makes ids: each insert (explicit), or a default in the schema file."),
    ] = None,
    runtime: Annotated[Runtime | None, typer.Option("--runtime", help="Where the project runs (bun).")] = None,
    touch_trigger: Annotated[
        bool, typer.Option("--touch-trigger", help="Move updated_at also for writes that bypass the ORM.")
    ] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow", metavar="HAZARD", help="Accept a hazard of a change, such as drop-column.", show_default=False
        ),
    ] = None,
    form: choices.FormatOption = "full",
    output: choices.OutputOption = None,
    strict: choices.StrictOption = False,
    proof_url: choices.ProofUrlOption = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="The moment to date a further migration with.")
    ] = None,
) -> int:
    """Design, write and prove a project; HELP says it to the user."""
    if example:
        from dbarchitect import api

        deliver.write(api.example_brief())
        return 0
    argument = _argument(brief or [])
    _check_target(out, into, dry_run)
    settings = choices.settings(
        into or out or Path.cwd(),
        profile=profile,
        drizzle=drizzle,
        ids=ids,
        runtime=runtime,
        touch_trigger=touch_trigger,
    )
    given, server, moment = choices.answers(answer or []), choices.proof_url(proof_url), choices.moment(now)
    from dbarchitect import api

    with terminal.showing_progress():
        result = api.design(
            argument,
            out=out,
            into=into,
            dry_run=dry_run,
            answers=given,
            settings=settings,
            ask=terminal.ask if terminal.interactive() and not yes and argument != "-" else None,
            proof_url=server,
            now=moment,
            allow=allow or [],
        )
    payload = result.to_json()
    choices.answer("design", payload, form, output)
    if payload.get("files", {}).get("beside"):
        return 1
    return choices.verdict(payload["proof"]["summary"], strict) if payload.get("proof") else 0


def _argument(words: list[str]) -> str:
    """The brief as one argument; words that the shell took apart are joined again."""
    if not words:
        hint = 'Say what is stored: dbarchitect design "an organization has many products" -o shop'
        raise InputError("there is no brief", hint=hint)
    if len(words) > 1:
        for word in words:
            if word == "-" or (word.endswith((".yaml", ".yml")) or Path(word).is_file()):
                raise InputError(f"{word!r} stands among other words", hint="Give one file alone, or only words.")
    return " ".join(words)


def _check_target(out: Path | None, into: Path | None, dry_run: bool) -> None:
    if out is not None and into is not None:
        raise InputError("--out and --into exclude each other", hint="--out makes a project, --into joins one.")
    if out is None and into is None and not dry_run:
        hint = "Give -o DIR for a new project, --into DIR to join one, or --dry-run to only think."
        raise InputError("nothing says where the project goes", hint=hint)
