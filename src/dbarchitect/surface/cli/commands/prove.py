"""Prove every claim about a project folder again."""

from pathlib import Path
from typing import Annotated

import typer

from dbarchitect.surface.cli import choices, invoke, terminal

app = invoke.new_app()


@app.command()
def prove(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A project that design made; this folder unless said.", show_default=False),
    ] = Path(),
    form: choices.FormatOption = "full",
    output: choices.OutputOption = None,
    strict: choices.StrictOption = False,
    proof_url: choices.ProofUrlOption = None,
) -> int:
    """Prove every claim about a project folder again, and say what failed and why.

    Exit code 1 when a claim fails.
    """
    server = choices.proof_url(proof_url)
    from dbarchitect import api

    with terminal.showing_progress():
        proof = api.prove(folder, proof_url=server)
    choices.answer("proof", proof.to_json(), form, output)
    return choices.verdict(proof.summary, strict)
