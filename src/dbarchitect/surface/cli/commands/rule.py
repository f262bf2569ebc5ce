"""Show what a rule of the review says, or demonstrate it."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, invoke, terminal
from dbarchitect.surface.output import deliver

app = invoke.new_app()


@app.command()
def rule(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help="A code such as R01, or a rule's name; none lists all.")
    ] = None,
    demonstrate: Annotated[
        bool, typer.Option("--demonstrate", help="Run the rule's demonstration on a real PostgreSQL.")
    ] = False,
    form: Annotated[Literal["full", "json"], typer.Option("--format", help="How the answer is written.")] = "full",
    output: choices.OutputOption = None,
) -> int:
    """Show what a rule says, why, and how to mend what it finds; or list all rules.

    Exit code 1 when a demonstration does not go as the rule says.
    """
    from dbarchitect import api
    from dbarchitect.errors import InputError
    from dbarchitect.surface.output import json, rules

    if demonstrate and code is None:
        raise InputError("--demonstrate needs a rule", hint="Give its code: dbarchitect rule R01 --demonstrate.")
    width = 100 if output else terminal.width()
    colour = output is None and terminal.coloured(sys.stdout)
    held = True
    if demonstrate and code is not None:
        with terminal.showing_progress():
            outcomes = api.demonstrate(code)
        held = all(outcome.held for outcome in outcomes)
        page = api.rules(code)[0]
        steps = [
            {"step": type(item.step).__name__.lower(), "says": item.step.says, "held": item.held, "result": item.result}
            for item in outcomes
        ]
        text = (
            json.render({"format": 1, "code": page.rule.code, "held": held, "steps": steps})
            if form == "json"
            else rules.demonstration(page, outcomes, width=width, colour=colour)
        )
    else:
        found = api.rules(code)
        if form == "json":
            from dbarchitect.api import rulebook

            text = json.render({"format": 1, "rules": [rulebook.to_json(page) for page in found]})
        elif code is not None and len(found) == 1:
            text = rules.one(found[0], width=width, colour=colour)
        else:
            text = rules.listed(found, width=width, colour=colour)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, Path(output))
    return int(not held)
