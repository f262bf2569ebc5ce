"""Every migration applies, is taken back exactly by its down, and applies again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dbarchitect.engines.fingerprint import difference, fingerprint
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, first_line, last_lines
from dbarchitect.prove.history import Migration
from dbarchitect.prove.verdict import failed, proved

if TYPE_CHECKING:
    import psycopg

KIND = "migration"
STATEMENT = "Every migration applies, reverts and applies again, with equal catalogs."


def check(context: Context) -> Iterator[Claim]:
    """Up, down, up with a fingerprint after each step; then the folder through the project's own migrate.ts."""
    import psycopg

    database = context.new_database()
    with database.connect(context.owner) as connection, database.connect() as witness:
        for migration in context.history.migrations:
            try:
                yield _reverse(connection, witness, migration)
            except psycopg.Error as error:
                yield failed(KIND, f"migration:{migration.tag}", _statement(migration), first_line(error))
                return
    yield from _with_drizzle(context)


def _reverse(connection: psycopg.Connection[Any], witness: psycopg.Connection[Any], migration: Migration) -> Claim:
    place = f"migration:{migration.tag}"
    before = fingerprint(witness)
    _run(connection, migration.up)
    up = fingerprint(witness)
    if migration.down is None:
        return failed(KIND, place, _statement(migration), "the folder has no down SQL for it")
    _run(connection, migration.down)
    down = fingerprint(witness)
    left = difference(before, down)
    if left:
        reason = f"after its down the catalog differs: {left[0]}"
        return failed(KIND, place, _statement(migration), reason, differences=[str(row) for row in left[:10]])
    _run(connection, migration.up)
    again = difference(up, fingerprint(witness))
    if again:
        reason = f"applied again it gives another catalog: {again[0]}"
        return failed(KIND, place, _statement(migration), reason, differences=[str(row) for row in again[:10]])
    return proved(KIND, place, _statement(migration), up=len(migration.up), down=len(migration.down))


def _with_drizzle(context: Context) -> Iterator[Claim]:
    statement = "The project's own migrate.ts gives the same catalog."
    database = context.new_database()
    result = context.project.migrate(database.url(context.owner))
    if not result.passed:
        yield failed(KIND, "project:migrate", statement, last_lines(str(result.problems[0])))
        return
    with database.connect() as connection:
        connection.execute("drop schema if exists drizzle cascade")
        applied = fingerprint(connection)
    with context.migrated.connect() as connection:
        found = difference(fingerprint(connection), applied)
    if found:
        yield failed(KIND, "project:migrate", statement, f"the catalogs differ: {found[0]}")
    else:
        yield proved(KIND, "project:migrate", statement, command="bun run src/db/migrate.ts")


def _run(connection: psycopg.Connection[Any], statements: tuple[str, ...]) -> None:
    with connection.transaction():
        for statement in statements:
            connection.execute(statement.encode())


def _statement(migration: Migration) -> str:
    return f"{migration.tag} applies, its down restores the catalog before it, and it applies again."
