"""A plan in Drizzle's own folder: what the next migration of a Drizzle project is, and its files."""

from __future__ import annotations

import datetime
import json
import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.errors import InputError
from dbarchitect.migrate.recipe import Runner
from dbarchitect.model.plan import Plan
from dbarchitect.model.schema import Schema
from dbarchitect.progress import report
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.engines.toolchain import KitResult
    from dbarchitect.migrate.folder.unseen import Told
    from dbarchitect.read.drizzle.project import Project
    from dbarchitect.read.migrations.folder import Folder


@dataclass(frozen=True, slots=True)
class Next:
    """The next migration of a Drizzle project.

    Args:
        project: the project, as its TypeScript is.
        folder: its migrations folder.
        history: what is in it.
        plan: from what the folder makes to what the TypeScript declares.
    """

    project: Project
    folder: Path
    history: Folder
    plan: Plan


@dataclass(frozen=True, slots=True)
class Carried:
    """What was written into a Drizzle folder.

    Args:
        folder: the folder.
        names: the migrations, in order.
        files: paths in the folder, sorted.
        still: the SQL that `drizzle-kit generate` would still write, because the TypeScript is not what the plan leads
            to; () when it sees no change.
    """

    folder: Path
    names: tuple[str, ...]
    files: tuple[str, ...]
    still: tuple[str, ...] = ()


def project_of(path: Path) -> Path | None:
    """The folder of the Drizzle project that a path is, or lies in; None for none."""
    from dbarchitect.read.drizzle.package import CONFIGS

    whole = path.resolve()
    for folder in (whole, *whole.parents):
        if any((folder / name).is_file() for name in CONFIGS):
            return folder
        if (folder / ".git").exists():
            return None
    return None


def asked(before: str | None, after: str | None) -> Path | None:
    """The Drizzle project whose next migration is asked for: nothing is named, or only it, or it and its own folder.

    Args:
        before: the SOURCE before; None for none.
        after: the SOURCE after; None for none.

    Returns:
        The project's folder, or its configuration when that lies elsewhere; None when two schemas are to be compared
        as they are.

    Raises:
        InputError: a SOURCE is left out, and there is no Drizzle project that could stand for it, or several.
    """
    root = project_of(Path.cwd()) if after is None else _root(after)
    if before is None:
        root = root or _below(after)
        if root is None:
            raise InputError(
                "nothing says what the schema was before",
                hint="Give --from SOURCE and --to SOURCE; both may be left out in the folder of a Drizzle project, "
                "where drizzle.config.ts lies, or above it.",
            )
        return root
    if root is None or _is_elsewhere(before):
        return None
    place = Path(before).resolve()
    from dbarchitect.read.migrations.reader import form_of

    if root not in place.parents or form_of(place) not in ("0.45", "1"):
        return None
    from dbarchitect.read.drizzle.runtime import read

    return root if place == (root / read(root).out).resolve() else None


def holder(folder: Path) -> Project | None:
    """The Drizzle project whose migrations folder this is; None for any other folder."""
    root = project_of(folder)
    if root is None:
        return None
    from dbarchitect.read.drizzle.runtime import read

    return project_in(root) if (root / read(root).out).resolve() == folder.resolve() else None


def _root(source: str) -> Path | None:
    """The Drizzle project that a SOURCE is."""
    if _is_elsewhere(source) or not Path(source).is_dir():
        return None
    found = project_of(Path(source))
    return found if found == Path(source).resolve() else None


def _below(source: str | None) -> Path | None:
    """The configuration that a SOURCE is, or the only one for PostgreSQL below it; below the current folder for None.

    Raises:
        InputError: there are several.
    """
    from dbarchitect.read.drizzle.discovery import discover, is_config

    place = Path(source or ".")
    if source is not None and _is_elsewhere(source):
        return None
    if place.is_file() and is_config(place.name):
        return place.resolve()
    if not place.is_dir():
        return None
    found = [path for path in discover(place) if is_config(path.name)]
    if len(found) > 1:
        listed = [os.path.relpath(path) for path in found]
        raise InputError(
            f"several Drizzle projects lie here: {', '.join(listed)}",
            hint=f"Name the one whose next migration is meant: --to {listed[0]}",
        )
    return found[0] if found else None


def _is_elsewhere(source: str) -> bool:
    return source == "-" or source.startswith(("git:", "db:", "postgres://", "postgresql://"))


def project_in(root: Path) -> Project:
    """A Drizzle project with its whole schema.

    Args:
        root: its folder, or its configuration: then the folder is the one from which that finds the schema's files.

    Raises:
        InputError: it cannot be read as it stands.
    """
    from dbarchitect.read.drizzle import runtime, source
    from dbarchitect.read.drizzle.plan import plan_of

    if root.is_file():
        place = plan_of(root).place
        project, whole = runtime.read(place, config=root), source.read(root, base=place)
    else:
        project, whole = runtime.read(root), source.read(root, base=root)
    for problem in whole.problems:
        if problem.severity == "error":
            raise InputError(problem.message, place=str(problem.span) if problem.span else str(root))
    return replace(project, schema=whole.schema)


def next_plan(
    root: Path,
    *,
    renames: Mapping[str, str],
    allow: Collection[str],
    runner: Runner,
    postgres: int,
) -> Next:
    """Plan the next migration of a Drizzle project: from its migrations folder, replayed, to its TypeScript.

    What the folder makes and Drizzle cannot say (triggers, functions, FORCE ROW LEVEL SECURITY …) stays.

    Args:
        root: the folder with drizzle.config, or that file.
        renames: see `migrate.renames.declared`.
        allow: hazards that are accepted.
        runner: who runs the files.
        postgres: the major version that they are for.

    Raises:
        InputError: the project or its folder cannot be read.
        RefusedError: a step cannot run in the transaction that the runner has.
    """
    from dbarchitect.engines import postgres as servers
    from dbarchitect.migrate.plan import known, plan
    from dbarchitect.read.migrations.reader import read_drizzle

    known(allow)
    report("reading the project")
    project = project_in(root)
    folder = project.root / project.out
    history = read_drizzle(folder, project.line)
    _same_line(history, project, folder)
    server = servers.shared()
    report("building both schemas in PostgreSQL")
    old, new, kept = _states(project, folder, history, renames, server)
    report("planning")
    made = plan(old, new, server=server, renames=renames, allow=allow, runner=runner, postgres=postgres, kept=kept)
    return Next(project, folder, history, made)


def carry(
    plan: Plan,
    project: Project,
    *,
    agreed: bool = False,
    runner: Runner = "drizzle",
    now: datetime.datetime | None = None,
) -> Carried:
    """Write a plan into a Drizzle project's migrations folder, all files or none; the journal comes last.

    Args:
        plan: the plan.
        project: the project.
        agreed: it is known that the plan leads to what the TypeScript declares, as `next_plan` does.
        runner: who runs the files.
        now: their moment; None dates them one second after the last.

    Raises:
        InputError: the folder cannot be read or written.
        RefusedError: the folder is at odds with itself, or a step needs to run outside of a transaction.
    """
    from dbarchitect.edit.apply import write
    from dbarchitect.migrate.folder.entries import add, migrations
    from dbarchitect.read.migrations.reader import read_drizzle

    folder = project.root / project.out
    history = read_drizzle(folder, project.line)
    _same_line(history, project, folder)
    if not plan.steps:
        return Carried(folder, (), ())
    agreed = agreed or _leads_there(plan, project, folder, history)
    kit = kit_of(project, None if agreed else _before(history))
    seen = {key: value for key, value in kit.snapshot.items() if key not in ("id", "prevId", "prevIds")}
    moment = round(now.timestamp() * 1000) if now is not None else None
    written = add(history, migrations(plan, seen if agreed else None, runner=runner), now=moment)
    for path in written.files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    paths = write(folder, written.files)
    return Carried(folder, written.names, paths, () if agreed else tuple(kit.statements))


def _leads_there(plan: Plan, project: Project, folder: Path, history: Folder) -> bool:
    """Whether a plan leads to what the project's TypeScript declares."""
    from dbarchitect.engines import postgres as servers
    from dbarchitect.model.codec import content_hash

    _, wanted, _ = _states(project, folder, history, plan.renames, servers.shared())
    return content_hash(wanted) == plan.to_hash


def kit_of(project: Project, previous: dict[str, Any] | None = None) -> KitResult:
    """What drizzle-kit makes of a project's schema files, from a bundle of them that runs anywhere.

    Args:
        project: the project.
        previous: the full snapshot to start from; None for nothing.

    Raises:
        EngineError: drizzle-kit cannot load it, or asks whether something was renamed.
    """
    from dbarchitect.engines import toolchain

    with tempfile.TemporaryDirectory(prefix="dbarchitect-kit-") as name:
        folder = Path(name).resolve()
        (folder / "schema.js").write_text(project.bundle, encoding="utf-8")
        casing = json.dumps({"casing": project.casing} if project.casing else {})
        (folder / "drizzle.config.ts").write_text(f"export default {casing}\n", encoding="utf-8")
        kit = toolchain.Project(folder, project.line)
        with kit.link():
            return kit.kit_snapshot(previous, schema="schema.js")


def _states(
    project: Project, folder: Path, history: Folder, renames: Mapping[str, str], server: Server
) -> tuple[Schema, Schema, tuple[str, ...]]:
    """The canonical schemas that the folder makes, and that the TypeScript wants beside what Drizzle cannot say."""
    from dbarchitect.api.planning import beside
    from dbarchitect.engines.canonical import settled

    old = settled(replayed(history), server)
    return old, *beside(old, project.schema, renames, server, _told(history))


def _told(history: Folder) -> Told | None:
    """What the last snapshot names; None when there is no snapshot."""
    from dbarchitect.read.snapshot_rows import rows_of_7

    snapshot = _before(history)
    if snapshot is None or not (snapshot.get("tables") or snapshot.get("ddl")):
        return None
    rows = rows_of_7(snapshot) if snapshot.get("tables") else snapshot["ddl"]
    names: dict[tuple[str, str], set[str]] = {
        (str(row.get("schema") or "public"), str(row["name"])): set()
        for row in rows
        if row.get("entityType") == "tables"
    }
    for row in rows:
        found = names.get((str(row.get("schema") or "public"), str(row.get("table"))))
        if found is not None and row.get("name"):
            found.add(str(row["name"]).encode()[:63].decode(errors="ignore"))  # as PostgreSQL cuts them
    return {key: frozenset(found) for key, found in names.items()}


def replayed(history: Folder) -> Schema:
    """The schema that a migrations folder makes.

    Raises:
        InputError: it cannot be told.
    """
    from dbarchitect.read.sql import reader

    result = reader.read({item.place: item.up for item in history.migrations})
    for problem in result.problems:
        if problem.severity == "error":
            place = str(problem.span) if problem.span else history.place
            raise InputError(problem.message, place=place, hint="The folder cannot be replayed; nothing was planned.")
    return result.schema


def _before(history: Folder) -> dict[str, Any] | None:
    """The full snapshot that drizzle-kit compares with."""
    if history.line == "0.45":
        return history.base
    if not history.migrations:
        return None
    return {"version": "9", "dialect": "postgres", "id": "", "prevIds": [], "ddl": history.rows(), "renames": []}


def _same_line(history: Folder, project: Project, folder: Path) -> None:
    if history.migrations and history.line != project.line:
        raise InputError(
            f"the folder was written by Drizzle {history.line}, and the project uses {project.line}",
            place=str(folder),
            hint="`drizzle-kit up` brings it to the form of Drizzle 1." if project.line == "1" else None,
        )
