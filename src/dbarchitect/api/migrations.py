"""The migrations folder of a project: the first migrations of a new one, or what an edited brief adds to an old one."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbarchitect.api.carrying import replayed
from dbarchitect.edit.manifest import Manifest
from dbarchitect.engines.toolchain import Project, journal
from dbarchitect.errors import EngineError, RefusedError
from dbarchitect.migrate.folder.entries import add, down_path, migrations
from dbarchitect.model.schema import Schema
from dbarchitect.read.migrations.folder import Folder
from dbarchitect.read.migrations.reader import read_drizzle
from dbarchitect.records import dataclass
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.migration import empty_snapshot, migration_entries

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.model.plan import Hazard, Plan

FOLDER = "drizzle"


@dataclass(frozen=True, slots=True)
class Chain:
    """A migrations folder.

    Args:
        files: relative path to text.
        tags: the names of the migrations in the folder, in order.
        hazards: what may go wrong when those that are new run where people work.
    """

    files: dict[str, str]
    tags: tuple[str, ...]
    hazards: tuple[Hazard, ...] = ()


def first(schema: Schema, settings: Settings, project: Project) -> Chain:
    """The migrations that make the whole schema.

    Args:
        schema: the designed schema.
        settings: what was chosen.
        project: the project in a scratch folder, with packages that resolve.
    """
    line = settings.drizzle
    made = migration_entries(schema, settings)
    now = kit_state(project) if any(migration.sees == "schema" for migration in made) else None
    seen: dict[str, Any] = {"nothing": empty_snapshot(line), "schema": now, "as before": None}
    entries = [
        journal.Entry(migration.tag, journal.script(migration.up_sql), seen[migration.sees], when)
        for migration, when in zip(made, journal.moments(len(made)), strict=True)
    ]
    names = journal.names(line, entries)
    files = {f"{FOLDER}/{path}": text for path, text in journal.folder(line, entries).items()}
    for migration, name in zip(made, names, strict=True):
        files[f"{FOLDER}/{down_path(line, name)}"] = migration.down_sql
    return Chain(files, tuple(names))


def further(
    new: Schema,
    settings: Settings,
    project: Project,
    folder: Path,
    previous: Manifest,
    now: datetime.datetime | None,
    *,
    server: Server,
    was: Mapping[str, str],
    allow: Collection[str] = (),
) -> Chain:
    """The migrations that are there, and those that lead from what they make to `new`.

    Args:
        new: the schema now.
        settings: what was chosen.
        project: the project in a scratch folder.
        folder: the project as it is, with the migrations of earlier runs.
        previous: the manifest of the run before.
        now: the moment of the new migration; None continues one second after the last.
        server: where the plan is made.
        was: what the brief called things before.
        allow: hazards that are accepted, by code or name.

    Raises:
        InputError: `was` or `allow` names what there is not.
        RefusedError: a change loses data and nobody allowed it, or somebody else added migrations.
    """
    history = read_drizzle(folder / FOLDER, settings.drizzle)
    _check_ours(history, previous, folder)
    plan = _plan(replayed(history), new, server, was, allow)
    refuse_losses(plan)
    seen = kit_state(project) if plan.steps else None
    moment = round(now.timestamp() * 1000) if now is not None else None
    written = add(history, migrations(plan, seen), now=moment)
    files = {f"{FOLDER}/{path}": text for path, text in {**history.texts, **written.files}.items()}
    names = tuple(entry.name for entry in history.migrations) + written.names
    return Chain(files, names, tuple(hazard for step in plan.steps for hazard in step.hazards))


def kit_state(project: Project, schema: str | None = None) -> dict[str, Any]:
    """What drizzle-kit makes of the schema files, without the ids that it draws by chance."""
    kit = project.kit_snapshot(schema=schema) if schema else project.kit_snapshot()
    return {key: value for key, value in kit.snapshot.items() if key not in ("id", "prevId", "prevIds")}


def refuse_losses(plan: Plan) -> None:
    """Refuse what loses data and was not allowed.

    Raises:
        RefusedError: with every such change, and the words that allow them.
    """
    from dbarchitect.migrate.plan import unaccepted

    lossy = [hazard for hazard in unaccepted(plan) if hazard.code.startswith("DL")]
    if lossy:
        listed = "".join(f"\n  - {hazard.message} ({hazard.name}, {hazard.code})" for hazard in lossy)
        names = " ".join(f"--allow {name}" for name in sorted({hazard.name for hazard in lossy}))
        renamed = "; ".join(question.ask for question in plan.questions)
        raise RefusedError(
            f"the change loses data that no way back gives back:{listed}",
            hint=f"{f'{renamed} Then say so under `was` in the brief. ' if renamed else ''}To lose it: {names}. "
            "`dbarchitect migrate plan` shows the whole plan.",
        )


def _plan(old: Schema, new: Schema, server: Server, was: Mapping[str, str], allow: Collection[str]) -> Plan:
    from dbarchitect.design.renames import renames
    from dbarchitect.engines.canonical import settled
    from dbarchitect.migrate.plan import plan
    from dbarchitect.read.sql import reader as sql
    from dbarchitect.write.sql.create import create
    from dbarchitect.write.sql.text import text

    declared = renames(was, old, new)
    try:
        before, after = settled(old, server), settled(new, server)
    except EngineError:  # an extension that the server lacks: we wrote both texts, and the same way
        before, after = old, sql.read({"": text(create(new))}).schema
    return plan(before, after, server=server, renames=declared, allow=allow)


def _check_ours(history: Folder, previous: Manifest, folder: Path) -> None:
    strangers = [entry.name for entry in history.migrations if entry.name not in previous.tags]
    if strangers:
        raise RefusedError(
            f"the migration {strangers[0]} was not written by dbarchitect",
            place=str(folder / FOLDER),
            hint="Its change is not in brief.yaml: plan from the folder as it is with `dbarchitect migrate plan`.",
        )
