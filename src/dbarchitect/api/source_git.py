"""`git:REF:PATH`: what PATH was at REF, taken out of the repository into a scratch folder.

Contents come straight from git's object store: no filter of the user's runs, and neither the working tree nor the index
is touched.
"""

from __future__ import annotations

import difflib
import os
import posixpath
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dbarchitect.api import source_files
from dbarchitect.api.sources import Format, Found
from dbarchitect.errors import InputError

SECONDS = 120
LARGEST_FILE = 5_000_000
"""Bytes; a larger file beside the source is no part of a schema."""
ENDINGS = (
    ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".jsonc", ".sql", ".ddl", ".dbml", ".prisma",
    ".yaml", ".yml", ".toml",
)  # fmt: skip
Entry = tuple[str, str, int]
"""(object name, path from the top of the repository, bytes)."""


def read(source: str, form: Format | None, *, static: bool, base: Path) -> tuple[Found, ...]:
    """Everything that a path held at a commit.

    Args:
        source: `git:REF:PATH`; PATH counts from the top of the repository, from the current folder when it begins
            with `./`, and may be left out for the whole repository.
        form: what the file holds, when its name does not tell.
        static: run nothing of the source's own.
        base: a folder in the repository.

    Raises:
        InputError: git is not there, `base` is in no repository, or REF or PATH does not exist.
    """
    ref, colon, path = source.removeprefix("git:").partition(":")
    if not ref or ref.startswith("-"):
        raise InputError(f"{source!r} names no commit", hint="Write git:REF:PATH, such as git:main:src/db/schema.ts.")
    top = _git(["rev-parse", "--show-toplevel"], base, "this folder is in no git repository").strip()
    prefix = _git(["rev-parse", "--show-prefix"], base).strip()
    commit = _commit(ref, base)
    wanted = posixpath.normpath(posixpath.join(prefix, path)) if path.startswith(("./", "../")) else path.strip("/")
    wanted = "" if wanted == "." else wanted
    entries = _entries(commit, Path(top))
    named = [entry for entry in entries if not wanted or entry[1] == wanted or entry[1].startswith(f"{wanted}/")]
    if not named:
        raise _no_path(ref, wanted if colon else "", prefix, [entry[1] for entry in entries])
    alone = len(named) == 1 and named[0][1] == wanted and not wanted.endswith(source_files.SCRIPTS)
    with tempfile.TemporaryDirectory(prefix="dbarchitect-git-") as scratch:
        folder = Path(scratch).resolve()
        _extract(named if alone else _useful(entries, named), Path(top), folder)
        (folder / ".git").mkdir()  # the end of the repository, for who looks in the folders above
        target = folder / wanted if wanted else folder
        if not target.exists():
            raise InputError(f"{wanted or 'the repository'} held nothing at {ref} that can be read", hint=_LOOK)
        found = source_files.read(target, source, form, static=static, base=folder)
        return tuple(replace(item, name=_named(item, source, folder), root=None) for item in found)


def texts(source: str, folder: Path) -> dict[str, str]:
    """The SQL and JSON files of a folder as they were at a commit, by their path in it.

    Args:
        source: `git:REF` for the same folder there, or `git:REF:PATH` from the top of the repository.
        folder: the folder as it is now, in the repository.

    Raises:
        InputError: git is not there, the folder is in no repository, or REF does not exist.
    """
    ref, _, path = source.removeprefix("git:").partition(":")
    if not ref or ref.startswith("-"):
        raise InputError(f"{source!r} names no commit", hint="Write git:REF, such as git:main.")
    base = next(each for each in (folder, *folder.parents) if each.is_dir())
    top = Path(_git(["rev-parse", "--show-toplevel"], base, "this folder is in no git repository").strip()).resolve()
    commit = _commit(ref, base)
    wanted = path.strip("/") or folder.resolve().relative_to(top).as_posix()
    prefix = "" if wanted == "." else f"{wanted}/"
    entries = [each for each in _entries(commit, top) if each[1].startswith(prefix)]
    entries = [each for each in entries if each[1].endswith((".sql", ".json"))]
    with tempfile.TemporaryDirectory(prefix="dbarchitect-git-") as scratch:
        place = Path(scratch).resolve()
        _extract(entries, top, place)
        return {name[len(prefix) :]: source_files.file_text(place / name) for _, name, _ in entries}


def changes(source: str, path: Path) -> tuple[str, ...]:
    """The last commits of this branch, and not of another, that changed a file, newest first, as sources.

    Args:
        source: `git:REF` of the other branch; what follows REF is not looked at.
        path: the file, in the repository.

    Raises:
        InputError: git is not there, the file is in no repository, or REF does not exist.
    """
    base = next(each for each in path.parents if each.is_dir())
    other = _commit(source.removeprefix("git:").partition(":")[0], base)
    words = ["rev-list", "--full-history", f"--max-count={_COMMITS}", "HEAD", f"^{other}", "--", path.as_posix()]
    return tuple(f"git:{commit}" for commit in _git(words, base).split())


_COMMITS = 20
_LOOK = "A Drizzle project, .sql, .dbml, .prisma and snapshot files can be read."


def _named(item: Found, source: str, folder: Path) -> str:
    """What messages call a project within the source."""
    if item.root is None or item.name == source:
        return source
    return f"{source.rpartition(':')[0]}:{item.root.relative_to(folder).as_posix()}"


def _useful(entries: Iterable[Entry], named: Sequence[Entry]) -> list[Entry]:
    """The files that a schema may consist of or lead to: those of the path, and code and configuration beside it."""
    own = {path for _, path, _ in named}
    return [entry for entry in entries if entry[1].endswith(ENDINGS) and (entry[1] in own or entry[2] < LARGEST_FILE)]


def _commit(ref: str, base: Path) -> str:
    try:
        return _git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"], base, "").strip()
    except InputError:
        pass
    known = _git(["for-each-ref", "--format=%(refname:short)"], base).split()
    near = difflib.get_close_matches(ref, known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "`git branch --all` and `git tag` list what there is."
    raise InputError(f"git knows no commit {ref!r}", hint=hint)


def _no_path(ref: str, wanted: str, prefix: str, paths: Sequence[str]) -> InputError:
    if not paths:
        return InputError(f"the commit {ref!r} holds no files")
    if any(path == prefix + wanted or path.startswith(f"{prefix}{wanted}/") for path in paths):
        hint = f"PATH counts from the top of the repository; from here it is ./{wanted}"
    else:
        folders = {parent for path in paths for parent in _parents(path)}
        near = difflib.get_close_matches(wanted, sorted({*paths, *folders}), n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"`git ls-tree -r --name-only {ref}` lists what there is."
    return InputError(f"there is no {wanted!r} at {ref!r}", hint=hint)


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]


def _entries(commit: str, top: Path) -> list[Entry]:
    """The regular files of a commit."""
    found = []
    for line in _git(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], top).split("\0"):
        head, _, path = line.partition("\t")
        parts = head.split()
        if len(parts) == 4 and parts[0] in ("100644", "100755") and parts[3].isdigit():
            found.append((parts[2], path, int(parts[3])))
    return found


def _extract(entries: Sequence[Entry], top: Path, folder: Path) -> None:
    asked = "".join(f"{name}\n" for name, _, _ in entries).encode()
    content = _bytes(["cat-file", "--batch"], top, asked)
    position = 0
    for _, path, size in entries:
        start = content.index(b"\n", position) + 1
        if content[position:start].endswith(b" missing\n"):
            raise InputError(f"this copy of the repository lacks {path}", hint="Fetch it whole: git fetch --refetch.")
        position = start
        target = folder / path
        if folder in target.resolve().parents:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content[position : position + size])
        position += size + 1


def _git(arguments: Sequence[str], folder: Path, wrong: str = "git does not answer") -> str:
    return _bytes(arguments, folder, b"", wrong).decode(errors="surrogateescape")


def _bytes(arguments: Sequence[str], folder: Path, given: bytes, wrong: str = "git does not answer") -> bytes:
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        finished = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=environment,
        )
    except FileNotFoundError:
        raise InputError("git is not installed", hint="git:REF:PATH needs git; give a path instead.") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(f"git does not answer: {error}") from None
    if finished.returncode:
        said = finished.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(wrong, hint=said[0] if said else None)
    return finished.stdout
