"""Read a Drizzle project by running its schema files under Bun, offline and with nothing of the user's environment.

The files are bundled with stubs for everything that cannot be resolved, and Drizzle itself is asked what they declare
(reference/drizzle.md, 5.2: this reads twelve of twelve public projects, a plain import six).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from dbarchitect.engines import bun, toolchain
from dbarchitect.engines import toolchain_diagnostics as diagnostics
from dbarchitect.errors import EngineError, InputError
from dbarchitect.read.drizzle import package
from dbarchitect.read.drizzle.build import build
from dbarchitect.read.drizzle.package import Found
from dbarchitect.read.drizzle.project import Project

_SCRIPT = Path(__file__).with_name("read_project.ts")
_SECONDS = 60


def read(root: Path, found: Found | None = None) -> Project:
    """The Drizzle project in `root`, with its schema and where each thing is written.

    Args:
        root: the folder with drizzle.config and package.json. Its code is run; nothing in it is written.
        found: the line of Drizzle, when it is known already.

    Raises:
        InputError: it is no Drizzle project for PostgreSQL, or its files cannot be read.
        EngineError: Bun or the toolchain is missing.
    """
    root = root.resolve()
    config = package.config_of(root)
    found = found or package.detect(root)
    packages = toolchain.install(found.line) / "node_modules"
    with tempfile.TemporaryDirectory(prefix="dbarchitect-read-") as name:
        scratch = Path(name).resolve()
        (scratch / "node_modules").symlink_to(packages, target_is_directory=True)
        answer = scratch / "answer.json"
        request = json.dumps({"root": str(root), "config": str(config)})
        try:
            finished = bun.run_script(
                _SCRIPT, str(answer), cwd=scratch, input=request, timeout=_SECONDS, offline=True
            )  # fmt: skip
        except EngineError as error:
            raise _unreadable(error.message, config) from error
        if not finished.ok or not answer.is_file():
            raise _unreadable(diagnostics.reason(finished).replace(str(scratch), "."), config)
        content: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        bundled = (scratch / "schema.js").read_text(encoding="utf-8")
    dialect = content["config"]["dialect"]
    if dialect not in (None, "postgresql", "pg"):
        raise InputError(f"this project is for {dialect}, and we write PostgreSQL only", place=str(config))
    return build(content, root, config.name, found, bundled)


def _unreadable(reason: str, config: Path) -> InputError:
    return InputError(
        f"the schema cannot be read: {reason}",
        place=str(config),
        hint="It must be possible to import the files that `schema` names; `bunx drizzle-kit generate` shows the same.",
    )
