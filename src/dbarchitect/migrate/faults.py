"""What is wrong with a Drizzle folder as a whole, as hazards DZ01 to DZ03."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dbarchitect.engines.toolchain_journal import EPOCH
from dbarchitect.migrate.hazard_catalogue import FOLDER
from dbarchitect.model.finding import Severity
from dbarchitect.model.plan import Hazard
from dbarchitect.model.source import Position, Span
from dbarchitect.read.migrations.folder import Folder, Migration

SKIPPED, TOGETHER, LIES = FOLDER
FOUNDING = ("before", "init", "companion")
"""What `design` calls the first migrations of a project."""


def of_folder(folder: Folder, base: Path) -> list[Hazard]:
    """The faults of a folder.

    Args:
        folder: where the migrations lie, of either line, with its snapshots.
        base: what paths are relative to.
    """
    found = []
    for fault in folder.faults:
        skipped = fault.kind in ("order", "date")
        kind = SKIPPED if skipped else LIES
        path = Path(folder.place, fault.file)
        runs = fault.kind == "version"
        severity: Severity = "error" if (fault.grave and not runs) or skipped else "warning"
        span = _whole(path, base) if path.is_file() else None
        found.append(Hazard(kind.code, kind.name, severity, fault.message, f"file:{fault.file}", fault.hint, span=span))
    return found


def founding(folder: Folder) -> tuple[Migration, ...]:
    """The first migrations of a project that `design` has made.

    It writes them in one go, so that no database ever has some of them and not the others.
    """
    found = []
    for place, item in enumerate(folder.migrations):
        if item.tag not in FOUNDING or item.when != EPOCH + 1000 * place:
            break
        found.append(item)
    return tuple(found)


def together(pending: Sequence[str], hazards: Sequence[Hazard]) -> list[Hazard]:
    """What comes of Drizzle's one transaction for all that is pending, when several files lock what is in use.

    Args:
        pending: the files that a database has not applied.
        hazards: those of its statements.
    """
    locking = {
        item.span.file
        for item in hazards
        if item.span is not None and item.code[:2] in ("RW", "SC", "IX", "TX") and item.code not in ("TX16", "IX10")
    }
    files = [name for name in pending if name in locking]
    if len(files) < 2:
        return []
    message = (
        f"{len(pending)} files are pending and Drizzle runs them in one transaction: what {files[0]} locks stays "
        f"locked until {pending[-1]} is done"
    )
    start = Position(1, 1)
    safe = "Apply them one by one: `dbarchitect migrate apply` commits after each file."
    place = f"file:{files[0]}"
    return [Hazard(TOGETHER.code, TOGETHER.name, "warning", message, place, safe, span=Span(files[0], start, start))]


def _whole(path: Path, base: Path) -> Span:
    try:
        name = path.resolve().relative_to(base.resolve()).as_posix()
    except ValueError:
        name = path.as_posix()
    return Span(name, Position(1, 1), Position(1, 1))
