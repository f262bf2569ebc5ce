"""The migrations folder of a project: the first migrations of a new one, or what an edited brief adds to an old one."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbarchitect.edit.manifest import Manifest
from dbarchitect.engines.toolchain import Project, journal
from dbarchitect.errors import InputError, RefusedError
from dbarchitect.model.schema import Schema
from dbarchitect.settings import Settings
from dbarchitect.write.drizzle.migration import Migration, empty_snapshot, migration_entries

HISTORY = ".dbarchitect/history.json"


@dataclass(frozen=True, slots=True)
class Chain:
    """A migrations folder.

    Args:
        files: relative path to text, `.dbarchitect/history.json` among them.
        tags: the names of the migrations in the folder, in order.
    """

    files: dict[str, str]
    tags: tuple[str, ...]


def first(schema: Schema, settings: Settings, project: Project) -> Chain:
    """The migrations that make the whole schema.

    Args:
        schema: the designed schema.
        settings: what was chosen.
        project: the project in a scratch folder, with packages that resolve.
    """
    migrations = migration_entries(schema, settings)
    return _chain([], migrations, settings, project, [], journal.moments(len(migrations)))


def further(
    old: Schema,
    new: Schema,
    settings: Settings,
    project: Project,
    folder: Path,
    previous: Manifest,
    now: datetime.datetime | None,
) -> Chain:
    """The migrations that are there, and those that lead from `old` to `new`.

    Args:
        old: the schema of the run before.
        new: the schema now.
        settings: what was chosen.
        project: the project in a scratch folder.
        folder: the project as it is, with the migrations of earlier runs.
        previous: the manifest of the run before.
        now: the moment of the new migration; None continues one second after the last.

    Raises:
        RefusedError: the change is more than additive, or somebody else added migrations.
    """
    from dbarchitect.write.drizzle.migration_additive import additive_entries

    entries = _stored(folder, previous, settings)
    added = additive_entries(old, new, settings)
    moments = journal.moments(len(added), after=entries[-1].when)
    if now is not None and added:
        moments = _not_before(moments, round(now.timestamp() * 1000))
    downs = [_down_path(settings, name) for name in previous.tags]
    kept = {path: (folder / path).read_text(encoding="utf-8") for path in downs if (folder / path).is_file()}
    chain = _chain(entries, added, settings, project, list(previous.tags), moments)
    return Chain(kept | chain.files, chain.tags)


def _chain(
    entries: list[journal.Entry],
    added: Sequence[Migration],
    settings: Settings,
    project: Project,
    names: list[str],
    moments: Sequence[int],
) -> Chain:
    """The whole folder, from entries that are stored and migrations that are new."""
    line = settings.drizzle
    now = _snapshot(project) if any(migration.sees == "schema" for migration in added) else None
    seen: dict[str, Any] = {"nothing": empty_snapshot(line), "schema": now, "as before": None}
    fresh = [
        journal.Entry(migration.tag, journal.script(migration.up_sql), seen[migration.sees], when)
        for migration, when in zip(added, moments, strict=True)
    ]
    whole = [*entries, *fresh]
    tags = journal.names(line, whole)
    if tags[: len(names)] != names:
        raise InputError("the names of earlier migrations do not fit the journal", place=HISTORY)
    files = {f"drizzle/{path}": text for path, text in journal.folder(line, whole).items()}
    for migration, name in zip(added, tags[len(entries) :], strict=True):
        files[_down_path(settings, name)] = migration.down_sql
    known = [{"tag": entry.tag, "when": entry.when, "snapshot": entry.snapshot} for entry in whole]
    files[HISTORY] = json.dumps({"format": 1, "entries": known}, separators=(",", ":"), ensure_ascii=False) + "\n"
    return Chain(files, tuple(tags))


def _snapshot(project: Project) -> dict[str, Any]:
    """What drizzle-kit makes of the schema files, without the ids that it draws by chance."""
    content = project.kit_snapshot().snapshot
    return {key: value for key, value in content.items() if key not in ("id", "prevId", "prevIds")}


def _stored(folder: Path, previous: Manifest, settings: Settings) -> list[journal.Entry]:
    """The entries of earlier runs, with the SQL that the folder holds.

    Raises:
        RefusedError: the folder holds migrations that are not ours.
    """
    there = _tags_in(folder / "drizzle", settings)
    strangers = [tag for tag in there if tag not in previous.tags]
    if strangers:
        raise RefusedError(
            f"the migration {strangers[0]} was not written by dbarchitect",
            place=str(folder / "drizzle"),
            hint="Its change is not in brief.yaml: plan from the folder as it is with `dbarchitect migrate plan`.",
        )
    content = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
    return [
        journal.Entry(entry["tag"], _up_path(folder, settings, name).read_text(encoding="utf-8"), *_seen(entry))
        for entry, name in zip(content["entries"], previous.tags, strict=True)
    ]


def _seen(entry: dict[str, Any]) -> tuple[dict[str, Any] | None, int]:
    return entry["snapshot"], entry["when"]


def _tags_in(base: Path, settings: Settings) -> list[str]:
    if settings.drizzle == "0.45":
        content = json.loads((base / "meta" / "_journal.json").read_text(encoding="utf-8"))
        return [entry["tag"] for entry in content["entries"]]
    return sorted(path.parent.name for path in base.glob("*/migration.sql"))


def _up_path(folder: Path, settings: Settings, name: str) -> Path:
    return folder / "drizzle" / (f"{name}.sql" if settings.drizzle == "0.45" else f"{name}/migration.sql")


def _down_path(settings: Settings, name: str) -> str:
    return f"drizzle/down/{name}.sql" if settings.drizzle == "0.45" else f"drizzle/{name}/down.sql"


def _not_before(moments: Sequence[int], now: int) -> list[int]:
    """The moments moved on to `now` when that is later; still one second apart (DESIGN, section 6)."""
    start = max(moments[0], now)
    return [start + 1000 * number for number in range(len(moments))]
