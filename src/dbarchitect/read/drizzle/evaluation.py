"""One run of read_project.ts under Bun: offline, with nothing of the user's environment, and never longer than allowed.

The files are bundled with stubs for everything that cannot be resolved, and Drizzle itself is asked what they declare
(reference/drizzle.md, 5.2: this reads twelve of twelve public projects, a plain import six).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dbarchitect.errors import EngineError
from dbarchitect.records import dataclass

SCRIPT = Path(__file__).with_name("read_project.ts")


@dataclass(frozen=True, slots=True)
class Fault:
    """What stopped a file, or a table, from being read.

    Args:
        message: in the words of Bun, Drizzle or the file itself.
        file: absolute path, '' when nobody knows.
        line: 1-based, None when nobody knows.
        column: likewise.
        early: it came before the schema's own files were run.
    """

    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    early: bool = False


class EvaluationError(EngineError):
    """The project could not be evaluated; `fault` says what stopped it, `late` that time ran out."""

    def __init__(self, fault: Fault, *, late: bool = False) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.late = late


@dataclass(frozen=True, slots=True)
class Request:
    """What to evaluate.

    Args:
        root: the folder that the project's code believes to run in.
        packages: the folder node_modules, or the folder drizzle-orm itself, that the schema is run with.
        config: drizzle.config; None when `files` are given instead.
        files: the schema's files when there is no configuration.
        casing: drizzle's casing when there is no configuration.
        folders: where patterns of the configuration may start, the likeliest first.
        workspace: the packages of the user's workspace, by name.
        avoided: files that must not be run.
        strict: fail rather than leave a file out.
        whole: also give the schema as one file.
        seconds: after which the run is stopped.
    """

    root: Path
    packages: Path
    config: Path | None = None
    files: Sequence[Path] = ()
    casing: str = ""
    folders: Sequence[Path] = ()
    workspace: Mapping[str, Path] | None = None
    avoided: Sequence[Path] = ()
    strict: bool = False
    whole: bool = False
    seconds: float = 30


def evaluate(request: Request) -> tuple[dict[str, Any], str]:
    """What Drizzle says of the project, and the whole schema as one file when that was asked for.

    Raises:
        EvaluationError: the project's code cannot be run, or did not end in time.
        EngineError: Bun is missing.
    """
    import tempfile

    from dbarchitect.engines import bun
    from dbarchitect.engines import toolchain_diagnostics as diagnostics

    bun.binary()
    with tempfile.TemporaryDirectory(prefix="dbarchitect-read-") as name:
        scratch = Path(name).resolve()
        _link(scratch, request)
        answer = scratch / "answer.json"
        try:
            finished = bun.run_script(
                SCRIPT,
                str(answer),
                cwd=scratch,
                input=_written(request, scratch),
                timeout=request.seconds,
                offline=True,
            )
        except EngineError as error:
            raise EvaluationError(_fault(scratch, error.message), late=True) from error
        if not finished.ok or not answer.is_file():
            reason = diagnostics.reason(finished).replace(str(scratch), ".")
            raise EvaluationError(_fault(scratch, reason))
        bundled = (scratch / "schema.js").read_text(encoding="utf-8") if request.whole else ""
        return json.loads(answer.read_text(encoding="utf-8")), bundled


def _link(scratch: Path, request: Request) -> None:
    """Put Drizzle where the bundle finds it, and the packages of the workspace where only the bundler does."""
    modules = scratch / "node_modules"
    if request.packages.name == "node_modules":
        modules.symlink_to(request.packages, target_is_directory=True)
    else:
        modules.mkdir()
        (modules / "drizzle-orm").symlink_to(request.packages, target_is_directory=True)
    for package, folder in sorted((request.workspace or {}).items()):
        link = scratch / "workspace" / "node_modules" / package
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(folder, target_is_directory=True)


def _written(request: Request, scratch: Path) -> str:
    return json.dumps(
        {
            "root": str(request.root),
            "config": str(request.config) if request.config else None,
            "files": [str(path) for path in request.files],
            "casing": request.casing,
            "folders": [str(path) for path in request.folders or (request.root,)],
            "workspace": str(scratch / "workspace") if request.workspace else "",
            "avoided": [str(path) for path in request.avoided],
            "strict": request.strict,
            "whole": request.whole,
            "seconds": request.seconds / 4,
        }
    )


def _fault(scratch: Path, reason: str) -> Fault:
    """What the run left about its end."""
    journal, told = scratch / "entered", scratch / "fault"
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else []
    early = "#modules" not in lines
    if told.is_file():
        content = json.loads(told.read_text(encoding="utf-8"))
        return Fault(reason, content["file"], content["line"], content["column"], early)
    entered = [line for line in lines if not line.startswith("#")]
    return Fault(reason, entered[-1] if entered else "", early=early)
