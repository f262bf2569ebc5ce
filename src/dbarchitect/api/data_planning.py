"""`plan_data`: a migration of data as the next file of a folder, tried on the schema that it meets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.errors import InputError
from dbarchitect.migrate.recipe import Runner
from dbarchitect.model.plan import Hazard, Plan, Step
from dbarchitect.progress import report
from dbarchitect.records import dataclass

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.model.schema import Schema
    from dbarchitect.read.drizzle.project import Project


@dataclass(frozen=True, slots=True)
class PlannedData:
    """A migration of data, planned.

    Args:
        plan: its one file.
        project: the Drizzle project whose next migration it is; None for none.
    """

    plan: Plan
    project: Project | None = None


def run(
    file: Path,
    *,
    source: str | None,
    folder: Path | None,
    allow: Collection[str],
    runner: Runner,
    postgres: int,
    static: bool,
) -> PlannedData:
    """Plan a migration of data.

    Args:
        file: with its sections, see `migrate.data_file`.
        source: the schema that it meets; None for what `folder` makes, or the Drizzle project here.
        folder: where it is going to be written to; None for the folder of the Drizzle project here.
        allow: hazards that are accepted.
        runner: who runs it.
        postgres: the major version that it is for.
        static: run none of the source's own code.

    Raises:
        InputError: the file is not of the form, PostgreSQL refuses it on that schema, it changes the schema, or its
            check finds rows where there are none.
    """
    from dbarchitect.api import carrying
    from dbarchitect.engines import postgres as servers
    from dbarchitect.engines.canonical import settled
    from dbarchitect.migrate import data_file
    from dbarchitect.migrate.locks import located
    from dbarchitect.migrate.plan import known
    from dbarchitect.model.codec import content_hash

    allowed = known(allow)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"it cannot be read: {error}", place=str(file)) from None
    read = data_file.read(text, file.stem)
    report("reading the schema")
    project = None
    if source is None:
        project = carrying.holder(folder) if folder is not None else _here()
        place = folder if project is None else project.root / project.out
    schema = _read(source, static=static) if source is not None else _replayed(place)
    server = servers.shared()
    report("trying it")
    old = settled(schema, server)
    step = data_file.step(read)
    _try(step, old, server, str(file))
    step = replace(step, hazards=_hazards(step, old, runner, postgres))
    identity = content_hash(old)
    made = Plan("", identity, identity, postgres, located((step,), old, postgres), {}, tuple(sorted(allowed)))
    return PlannedData(replace(made, id=content_hash(made)), project)


def _here() -> Project:
    from dbarchitect.api import carrying

    root = carrying.asked(None, None)
    assert root is not None
    return carrying.project_in(root)


def _read(source: str, *, static: bool) -> Schema:
    from dbarchitect.api.reading import run as read

    return read(source, static=static, from_format=None, statistics=False).schema


def _replayed(folder: Path | None) -> Schema:
    from dbarchitect.read.sql import folder as reader

    assert folder is not None
    if not folder.is_dir():
        hint = "Give the schema that it meets with --from SOURCE, or the folder of its migrations with -o DIR."
        raise InputError(f"there is no folder {str(folder)!r}", hint=hint)
    result, _ = reader.read_path(folder, base=folder.parent)
    for problem in result.problems:
        if problem.severity == "error":
            raise InputError(problem.message, place=str(problem.span or folder), hint="The folder cannot be replayed.")
    return result.schema


def _try(step: Step, old: Schema, server: Server, place: str) -> None:
    """Runs it up and down where there are no rows, and sees that the schema stays as it is."""
    from dbarchitect.engines.canonical import canonical
    from dbarchitect.model.codec import content_hash
    from dbarchitect.write.sql.statement import Statement

    said = [Statement(text, place, "setting") for text in (*step.up, *(step.down or ()))]
    if content_hash(canonical(old, server, then=said)) != content_hash(canonical(old, server)):
        raise InputError(
            "it changes the schema, and not only rows",
            place=place,
            hint="Change the schema in the TypeScript or SQL and plan that; move rows in a file of its own.",
        )


def _hazards(step: Step, old: Schema, runner: Runner, postgres: int) -> tuple[Hazard, ...]:
    """What a check of the file says, but for what is only worth knowing."""
    from dbarchitect.migrate.checking import check
    from dbarchitect.migrate.files import up_text
    from dbarchitect.migrate.walk import Options
    from dbarchitect.write.sql.create import create
    from dbarchitect.write.sql.text import text

    name = f"{step.file}.sql"
    options = Options(postgres, drizzle=runner == "drizzle", only=frozenset({name}), certain=True)
    found = check({"": text(create(old)), name: up_text(step)}, options).hazards
    return tuple(replace(item, span=None) for item in found if item.severity != "info")
