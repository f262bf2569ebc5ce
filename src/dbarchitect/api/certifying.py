"""`migrate prove`: the last migrations of a folder, or a plan, proved on a server of ours, and what is kept of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dbarchitect.errors import InputError
from dbarchitect.model.schema import Schema

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.migrate.migrations import Migration
    from dbarchitect.model.certificate import Certificate

Last = int | Literal["due"] | None
"""How many of the last migrations; `due` for those without a certificate that holds; None for all."""


def run(source: Path, *, last: Last, restore: Path | None, before: str | None, keep: bool = False) -> Certificate:
    """See `dbarchitect.api.prove_migrations`."""
    if source.suffix.lower() == ".json":
        if restore or keep:
            raise InputError(
                f"{'--restore' if restore else '--keep'} goes with a folder of migrations, not with a plan"
            )
        return _of_plan(source, before)
    if before is not None:
        raise InputError("--from says what a plan starts from; a folder starts from nothing")
    if keep and source.is_file():
        raise InputError("a certificate is kept for a migration of a folder, not for a file", place=str(source))
    from dbarchitect.migrate import certificates
    from dbarchitect.migrate.migrations import from_folder

    folder = migrations_of(source)
    history = from_folder(folder)
    only: Collection[str] | None = None
    count = len(history) if not isinstance(last, int) else min(last, len(history))
    if last == "due":
        only = certificates.due(history, certificates.load(folder))
        count = len(history) - next((n for n, one in enumerate(history) if one.key in only), len(history))
    found = _certified(source, history, count, only, restore)
    if keep:
        _keep(folder, history, found)
    return found


def migrations_of(source: Path) -> Path:
    """The migrations folder that a path is or, as a project, has.

    Raises:
        InputError: there is nothing at that path.
    """
    from dbarchitect.api.applying import migrations_folder
    from dbarchitect.read.migrations.reader import form_of

    if not source.exists():
        raise InputError(f"there is no file or folder {str(source)!r}")
    if source.is_file() or form_of(source) is not None or any(source.glob("*.sql")):
        return source
    inside = migrations_folder(source)
    return inside if inside.is_dir() else source


def _certified(
    source: Path, history: Sequence[Migration], count: int, only: Collection[str] | None, restore: Path | None
) -> Certificate:
    from dbarchitect.engines import postgres
    from dbarchitect.prove.migration.run import certify

    server = postgres.shared()
    name = source.name or str(source)
    if restore is None:
        return certify(server, history, count, source=name, only=only)
    from dbarchitect.prove.migration.restored import restored

    with restored(server, restore, history, count) as data:
        return certify(server, data.pending, count, source=name, only=only, start=data.stage, given=data.rows)


def _keep(folder: Path, history: Sequence[Migration], found: Certificate) -> None:
    """Write the certificates of what was proved beside the folder."""
    from dbarchitect.migrate import certificates
    from dbarchitect.migrate.migrations import pasts
    from dbarchitect.model import kept

    digests = {
        one.key: (one.up_digest, one.down_digest, past) for one, past in zip(history, pasts(history), strict=True)
    }
    made = [
        kept.of(proven, proven.file, digests[proven.file], found.postgres, found.data) for proven in found.migrations
    ]
    certificates.save(folder, made, history)


def _of_plan(source: Path, before: str | None) -> Certificate:
    from dbarchitect.engines import postgres
    from dbarchitect.prove.migration.plan import from_plan, read_plan
    from dbarchitect.prove.migration.run import certify

    server = postgres.shared()
    steps = from_plan(read_plan(source))
    return certify(server, [*_beginning(source, before, server), *steps], len(steps), source=source.name)


def _beginning(path: Path, before: str | None, server: Server) -> list[Migration]:
    """What makes the schema that a plan starts from, as a migration.

    Raises:
        InputError: the plan does not start from an empty database and nothing else is given, or from something else.
    """
    from dbarchitect.engines.canonical import canonical
    from dbarchitect.migrate.migrations import Migration
    from dbarchitect.model.codec import content_hash
    from dbarchitect.prove.migration.plan import read_plan
    from dbarchitect.write.sql.create import create

    plan = read_plan(path)
    schema = Schema()
    if before is not None:
        from dbarchitect import api

        schema = api.read(before).schema
    known = canonical(schema, server)
    if content_hash(known) != plan.from_hash:
        if before is None:
            raise InputError(
                "a plan does not hold the schema that it starts from", place=str(path),
                hint="Say it: --from SOURCE, as it was given to `dbarchitect migrate plan`.",
            )  # fmt: skip
        raise InputError(f"the plan was not made for {before}: its schema is another one", place=str(path))
    statements = tuple(statement.sql for statement in create(known))
    return [Migration("what is there", statements, None)] if statements else []
