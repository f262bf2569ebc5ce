"""What Drizzle itself says of files, to compare with what their text says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dbarchitect.engines import toolchain
from dbarchitect.model.schema import Schema
from dbarchitect.read.drizzle.completion import completed
from dbarchitect.read.drizzle.evaluation import Request, evaluate
from dbarchitect.read.drizzle.things import schema_of
from dbarchitect.settings import Line


def evaluated(folder: Path, files: Sequence[str], line: Line, casing: str = "") -> Schema:
    """The schema that the exports of some files make up when Bun runs them."""
    packages = toolchain.install(line) / "node_modules"
    content, _ = evaluate(Request(folder, packages, files=[folder / each for each in files], casing=casing))
    assert [thing["failure"] for thing in content["things"] if thing.get("failure")] == []
    named = [entry["names"] for entry in content["files"] if entry["seen"]]
    seen = {name["thing"] for names in named for name in names}
    things = [thing for place, thing in enumerate(content["things"]) if place in seen and not thing.get("existing")]
    return completed(schema_of(things))


def texts(folder: Path) -> dict[str, str]:
    """The TypeScript below a folder, by path."""
    found = sorted(folder.rglob("*.ts"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}
