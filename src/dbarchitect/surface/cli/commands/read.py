"""Read a schema from a live database and print it."""

from typing import Annotated

import typer

from dbarchitect.surface.cli import choices, invoke, terminal

app = invoke.new_app()


@app.command()
def read(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="db:ALIAS, or a postgres:// address.")],
    output: choices.OutputOption = None,
) -> int:
    """Read a schema and print it as JSON; nothing is written to the source."""
    from dbarchitect import api

    with terminal.showing_progress():
        result = api.read(source)
    choices.answer("read", result.to_json(), "json", output)
    return 0
