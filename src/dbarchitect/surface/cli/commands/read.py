"""Read a schema from any source and write it in another format."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from dbarchitect.surface.cli import choices, invoke, terminal
from dbarchitect.surface.output import deliver, words

app = invoke.new_app()

Format = Literal["json", "sql", "drizzle", "dbml", "mermaid", "svg", "brief"]
Source = Literal["sql", "drizzle", "snapshot", "dbml", "prisma", "json", "brief"]

HELP = """Read a schema from Drizzle, SQL, Prisma, DBML or a live database, and write it in another format.

\b
dbarchitect read . --to sql
dbarchitect read git:main:prisma/schema.prisma --to dbml
dbarchitect read db:main --to drizzle -o shop

What a format cannot hold is said on stderr. Of a database only catalogs are read, never rows.
"""


@app.command(help=HELP)
def read(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder or file, -, git:REF:PATH, db:ALIAS or an address.")
    ],
    to: Annotated[Format, typer.Option("--to", help="What to write.")] = "json",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="The new folder, for --to drizzle.")
    ] = None,
    static: Annotated[bool, typer.Option("--static", help="Run none of the source's own code.")] = False,
    from_format: Annotated[
        Source | None, typer.Option("--from-format", help="What the source holds, for SOURCE - and odd file names.")
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Of a live database also sizes and use, for --to json.")
    ] = False,
    output: choices.OutputOption = None,
) -> int:
    """See HELP."""
    from dbarchitect import api
    from dbarchitect.api import render
    from dbarchitect.edit import publish
    from dbarchitect.errors import InputError

    if to == "drizzle" and (out is None or output is not None):
        raise InputError("Drizzle is written as several files", hint="Name a new folder: --to drizzle -o DIR.")
    if to != "drizzle" and out is not None:
        raise InputError(f"--to {to} writes one text", hint="Name its file with --output FILE.")
    if statistics and to != "json":
        raise InputError("only JSON holds statistics", hint="Leave --statistics out, or write --to json.")
    if source.startswith(("postgres://", "postgresql://")):
        advice = f"name it in dbarchitect.toml and give {terminal.paint('db:NAME', '1', sys.stderr)}"
        print(f"An address on the command line stays in the shell's history; {advice}.", file=sys.stderr)
    if out is not None:
        publish.check_empty(out)
    with terminal.showing_progress():
        result = api.read(source, static=static, from_format=from_format, statistics=statistics)
        rendered = render.render(result, to)
    told = rendered.problems if to == "json" else (*result.problems, *rendered.problems)
    for problem in told:
        place = f"{problem.span}: " if problem.span else ""
        print(words.printable(f"{place}{problem.severity}: {problem.message}"), file=sys.stderr)
    if out is not None:
        publish.publish({path: text.encode() for path, text in rendered.files.items()}, out, None)
        print("\n".join(str(out / path) for path in rendered.files))
    elif output is None:
        deliver.write(rendered.text)
    else:
        deliver.save(rendered.text, Path(output))
    return 0
