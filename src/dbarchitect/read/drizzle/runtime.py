"""Read a Drizzle project that new tables shall join, by running its schema files under Bun."""

from __future__ import annotations

from pathlib import Path

from dbarchitect.engines import toolchain
from dbarchitect.errors import InputError
from dbarchitect.read.drizzle import package
from dbarchitect.read.drizzle.build import build
from dbarchitect.read.drizzle.evaluation import EvaluationError, Request, evaluate
from dbarchitect.read.drizzle.package import Found
from dbarchitect.read.drizzle.project import Project
from dbarchitect.read.drizzle.workspace import packages_of

_SECONDS = 60


def read(root: Path, found: Found | None = None, config: Path | None = None) -> Project:
    """The Drizzle project in `root`, with its schema and where each thing is written.

    Args:
        root: the folder with drizzle.config and package.json. Its code is run; nothing in it is written.
        found: the line of Drizzle, when it is known already.
        config: its configuration, in the folder or below it; None for the one that lies in it.

    Raises:
        InputError: it is no Drizzle project for PostgreSQL, or its files cannot be read.
        EngineError: Bun or the toolchain is missing.
    """
    root = root.resolve()
    config = config or package.config_of(root)
    found = found or package.detect(root)
    request = Request(
        root,
        toolchain.install(found.line) / "node_modules",
        config,
        workspace=packages_of(root),
        strict=True,
        whole=True,
        seconds=_SECONDS,
    )
    try:
        content, bundled = evaluate(request)
    except EvaluationError as error:
        raise InputError(
            f"the schema cannot be read: {error.message}",
            place=str(config),
            hint="It must be possible to import the files that `schema` names; `bunx drizzle-kit generate` shows the "
            "same.",
        ) from error
    dialect = content["config"]["dialect"]
    if dialect not in (None, "postgresql", "pg"):
        raise InputError(f"this project is for {dialect}, and we write PostgreSQL only", place=str(config))
    return build(content, root, config.relative_to(root).as_posix(), found, bundled)
