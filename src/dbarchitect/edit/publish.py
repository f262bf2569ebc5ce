"""Put files into a folder so that a run that dies leaves it as it was, and no edit of the user's is lost.

A new folder is built beside its place and moved there in one rename. In an existing one the old bytes are kept under
`.dbarchitect/undo` until every file is in place; `recover` puts them back when a run died in between.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dbarchitect.edit.manifest import PATH, Manifest, digest
from dbarchitect.errors import InputError
from dbarchitect.records import dataclass

UNDO = ".dbarchitect/undo"


@dataclass(frozen=True, slots=True)
class Published:
    """What happened to each file, as sorted relative paths.

    Args:
        written: new or replaced.
        unchanged: already as they should be.
        beside: edited by the user; the new text is in `FILE.new`.
        removed: no longer part of the project and untouched by the user.
    """

    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def check_target(folder: Path) -> None:
    """Refuse a target that holds somebody else's files.

    Raises:
        InputError: when `folder` is a file, or a folder with content that we did not make.
    """
    if folder.is_symlink() and not folder.exists():
        raise InputError("the output folder is a broken link", place=str(folder))
    if folder.exists() and not folder.is_dir():
        raise InputError("the output folder is a file", place=str(folder), hint="Name another folder with --out.")
    if _occupied(folder) and not (folder / PATH).exists() and not (folder / UNDO).exists():
        raise InputError(
            "the output folder is not empty and was not made by dbarchitect",
            place=str(folder),
            hint=f"Name another folder with --out, or add tables to that project with --into {folder}.",
        )


def check_empty(folder: Path) -> None:
    """Refuse a target in which anything is.

    Raises:
        InputError: when `folder` is a file, a broken link, or a folder with content.
    """
    if _occupied(folder):
        raise InputError("the output folder is not empty", place=str(folder), hint="Name a new folder with --out.")
    check_target(folder)


def publish(files: Mapping[str, bytes], folder: Path, previous: Manifest | None) -> Published:
    """Write `files` (relative POSIX path to bytes; the manifest among them) into `folder`.

    Args:
        files: everything that the project consists of.
        folder: where it goes.
        previous: the manifest of the run before, when there was one.
    """
    if previous is None:
        if folder.exists() and any(folder.iterdir()):
            _apply(files, folder)
        else:
            _publish_new(files, folder)
        return Published(written=tuple(sorted(files)))
    changes, outcome = _changes(files, folder, previous)
    if changes:
        _apply(changes, folder)
    return outcome


def recover(folder: Path) -> bool:
    """Undo what a run that died left half done in `folder`; True when there was something to undo."""
    undo = folder / UNDO
    plan = undo / "plan.json"
    if not undo.exists():
        return False
    if plan.exists():
        for path, had_content in json.loads(plan.read_text(encoding="utf-8")).items():
            if had_content:
                _write_atomically(folder / path, (undo / "files" / path).read_bytes(), undo)
            else:
                (folder / path).unlink(missing_ok=True)
    shutil.rmtree(undo)
    return True


def staging(folder: Path) -> Path:
    """A new empty folder on the same file system as `folder`, whose leftovers of dead runs are swept."""
    parent = folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{folder.name}.dbarchitect-"
    for leftover in parent.glob(f"{prefix}*"):
        owner = leftover.name.removeprefix(prefix).split("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(leftover, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=parent))


def write_tree(files: Mapping[str, bytes], folder: Path) -> None:
    """Write every file below `folder`, making the folders between."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _publish_new(files: Mapping[str, bytes], folder: Path) -> None:
    built = staging(folder)
    try:
        write_tree(files, built)
        built.chmod(0o755)
        built.rename(folder)
    except BaseException:
        shutil.rmtree(built, ignore_errors=True)
        raise


def _occupied(folder: Path) -> bool:
    return folder.is_dir() and any(entry.name != ".git" for entry in folder.iterdir())


def _changes(files: Mapping[str, bytes], folder: Path, previous: Manifest) -> tuple[dict[str, bytes | None], Published]:
    changes: dict[str, bytes | None] = {}
    written, unchanged, beside, removed = [], [], [], []
    for path in sorted(files):
        current = _content(folder / path)
        if current == files[path]:
            unchanged.append(path)
        elif current is None or path == PATH or digest(current) == previous.files.get(path):
            changes[path] = files[path]
            written.append(path)
        elif digest(files[path]) == previous.files.get(path):
            unchanged.append(path)
        else:
            if _content(folder / f"{path}.new") != files[path]:
                changes[f"{path}.new"] = files[path]
            beside.append(path)
    for path in sorted(set(previous.files) - set(files)):
        current = _content(folder / path)
        if current is not None and digest(current) == previous.files[path]:
            changes[path] = None
            removed.append(path)
    return changes, Published(tuple(written), tuple(unchanged), tuple(beside), tuple(removed))


def _apply(changes: Mapping[str, bytes] | Mapping[str, bytes | None], folder: Path) -> None:
    undo = folder / UNDO
    kept = {path: _content(folder / path) for path in changes}
    write_tree({path: content for path, content in kept.items() if content is not None}, undo / "files")
    plan = {path: content is not None for path, content in kept.items()}
    _write_atomically(undo / "plan.json", json.dumps(plan).encode(), undo)
    for path, content in changes.items():
        if content is None:
            (folder / path).unlink()
        else:
            _write_atomically(folder / path, content, undo)
    (undo / "plan.json").unlink()
    shutil.rmtree(undo)


def _write_atomically(path: Path, content: bytes, scratch: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=scratch)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o644)
    os.replace(name, path)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
