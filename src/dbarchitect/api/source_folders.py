"""Folders as sources: which schemas lie in them, and whether that is clear."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from dbarchitect.api.source_files import drizzle, file_text, migrations, of_text
from dbarchitect.api.sources import Format, Found
from dbarchitect.api.typescripts import LEFT_OUT, relative
from dbarchitect.errors import InputError
from dbarchitect.model.decision import Problem
from dbarchitect.read.result import ReadResult

_DEEPEST = 8
"""Levels of folders below the given one in which projects are looked for."""


def read(path: Path, name: str, form: Format | None, *, static: bool, base: Path) -> tuple[Found, ...]:
    """Everything that a folder holds: its Drizzle projects, else the one kind of schema that lies in it.

    Args:
        path: an existing folder.
        name: how messages call it.
        form: what is looked for; None for whatever there is.
        static: run nothing of its own.
        base: what the paths of spans are relative to.

    Raises:
        InputError: there is nothing that we can read, or there are schemas of several kinds.
    """
    problems: tuple[Problem, ...] = ()
    if form in (None, "drizzle"):
        from dbarchitect.read.drizzle import discovery

        discovered = discovery.find(path, base)
        problems = discovered.problems
        if discovered.projects:
            # Its migrations, and what else lies beside it, are of the same schema.
            projects, unread = _projects(discovered.projects, path, name, static=static, base=base)
            return _told(projects, (*problems, *unread))
    places = _places(path)
    kinds = [kind for kind, found in places.items() if found and form in (None, kind)]
    if not kinds:
        what = f"no {form} schema" if form else "no schema"
        hint = problems[0].message if problems else _LOOKED
        raise InputError(f"{name!r} holds {what} that can be read", hint=hint)
    if len(kinds) > 1:
        listed = ", ".join(f"{places[kind][0]} ({kind})" for kind in kinds)
        raise InputError(f"{name!r} holds schemas of several kinds", hint=f"Name one of them: {listed}.")
    return _told([_of_kind(kinds[0], each, _called(each, path, name), base) for each in places[kinds[0]]], problems)


def _projects(
    listed: Sequence[Path], path: Path, name: str, *, static: bool, base: Path
) -> tuple[list[Found], tuple[Problem, ...]]:
    """The projects that can be read, and why each other one cannot.

    Raises:
        InputError: none can be read.
    """
    found: list[Found] = []
    refused: list[InputError] = []
    for each in listed:
        try:
            found.append(drizzle(each, _called(each, path, name), static=static, base=base))
        except InputError as said:
            refused.append(said)
    if not found:
        raise refused[0]
    problems = []
    for error in refused:
        message = f"{relative(Path(error.place), base)}: {error.message}" if error.place else error.message
        problems.append(Problem("warning", f"{message}; this project is passed over"))
    return found, tuple(problems)


_LOOKED = "A Drizzle project has a drizzle.config; .sql, .prisma and .dbml files were looked for, too."


def _told(found: Sequence[Found], problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """The schemas; what was passed over is a problem of the first."""
    if not problems:
        return tuple(found)
    first = found[0]
    result = ReadResult(first.result.schema, (*problems, *first.result.problems))
    return (replace(first, result=result), *found[1:])


def _of_kind(kind: str, place: Path, name: str, base: Path) -> Found:
    if kind == "prisma":
        return _prismas(place, name, base)
    if kind == "sql":
        return migrations(place, name, base)
    return replace(of_text(file_text(place), relative(place, base), "dbml"), name=name, root=place)


def _called(root: Path, path: Path, name: str) -> str:
    """How messages call a project that was found at or below a path."""
    resolved = path.resolve()
    if root.resolve() == resolved:
        return name
    below = root.resolve().relative_to(resolved).as_posix() if resolved in root.resolve().parents else str(root)
    return below if name in (".", "./") else f"{name.rstrip('/')}/{below}"


def _places(path: Path) -> dict[str, list[Path]]:
    """Where schemas of each kind but Drizzle's lie at or below a folder."""
    found: dict[str, list[Path]] = {"prisma": [], "sql": [], "dbml": []}
    for folder, files in _walk(path):
        for kind, ending in (("prisma", ".prisma"), ("sql", ".sql")):
            if any(file.endswith(ending) for file in files):
                found[kind].append(folder)
        found["dbml"] += [folder / file for file in files if file.endswith(".dbml")]
    if found["prisma"]:  # its migrations are of the same schema
        found["sql"] = [each for each in found["sql"] if not _beside(each, found["prisma"])]
    found["prisma"] = _outermost(found["prisma"])
    found["sql"] = [Path(os.path.commonpath(found["sql"]))] if found["sql"] else []
    return found


def _beside(folder: Path, others: Sequence[Path]) -> bool:
    """Whether a folder lies below one of the others, or below the one that holds it."""
    return any(other == folder or other in folder.parents or other.parent in folder.parents for other in others)


def _outermost(folders: Sequence[Path]) -> list[Path]:
    """Folders that lie in none of the others."""
    return [each for each in folders if not any(other in each.parents for other in folders)]


def _walk(path: Path) -> Iterator[tuple[Path, list[str]]]:
    for name, folders, files in os.walk(path):
        folder = Path(name)
        deep = len(folder.relative_to(path).parts)
        kept = sorted(each for each in folders if each not in LEFT_OUT and not each.startswith("."))
        folders[:] = kept if deep < _DEEPEST else []
        yield folder, sorted(files)


def _prismas(root: Path, name: str, base: Path) -> Found:
    from dbarchitect.read import prisma

    paths = [folder / file for folder, files in _walk(root) for file in files if file.endswith(".prisma")]
    texts = {relative(path, base): file_text(path) for path in paths}
    return Found(name, "prisma", prisma.read(texts), root=root, texts=texts)
