"""Every migration applies, is taken back exactly by its down, and applies again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from dbarchitect.engines.fingerprint import Change, Fingerprint, Level, difference, fingerprint
from dbarchitect.errors import InputError
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, Unprovable, first_line, last_lines
from dbarchitect.prove.verdict import failed, proved
from dbarchitect.read.migrations.folder import Migration, runs_alone

if TYPE_CHECKING:
    import psycopg

    from dbarchitect.engines.postgres import Database

KIND = "migration"
RANK = 3
SECONDS = 0.7
STATEMENT = "Every migration applies, is taken back exactly, and applies again."


def check(context: Context) -> Iterator[Claim]:
    """Up, down, up with a fingerprint after each step; then the folder through the project's own migrate.ts."""
    try:
        migrations = context.history.migrations
    except InputError as error:
        yield failed(KIND, None, STATEMENT, str(error))
        return
    before = context.new_database()
    for number, migration in enumerate(migrations):
        claim = _reverse(context, before, migration)
        yield claim
        if claim.status == "failed":
            before = context.new_database()  # what the down left behind must not spoil the next one
            if not _apply_all(context, before, migrations[: number + 1]):
                return
    yield _with_drizzle(context)


def _reverse(context: Context, database: Database, migration: Migration) -> Claim:
    import psycopg

    place, statement = f"migration:{migration.name}", _statement(migration)
    up_parts, down_parts = migration.parts, migration.way_back
    if down_parts is None:
        return failed(KIND, place, statement, f"{migration.name} has no down SQL")
    step = "up"
    with database.connect(context.owner) as connection, database.connect() as witness:
        before = fingerprint(witness)
        try:
            _run(connection, up_parts)
            up = fingerprint(witness)
            step = "down"
            _run(connection, down_parts)
            level, left = _left(before, fingerprint(witness), migration)
            if left:
                reason = f"after the down of {migration.name} the catalog is not what it was: {left[0]}"
                return failed(KIND, place, statement, reason, differences=[str(row) for row in left[:10]])
            step = "second up"
            _run(connection, up_parts)
        except psycopg.Error as error:
            return failed(KIND, place, statement, f"the {step} of {migration.name} fails: {first_line(error)}")
        again = difference(up, fingerprint(witness))
    if again:
        reason = f"{migration.name} applied again gives another catalog: {again[0]}"
        return failed(KIND, place, statement, reason, differences=[str(row) for row in again[:10]])
    if level != "strict":
        return proved(KIND, place, statement, up=len(up_parts), down=len(down_parts), level=level)
    return proved(KIND, place, statement, up=len(up_parts), down=len(down_parts))


def _left(before: Fingerprint, after: Fingerprint, migration: Migration) -> tuple[Level, tuple[Change, ...]]:
    """What differs after the way back; a column that it makes again stands at the end of its table."""
    found = difference(before, after)
    if found and "ADD COLUMN" in (migration.down or ""):
        return "no-column-order", difference(before, after, level="no-column-order")
    return "strict", found


def _apply_all(context: Context, database: Database, migrations: Sequence[Migration]) -> bool:
    import psycopg

    try:
        with database.connect(context.owner) as connection:
            for migration in migrations:
                _run(connection, migration.parts)
    except psycopg.Error:
        return False
    return True


def _with_drizzle(context: Context) -> Claim:
    place, statement = "project:migrate", "The project's own migrate.ts gives the same catalog."
    command = "bun run src/db/migrate.ts"
    try:
        expected = context.fingerprint
    except Unprovable as error:
        return failed(KIND, place, statement, str(error), command=command)
    database = context.new_database()
    result = context.project.migrate(database.url(context.owner))
    if not result.passed:
        return failed(KIND, place, statement, last_lines(str(result.problems[0])), command=command)
    with database.connect() as connection:
        connection.execute("drop schema if exists drizzle cascade")
        found = difference(expected, fingerprint(connection))
    if found:
        reason = f"it gives another catalog than the SQL files in order (left): {found[0]}"
        return failed(KIND, place, statement, reason, command=command)
    return proved(KIND, place, statement, command=command)


def _run(connection: psycopg.Connection[Any], statements: tuple[str, ...]) -> None:
    with nullcontext() if statements and runs_alone(statements[0]) else connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())


def _statement(migration: Migration) -> str:
    return f"{migration.name} applies, its down restores the catalog before it, and it applies again."
