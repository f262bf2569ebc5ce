"""Read a schema from a live database and write it in another format."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, invoke, terminal
from dbarchitect.surface.output import deliver, words

app = invoke.new_app()

Format = Literal["json", "sql", "mermaid", "svg"]


@app.command()
def read(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="db:ALIAS of dbarchitect.toml, or an address.")],
    to: Annotated[Format, typer.Option("--to", help="What to write.")] = "json",
    output: choices.OutputOption = None,
) -> int:
    """Read a schema from a live database and write it in another format.

    Only catalogs are read, in a read-only transaction; no row of yours is.
    """
    from dbarchitect import api
    from dbarchitect.api import render

    if source.startswith(("postgres://", "postgresql://")):
        advice = f"name it in dbarchitect.toml and give {terminal.paint('db:NAME', '1', sys.stderr)}"
        print(f"An address on the command line stays in the shell's history; {advice}.", file=sys.stderr)
    with terminal.showing_progress():
        result = api.read(source)
        text = render.render(result, to)
    if to != "json":
        for problem in result.problems:
            print(words.printable(f"{problem.severity}: {problem.message}"), file=sys.stderr)
    if output is None:
        deliver.write(text)
    else:
        deliver.save(text, Path(output))
    return 0
