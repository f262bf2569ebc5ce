"""`migrate rebase`: a branch's migrations on top of main's, all files or none."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.edit import manifest, publish
from dbarchitect.edit.manifest import Manifest
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings

if TYPE_CHECKING:
    from dbarchitect.migrate.folder.rebase import Moved
    from dbarchitect.read.migrations.folder import Folder
    from dbarchitect.settings import Line


@dataclass(frozen=True, slots=True)
class Rebased:
    """What became of a branch's migrations.

    Args:
        folder: the migrations folder.
        names: (name before, name now), in order; () when there was nothing to do.
        files: paths in the folder that were written, sorted.
        gone: paths that went away, sorted.
        mended: what was wrong with the folder.
        dry: nothing was written.
    """

    folder: Path
    names: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    gone: tuple[str, ...]
    mended: tuple[str, ...] = ()
    dry: bool = False

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "format": 1,
            "folder": self.folder.as_posix(),
            "migrations": [{"before": before, "now": now} for before, now in self.names],
            "files": list(self.files),
            "gone": list(self.gone),
            "mended": list(self.mended),
            "written": not self.dry and bool(self.files or self.gone),
        }


def run(onto: str, *, folder: Path | None, now: datetime.datetime | None, dry_run: bool) -> Rebased:
    """See `dbarchitect.api.rebase`."""
    from dbarchitect.migrate.folder.rebase import rebase
    from dbarchitect.read.migrations.reader import read_drizzle

    root, place, line = _place(folder)
    publish.recover(root)
    branch, main = read_drizzle(place, line), _onto(onto, place, line)
    if not main.migrations:
        raise InputError(f"{onto} holds no migrations", hint="Name main's migrations folder, or git:main.")
    moment = round(now.timestamp() * 1000) if now else None
    moved = rebase(branch, main, now=moment)
    if moved.lost:
        moved = rebase(branch, main, now=moment, seen=_seen(root, moved.lost))
    _check_replay(branch, main, moved)
    mended = tuple(fault.message for fault in branch.faults)
    done = Rebased(place, (), (), (), mended, dry_run)
    known = _manifest(onto, root, place, branch, main, moved)
    changed = bool(moved.written.files or moved.written.gone)
    if (changed or known is not None) and not dry_run:
        _write(root, place, moved, known)
    if not changed:
        return done
    return replace(done, names=moved.names, files=tuple(sorted(moved.written.files)), gone=moved.written.gone)


def _place(folder: Path | None) -> tuple[Path, Path, Line]:
    """(the folder that files are written below, the migrations folder, the line)."""
    from dbarchitect.api.carrying import project_of
    from dbarchitect.read.migrations.reader import form_of

    given = (folder or Path.cwd()).resolve()
    form = form_of(given)
    if form == "0.45" or form == "1":
        return project_of(given) or given, given, form
    root = project_of(given)
    if root is None:
        raise InputError(
            "here is no Drizzle project", place=str(given), hint="Run it in one, or name its migrations folder."
        )
    from dbarchitect.read.drizzle.runtime import read

    project = read(root)
    return root, (root / project.out).resolve(), project.line


def _onto(onto: str, place: Path, line: Line) -> Folder:
    from dbarchitect.read.migrations.reader import drizzle, read_drizzle, read_texts

    if onto.startswith("git:"):
        from dbarchitect.api import source_git

        return drizzle(read_texts(source_git.texts(onto, place), onto), line)
    path = Path(onto)
    if not path.is_dir():
        raise InputError(f"there is no folder {onto!r}", hint="Give --onto git:main, or a migrations folder.")
    return read_drizzle(path, line)


def _seen(root: Path, lost: tuple[str, ...]) -> dict[str, Any]:
    """What drizzle-kit makes of the TypeScript, where a snapshot was overwritten by a merge."""
    from dbarchitect.api.carrying import kit_of, project_of
    from dbarchitect.read.drizzle.runtime import read

    if project_of(root) is None:
        raise RefusedError(
            f"the snapshot of {lost[0]} was overwritten, and here is no TypeScript to make it from",
            place=str(root),
            hint="Run this on the branch as it was before the merge.",
        )
    kit = kit_of(read(root))
    return {key: value for key, value in kit.snapshot.items() if key not in ("id", "prevId", "prevIds")}


def _check_replay(branch: Folder, main: Folder, moved: Moved) -> None:
    """Refuse where the branch's SQL does not fit on top of main's.

    Raises:
        RefusedError: with what it stumbles over.
    """
    from dbarchitect.read.sql import reader

    names = [entry.name for entry in main.migrations] + [now for _, now in moved.names]
    ending = ".sql" if main.line == "0.45" else "/migration.sql"
    whole = {**main.texts, **moved.written.files}
    texts = {f"{name}{ending}": whole.get(f"{name}{ending}") or branch.texts[f"{name}{ending}"] for name in names}
    before = {entry.name + ending: entry.sql or "" for entry in branch.migrations}
    known = {problem.message for problem in reader.read(before).problems}
    own = {f"{now}{ending}" for _, now in moved.names}
    for problem in reader.read(texts).problems:
        if problem.severity == "error" and problem.span and problem.span.file in own and problem.message not in known:
            raise RefusedError(
                f"on top of main's migrations it does not run: {problem.message}",
                place=str(problem.span),
                hint="Change the migration so that it follows main's. Nothing was written.",
            )


def _write(root: Path, place: Path, moved: Moved, manifest_now: Manifest | None) -> None:
    """Everything in one step that a run that dies takes back."""
    files = {path: text.encode() for path, text in _below(root, place, moved).items()}
    touched = [*files, *_gone(root, place, moved)]
    hashes = {path: manifest.digest((root / path).read_bytes()) for path in touched if (root / path).is_file()}
    if manifest_now is not None:
        files[manifest.PATH] = manifest_now.text().encode()
    publish.publish(files, root, Manifest(Settings(), "", "", hashes))
    with contextlib.suppress(OSError):
        (root / publish.UNDO).parent.rmdir()
    for path in moved.written.gone:
        with contextlib.suppress(OSError):
            (place / path).parent.rmdir()


def _below(root: Path, place: Path, moved: Moved) -> dict[str, str]:
    """The texts that are written, by their paths in the project."""
    inner = place.relative_to(root)
    return {(inner / path).as_posix(): text for path, text in moved.written.files.items()}


def _gone(root: Path, place: Path, moved: Moved) -> list[str]:
    return [(place.relative_to(root) / path).as_posix() for path in moved.written.gone]


def _manifest(onto: str, root: Path, place: Path, branch: Folder, main: Folder, moved: Moved) -> Manifest | None:
    """What is to be known of a project that `design` made; None for any other, or when that is known already.

    A file is ours as it was written on either side. The migrations are main's and the branch's, and what the project
    was made of is another thing now, so that the next `design` plans and proves it anew.
    """
    known = list(_manifests(onto, root)) if (root / manifest.PATH).is_file() else []
    if not known:
        return None
    stands = [(item.name, item.name) for item in (main if moved.names else branch).migrations]
    listed = {tag for each in known for tag in each.tags}
    tags = tuple(now for before, now in (*stands, *moved.names) if before in listed)
    written, gone = _below(root, place, moved), _gone(root, place, moved)
    files = dict(known[0].files)
    for path in {path for each in known for path in each.files}:
        content = root / path
        now = manifest.digest(content.read_bytes()) if content.is_file() else ""
        if any(each.files.get(path) == now for each in known):
            files[path] = now
    files |= {path: manifest.digest(text.encode()) for path, text in written.items()}
    found = replace(known[0], files={path: files[path] for path in files if path not in gone}, tags=tags)
    stored = root / manifest.PATH
    same = stored.is_file() and replace(found, inputs=known[0].inputs).text() == stored.read_text(encoding="utf-8")
    return None if same else replace(found, inputs="")


def _manifests(onto: str, root: Path) -> Iterator[Manifest]:
    """The manifests of the project as it is, of the branch's commits and of main, as far as there are any."""
    from dbarchitect.api import source_git
    from dbarchitect.api.carrying import project_of

    folder, name = (root / manifest.PATH).parent, Path(manifest.PATH).name
    looks: list[Callable[[], Manifest | None]] = [lambda: manifest.load(root)]
    if onto.startswith("git:"):
        for ref in (*source_git.changes(onto, root / manifest.PATH), ":".join(onto.split(":")[:2])):
            looks.append(lambda ref=ref: manifest.parse(source_git.texts(ref, folder)[name], ref))  # type: ignore[misc]
    else:
        there = project_of(Path(onto))
        looks.append(lambda: manifest.load(there) if there else None)
    for look in looks:
        with contextlib.suppress(InputError, KeyError):
            found = look()
            if found is not None:
                yield found
