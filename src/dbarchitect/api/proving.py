"""`prove`: every claim about a project folder, proved again as its files are now."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.api.drafting import think
from dbarchitect.design.result import Draft
from dbarchitect.edit import manifest
from dbarchitect.errors import InputError
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.model.claim import Proof

LEFT_OUT = ("node_modules", ".git", ".env")


def run(folder: Path, *, proof_url: str | None) -> Proof:
    """See `dbarchitect.api.prove`."""
    known = manifest.load(folder)
    brief = folder / "brief.yaml"
    if known is None or not brief.is_file():
        raise InputError(
            "this is no project that dbarchitect made",
            place=str(folder),
            hint=f"A project has brief.yaml and {manifest.PATH}; `dbarchitect design BRIEF -o DIR` makes one.",
        )
    from dbarchitect.design.brief import reader

    requirements = reader.read(brief.read_text(encoding="utf-8"), name=str(brief), form="yaml")
    draft = think(requirements, {}, known.settings)
    with tempfile.TemporaryDirectory(prefix="dbarchitect-prove-") as scratch:
        copy = Path(scratch) / "project"
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
        return prove_folder(copy, draft, known.settings, proof_url)


def prove_folder(folder: Path, draft: Draft, settings: Settings, proof_url: str | None) -> Proof:
    """Prove a scratch folder that may be written to.

    Args:
        folder: a copy of the project, without packages.
        draft: the design that it was made from.
        settings: its settings.
        proof_url: a server of the user's choosing, or None for our own.
    """
    from dbarchitect.engines import toolchain
    from dbarchitect.prove.context import Context
    from dbarchitect.prove.run import prove

    project = toolchain.Project(folder, settings.drizzle)
    with (
        proving_server(proof_url) as server,
        project.link(),
        contextlib.closing(Context(folder, project, draft, settings, server)) as context,
    ):
        return prove(context)


@contextlib.contextmanager
def proving_server(proof_url: str | None) -> Iterator[Server]:
    """Our own shared server, which stays for the next proof of this process, or the user's, left as it was."""
    from dbarchitect.engines import postgres

    if proof_url is None:
        yield postgres.shared()
        return
    with postgres.attach(proof_url) as server:
        yield server
