"""What a SOURCE stands for (DESIGN §2): a path, standard input, a tree of git, a database; each read into a `Found`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from dbarchitect.errors import InputError
from dbarchitect.read.result import ReadResult
from dbarchitect.records import dataclass
from dbarchitect.settings import Line

if TYPE_CHECKING:
    from dbarchitect.model.statistics import Statistics
    from dbarchitect.read.drizzle.declared import Declared

Kind = Literal["drizzle", "sql", "snapshot", "dbml", "prisma", "json", "brief", "database"]
Format = Literal["sql", "drizzle", "snapshot", "dbml", "prisma", "json", "brief"]
"""What `--from-format` takes."""
FORMATS: tuple[Format, ...] = get_args(Format)
FORMS = "Give a path, - with --from-format, git:REF:PATH, db:ALIAS or a postgres:// address."
URLS = ("postgres://", "postgresql://")


@dataclass(frozen=True, slots=True)
class Found:
    """One schema that a source holds, and what a review needs to know of where it came from.

    Args:
        name: how messages call it: the path, `standard input`, `git:REF:PATH`, `db:ALIAS` or `the database`.
        kind: what it is.
        result: the schema and what could not be read.
        root: its file or folder; None when it is no path that stays (a database, standard input, git).
        texts: its text files by the path that spans name.
        declared: what its TypeScript writes down, of a Drizzle schema.
        line: the line of Drizzle that it is written for.
        casing: the casing of its configuration, or ''.
        out: its migrations folder, when it has one.
        statistics: sizes and use, of a live database when they were asked for.
        postgres: the major version of a live database.
    """

    name: str
    kind: Kind
    result: ReadResult
    root: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    declared: Declared | None = None
    line: Line | None = None
    casing: str = ""
    out: Path | None = None
    statistics: Statistics | None = None
    postgres: int | None = None


def find(
    source: str,
    *,
    static: bool = False,
    from_format: str | None = None,
    statistics: bool = False,
    base: Path | None = None,
) -> tuple[Found, ...]:
    """Read everything that a source holds; a monorepo may hold several schemas.

    Args:
        source: an existing path, `-`, `git:REF:PATH`, `db:ALIAS` or a postgres address.
        static: run nothing of the source's own.
        from_format: one of FORMATS: what standard input or the file holds; None finds it out.
        statistics: read the statistics of a live database too.
        base: the folder that the paths of spans are relative to; the current one when None.

    Returns:
        At least one schema; in a monorepo one for each project, sorted by path.

    Raises:
        InputError: it cannot be read as it stands; the message names the place and the next step.
        EngineError: an engine that is needed is missing or does not work.
    """
    form = _format(from_format)
    base = Path.cwd() if base is None else base
    if source.startswith(URLS) or source.startswith("db:"):
        from dbarchitect.api import source_database

        return (source_database.read(source, statistics=statistics),)
    if source.startswith("git:"):
        from dbarchitect.api import source_git

        return source_git.read(source, form, static=static, base=base)
    from dbarchitect.api import source_files

    if source == "-":
        return (_standard_input(form),)
    path = _existing(source)
    return source_files.read(path, source, form, static=static, base=base)


def _format(given: str | None) -> Format | None:
    if given is None or given in FORMATS:
        return given
    near = difflib.get_close_matches(given.lower(), FORMATS, n=1)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    raise InputError(f"there is no format {given!r} to read", hint=f"{meant}It takes {', '.join(FORMATS)}.")


def _standard_input(form: Format | None) -> Found:
    from dbarchitect.api import source_files

    if form is None:
        raise InputError(
            "standard input does not say what it holds",
            hint=f"Say it with --from-format: {', '.join(FORMATS)}.",
        )
    text = source_files.decoded(sys.stdin.buffer.read(source_files.LARGEST + 1), "standard input")
    return source_files.of_text(text, "standard input", form)


def _existing(source: str) -> Path:
    try:
        path = Path(source).expanduser()
        if path.exists():
            return path
    except (OSError, ValueError, RuntimeError):  # too long for any file system, a NUL, ~nobody
        raise InputError(f"{source[:80]!r} cannot be the name of a file", hint=FORMS) from None
    raise InputError(f"there is nothing at {source!r}", hint=_nearest(path))


def _nearest(path: Path) -> str:
    """The existing path that was probably meant: the first part that does not exist is compared with its neighbours."""
    folder = path.parent
    name = path.name
    while not folder.exists() and folder != folder.parent:
        folder, name = folder.parent, folder.name
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return FORMS
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean {folder / near[0]}? {FORMS}" if near else FORMS
