"""What is wrong with a Drizzle folder as a whole, as hazards DZ01 to DZ03."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dbarchitect.errors import InputError
from dbarchitect.migrate.folder import history as folders
from dbarchitect.migrate.hazard_catalogue import FOLDER
from dbarchitect.model.finding import Severity
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span

SKIPPED, TOGETHER, LIES = FOLDER
SAFE = {
    "order": "`dbarchitect migrate rebase` dates it anew, after all others.",
    "number": "`dbarchitect migrate rebase` puts a branch's migrations behind those of the other.",
    "branch": "`dbarchitect migrate rebase` puts a branch's migrations behind those of the other.",
    "missing": "Bring the file back, or take its entry from the journal.",
    "chain": "`drizzle-kit check` names the branch that the snapshot came from; make it anew.",
    "stray": "Remove the file, or generate the migration again.",
}
"""What helps, by kind of fault."""


def of_folder(folder: Path, base: Path, pending: Sequence[str]) -> list[Hazard]:
    """The faults of a folder.

    Args:
        folder: where the migrations lie, of either line.
        base: what paths are relative to.
        pending: the files that are to run, relative to `base`, as far as that is known.
    """
    try:
        history = folders.read_folder(folder, "0.45")
    except InputError as error:
        return [Hazard(LIES.code, LIES.name, "error", error.message, f"file:{error.place or folder}", error.hint or "")]
    found = []
    for fault in history.faults():
        kind = SKIPPED if fault.kind == "order" else LIES
        path = folder / fault.file
        severity: Severity = "error" if fault.grave or fault.kind == "order" else "warning"
        span = _whole(path, base) if path.is_file() else None
        safe = SAFE.get(fault.kind, "")
        found.append(Hazard(kind.code, kind.name, severity, fault.message, f"file:{fault.file}", safe, span=span))
    return found


def _whole(path: Path, base: Path) -> Span:
    try:
        name = path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        name = path.as_posix()
    return Span(name, Position(1, 1), Position(1, 1))
