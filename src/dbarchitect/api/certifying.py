"""`migrate prove`: the last migrations of a folder, or a plan, proved on a server of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dbarchitect.errors import InputError
from dbarchitect.model.schema import Schema

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Server
    from dbarchitect.model.certificate import Certificate
    from dbarchitect.prove.migration.files import Migration


def run(source: Path, *, last: int | None, restore: Path | None, before: str | None) -> Certificate:
    """See `dbarchitect.api.prove_migrations`."""
    from dbarchitect.engines import postgres
    from dbarchitect.prove.migration import files
    from dbarchitect.prove.migration.run import certify

    if source.suffix.lower() == ".json":
        if restore:
            raise InputError("--restore goes with a folder of migrations, not with a plan")
        server = postgres.shared()
        steps = files.from_plan(files.read_plan(source))
        return certify(server, [*_beginning(source, before, server), *steps], len(steps), source=source.name)
    if before is not None:
        raise InputError("--from says what a plan starts from; a folder starts from nothing")
    history = list(files.from_folder(source))
    count = min(last or len(history), len(history))
    server = postgres.shared()
    if restore is None:
        return certify(server, history, count, source=source.name or str(source))
    from dbarchitect.prove.migration.restored import restored

    with restored(server, restore, history, count) as data:
        return certify(
            server, data.pending, count, source=source.name or str(source), start=data.stage, given=data.rows
        )


def _beginning(path: Path, before: str | None, server: Server) -> list[Migration]:
    """What makes the schema that a plan starts from, as a migration.

    Raises:
        InputError: the plan does not start from an empty database and nothing else is given, or from something else.
    """
    from dbarchitect.engines.canonical import canonical
    from dbarchitect.model.codec import content_hash
    from dbarchitect.prove.migration import files
    from dbarchitect.write.sql.create import create

    plan = files.read_plan(path)
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
    return [files.Migration("what is there", statements, None, "one", files.digest(*statements))] if statements else []
