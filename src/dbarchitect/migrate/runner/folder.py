"""A migrations folder that is to be run: strictly, because what is run cannot be taken for something else."""

from __future__ import annotations

from pathlib import Path

from dbarchitect.errors import InputError, RefusedError
from dbarchitect.read.migrations import reader
from dbarchitect.read.migrations.folder import Folder

_IN_THE_WAY = reader.BROKEN | {"missing", "twice", "index", "date", "undated", "both"}
_MORE = "`dbarchitect migrate check` says more."


def read_folder(path: Path) -> Folder:
    """The files of a folder in the order in which they run.

    Args:
        path: a folder of Drizzle's of either line, or one of plain SQL files.

    Raises:
        InputError: there is no such folder, it holds no migration, or another tool keeps its books.
        RefusedError: its journal lies, or a file cannot be read; the place and the reason are named.
    """
    if not path.is_dir():
        raise InputError(f"there is no folder {str(path)!r}", hint="Give the folder that holds the migrations.")
    folder = reader.read_folder(path)
    for fault in folder.faults:
        if fault.kind in _IN_THE_WAY:
            hint = f"Nothing was applied. {fault.hint or _MORE}"
            raise RefusedError(fault.message, place=(path / fault.file).as_posix(), hint=hint)
    if folder.form == "prisma":
        hint = "`prisma migrate deploy` applies it and keeps its own table."
        raise InputError("the folder is one of Prisma's", place=str(path), hint=hint)
    if not folder.migrations:
        raise InputError("the folder holds no migrations", place=str(path))
    return folder
