"""Which files of a migrations folder run, in which order, and which text takes each back."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dbarchitect.read.migrations import journal
from dbarchitect.read.migrations.folder import JOURNAL, Fault, Form, Migration, moment
from dbarchitect.read.sql.sections import way_down

LEFT_OUT = frozenset(("node_modules", "dist", "build", "__pycache__"))
"""Folders in which nobody keeps migrations."""
_DOWN = re.compile(r"(?:^|[._-])(?:down|undo|rollback)\.sql\Z|^U\d[\d._]*__.*\.sql\Z", re.IGNORECASE)
_ENDING = re.compile(r"(?:\.up)?\.sql\Z", re.IGNORECASE)
_FLYWAY = re.compile(r"[vV](\d[\d._]*__.*)")
_DOWN_FOLDERS = ("down", "downs", "undo", "rollback", "rollbacks")
_NO_MIGRATIONS = LEFT_OUT | {*_DOWN_FOLDERS, "meta"}
_OUTCOMES = frozenset(("schema.sql", "structure.sql", "dump.sql"))
_NESTED = frozenset(("migration.sql", "up.sql"))
_FEW = 3
_DATED = re.compile(r"\A(\d{4})-(\d\d)-(\d\d)-(\d{6})(?=[_-])")
_NUMBER = re.compile(r"(\d+)")


@dataclass
class Running:
    """What runs, oldest first, and what is wrong with it."""

    texts: Mapping[str, str]
    form: Form
    entries: list[journal.Entry] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def form_of(paths: Iterable[str]) -> Form:
    """How a folder is laid out, by the paths of the files in it."""
    known = frozenset(paths)
    if JOURNAL in known:
        return "0.45"
    nested = any(path.count("/") == 1 and path.endswith("/migration.sql") and moment(path) for path in known)
    return "sql" if not nested else "prisma" if "migration_lock.toml" in known else "1"


def running(texts: Mapping[str, str]) -> Running:
    """The files that run.

    Folders of Drizzle 0.45 run in the order of their journal; those of Drizzle 1 and Prisma in that of their names;
    plain folders, too, numbers as numbers, and Diesel's dates (`2017-08-31-230457_`) as one number. What goes back
    (`*.down.sql`, `down/`) is no migration.

    Args:
        texts: by the path in the folder.
    """
    found = Running(texts, form_of(texts))
    if found.form == "1":
        _by_folder(found)
    else:
        children: dict[str, set[str]] = {}
        for path in texts:
            while path:
                parent = posixpath.dirname(path)
                children.setdefault(parent, set()).add(path)
                path = parent
        _collect("", children, found)
    return found


def way_back(item: Migration, texts: Mapping[str, str]) -> str | None:
    """The text that takes a migration back: beside it, in a folder for such files, or in the file itself."""
    path = way_back_path(item, texts)
    if path is not None:
        return plain(texts[path])
    own = "" if item.drizzle else way_down(item.sql or "")
    return own if own.strip() else None


def way_back_path(item: Migration, texts: Mapping[str, str]) -> str | None:
    """The file of its own that takes a migration back; None when there is none."""
    folder, _, file = item.path.rpartition("/")
    inside = f"{folder}/" if folder else ""
    stem = _ENDING.sub("", file)
    beside = [f"{inside}{stem}.down.sql", f"{inside}{stem}_down.sql"]
    if file in _NESTED:
        beside = [f"{inside}down.sql"]
    else:
        beside += [f"{top}{kind}/{stem}.sql" for top in ("", inside) for kind in _DOWN_FOLDERS]
    if flyway := _FLYWAY.match(file):
        beside.append(f"{inside}U{flyway[1]}")
    return next((path for path in beside if path in texts), None)


def plain(text: str) -> str:
    """A text without the mark of its encoding."""
    return text.removeprefix("\ufeff")


def _by_folder(found: Running) -> None:
    """Drizzle 1: every folder with a `migration.sql`; it stores the date that the folder's name begins with."""
    paths = [path for path in found.texts if path.count("/") == 1 and path.endswith("/migration.sql")]
    for path in sorted(paths, key=lambda path: (path.casefold(), path)):
        name = path.rpartition("/")[0]
        found.paths.append(path)
        if moment(name) is None:
            message = f"the folder {name!r} begins with no date, which Drizzle stores"
            found.faults.append(Fault("undated", message, path, hint=f"Name it like 20260131120000_{name}."))
    beside = sorted(path for path in found.texts if "/" not in path and path.lower().endswith(".sql"))
    found.faults += _strays([path for path in beside if not _DOWN.search(path)], "", "no folder holds")


def _collect(folder: str, children: Mapping[str, set[str]], found: Running) -> None:
    """The SQL files of a folder and those below it, in the order in which they run."""
    inside = f"{folder}/" if folder else ""
    if f"{inside}{JOURNAL}" in found.texts:
        _by_journal(folder, found)
        return
    if found.form == "prisma":
        entries = sorted(children.get(folder, ()))
    else:
        entries = sorted(children.get(folder, ()), key=lambda path: _order(posixpath.basename(path)))
    folders = [path for path in entries if path in children and posixpath.basename(path).lower() not in _NO_MIGRATIONS]
    made = any(posixpath.basename(path).lower() in ("migrations", "migrate") for path in folders)
    for path in entries:
        name = posixpath.basename(path)
        if path in folders:
            _collect(path, children, found)
        elif path in found.texts and name.lower().endswith(".sql") and not _DOWN.search(name):
            if made and name.lower() in _OUTCOMES:
                message = "left out, because the migrations beside it make the same schema"
                found.faults.append(Fault("left-out", message, path))
            else:
                found.paths.append(path)


def _order(name: str) -> tuple[bool, list[int], list[tuple[bool, int, str]], str]:
    """Numbers as numbers, words after numbers; Flyway's versions by version, and what it repeats last."""
    name = _DATED.sub(r"\1\2\3\4", name)
    version = re.match(r"[vV](\d[\d._]*?)__", name)
    numbers = [int(part) for part in re.findall(r"\d+", version[1])] if version else []
    parts = [part for part in _NUMBER.split(name) if part]
    key = [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
    return name.startswith("R__"), numbers, key, name


def _by_journal(folder: str, found: Running) -> None:
    """Drizzle 0.45: `meta/_journal.json` names the migrations in their order."""
    inside = f"{folder}/" if folder else ""
    place = f"{inside}{JOURNAL}"
    there = {path for path in found.texts if path.startswith(inside) and "/" not in path[len(inside) :]}
    files = {path for path in there if path.endswith(".sql")}
    try:
        entries = journal.entries(journal.content(found.texts[place]))
        none = bool(entries) and not any(f"{inside}{entry.tag}.sql" in files for entry in entries)
        if none:
            message = "no migration of the journal is there; the files run in the order of their names"
            hint = "Restore them from version control; or remove the journal, when Drizzle does not run these files."
            found.faults.append(Fault("journal", message, place, hint=hint))
    except journal.BrokenError as error:
        none, entries = True, []
        message = f"the journal is not what drizzle-kit writes: {error}; the files run in the order of their names"
        found.faults.append(Fault("journal", message, place, grave=True, hint=error.hint))
    if none:
        found.paths += sorted(files, key=lambda path: _order(posixpath.basename(path)))
        return
    named = [f"{inside}{entry.tag}.sql" for entry in entries]
    found.paths += named
    found.entries += entries if not folder else []
    for number, (entry, path) in enumerate(zip(entries, named, strict=True)):
        if path not in files:
            message = f"the journal names {entry.tag}, and there is no {entry.tag}.sql"
            hint = "Bring the file back, or take its entry from the journal."
            found.faults.append(Fault("missing", message, place, grave=True, hint=hint))
        if named.index(path) != number:
            message = f"the journal names {entry.tag} twice"
            found.faults.append(Fault("twice", message, place, grave=True, hint="Take one of the entries away."))
    strays = sorted(path for path in files if path not in named and not _DOWN.search(posixpath.basename(path)))
    found.faults += _strays(strays, place, "the journal does not name")


def _strays(paths: list[str], place: str, why: str) -> Iterator[Fault]:
    hint = "Remove the file, or generate the migration again."
    if len(paths) <= _FEW:
        for path in paths:
            message = f"{why} {posixpath.basename(path)}: Drizzle never runs it"
            yield Fault("stray", message, path, hint=hint)
    else:
        names = ", ".join(posixpath.basename(path) for path in paths[:_FEW])
        message = f"{why} {len(paths)} files ({names} …): Drizzle never runs them"
        yield Fault("stray", message, place, hint=hint)
