"""The Drizzle projects in a folder: every drizzle.config, or the files that declare tables when there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from dbarchitect.model.decision import Problem
from dbarchitect.model.source import Position, Span
from dbarchitect.read.drizzle import configuration
from dbarchitect.read.drizzle.patterns import is_source, matching, walk
from dbarchitect.read.drizzle.workspace import text_of, upward
from dbarchitect.records import dataclass

POSTGRES = ("postgresql", "pg", "")
_CONFIG = re.compile(r"drizzle[\w.-]*\.config[\w.-]*\.(?:[cm]?[jt]s|json)")
_TEST = re.compile(r"\.(?:test|spec|stories)\.")
_DECLARES = re.compile(
    r"\b(?:pg\w*Table|create\w*Table|table|pgEnum|pgView|pgMaterializedView|pgSchema|pgTableCreator)"
    r"\s*(?:\.withRLS\s*)?[(<]"
)
_LARGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a folder holds.

    Args:
        projects: a configuration each, which `source.read` takes; or the folder itself, when its files declare tables
            and no configuration names them.
        problems: configurations that are not for PostgreSQL.
    """

    projects: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()


def discover(folder: Path) -> tuple[Path, ...]:
    """The Drizzle projects for PostgreSQL in a folder, however deep; see `Discovery.projects`."""
    return find(folder, folder).projects


def find(folder: Path, base: Path) -> Discovery:
    """The Drizzle projects in a folder; of several configurations for the same files the nearest to them counts.

    Args:
        folder: where to look; packages and results of builds are left out.
        base: what the paths in problems are relative to.
    """
    folder = folder.resolve()
    projects: dict[object, list[Path]] = {}
    problems: list[Problem] = []
    found = [Path(inner, name) for inner, names in walk(folder) for name in names if is_config(name)]
    for path in sorted(found):
        said = configuration.read(path, text_of(path))
        if said.dialect not in POSTGRES:
            problems.append(_foreign(path, said.dialect, base))
            continue
        projects.setdefault(matching(said.schema or (), folders_of(path.parent)) or path, []).append(path)
    if not found and any(declaring(folder)):
        return Discovery((folder,))
    nearest = (min(paths, key=lambda path: _distance(path, files)) for files, paths in projects.items())
    return Discovery(tuple(sorted(nearest)), tuple(problems))


def _distance(config: Path, files: object) -> tuple[int, bool, Path]:
    """How far a configuration lies from the schema's files; then the plainest name."""
    first = files[0] if isinstance(files, tuple) else config
    steps = os.path.relpath(first, config.parent).split(os.sep)
    return len(steps) + 10 * steps.count(".."), config.stem != "drizzle.config", config


def is_config(name: str) -> bool:
    """Whether a file's name is one of drizzle-kit's configuration."""
    return _CONFIG.fullmatch(name) is not None and not _TEST.search(name)


def config_in(folder: Path) -> Path | None:
    """The configuration that lies directly in a folder; drizzle.config.ts before any other."""
    found = [path for path in sorted(folder.iterdir()) if is_config(path.name) and path.is_file()]
    return min(found, key=lambda path: (path.stem != "drizzle.config", len(path.name), path.name), default=None)


def folders_of(folder: Path) -> tuple[Path, ...]:
    """Where the paths of a configuration in `folder` may begin: drizzle-kit is run there or in a folder above it."""
    return tuple(upward(folder))[:6]


def declaring(folder: Path) -> Iterator[Path]:
    """The files below a folder that declare tables or types of PostgreSQL with Drizzle."""
    for inner, names in walk(folder):
        for name in names:
            if not is_source(name) or _TEST.search(name):
                continue
            path = Path(inner, name)
            if path.stat().st_size <= _LARGEST:
                text = text_of(path)
                if "drizzle-orm/pg-core" in text and _DECLARES.search(text):
                    yield path


def _foreign(path: Path, dialect: str, base: Path) -> Problem:
    from dbarchitect.read.drizzle.texts import relative

    place = Span(relative(path, base), Position(1, 1), Position(1, 1))
    return Problem("warning", f"this configuration is for {dialect}, and only PostgreSQL is read", place)
