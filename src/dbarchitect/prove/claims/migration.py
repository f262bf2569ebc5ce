"""Every migration applies, is taken back exactly by its down, and applies again."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from dbarchitect.engines.fingerprint import Change, Fingerprint, Level, difference, fingerprint
from dbarchitect.errors import InputError
from dbarchitect.migrate.migrations import Migration
from dbarchitect.model.claim import Claim
from dbarchitect.prove.context import Context, Unprovable, last_lines
from dbarchitect.prove.migration.round import Stopped, go_round
from dbarchitect.prove.migration.running import Guest, Refused, run
from dbarchitect.prove.verdict import failed, proved
from dbarchitect.read.migrations import folder

if TYPE_CHECKING:
    from dbarchitect.engines.postgres import Connection, Database

KIND = "migration"
RANK = 3
SECONDS = 0.7
STATEMENT = "Every migration applies, is taken back exactly, and applies again."


def check(context: Context) -> Iterator[Claim]:
    """Up, down, up with a fingerprint after each step; then the folder through the project's own migrate.ts."""
    try:
        migrations = [_as_drizzle_runs(item) for item in context.history.migrations]
    except InputError as error:
        yield failed(KIND, None, STATEMENT, str(error))
        return
    applies = yield from _reversed(context, migrations)
    if applies:
        yield _with_drizzle(context)


def _as_drizzle_runs(item: folder.Migration) -> Migration:
    """A migration in the parts that Drizzle's migrator sends."""
    alone = item.down is not None and folder.runs_alone(item.down)
    return Migration(
        item.name, item.parts, item.way_back, "none" if item.alone else "one", folder.declared(item.down), "drizzle",
        item.path, alone,
    )  # fmt: skip


def _reversed(context: Context, migrations: Sequence[Migration]) -> Generator[Claim, None, bool]:
    """A claim for each migration, one after the other in one database; whether all of them apply."""
    guest = Guest(context.owner, helped=False)
    database, number = context.new_database(), 0
    while number < len(migrations):
        with closing(database.connect()) as witness:
            before: Fingerprint | None = fingerprint(witness, again=True)
            while number < len(migrations) and before is not None:
                claim, before = _reverse(database, witness, before, migrations[number], guest)
                yield claim
                number += 1
        if before is None:  # what the down left behind must not spoil the next one
            database = context.new_database()
            try:
                for migration in migrations[:number]:
                    run(database, migration.up, migration.transaction, guest)
            except Refused:
                return False
    return True


def _reverse(
    database: Database, witness: Connection, before: Fingerprint, migration: Migration, guest: Guest
) -> tuple[Claim, Fingerprint | None]:
    """The claim of one migration, and the schema that it leaves; None when what it leaves must not go on."""
    place, statement = f"migration:{migration.name}", _statement(migration)
    if migration.down is None:
        return failed(KIND, place, statement, f"{migration.name} has no down SQL"), None
    try:
        seen = go_round(database, witness, migration, migration.transaction, guest=guest)
        level, left = _left(before, seen.down or before, migration)
        if left:
            reason = f"after the down of {migration.name} the catalog is not what it was: {left[0]}"
            return failed(KIND, place, statement, reason, differences=[str(row) for row in left[:10]]), None
        if seen.stopped:
            raise seen.stopped
    except Stopped as stopped:
        reason = f"the {stopped.way} of {migration.name} fails: {stopped.refused.sqlstate} {stopped.refused}"
        return failed(KIND, place, statement, reason), None
    again = difference(seen.up, seen.again or seen.up)
    if again:
        reason = f"{migration.name} applied again gives another catalog: {again[0]}"
        return failed(KIND, place, statement, reason, differences=[str(row) for row in again[:10]]), None
    counts = {"up": len(migration.up), "down": len(migration.down)}
    more = {} if level == "strict" else {"level": level}
    return proved(KIND, place, statement, **counts, **more), seen.again


def _left(before: Fingerprint, after: Fingerprint, migration: Migration) -> tuple[Level, tuple[Change, ...]]:
    """What differs after the way back; a column that it makes again stands at the end of its table."""
    found = difference(before, after)
    if found and any("ADD COLUMN" in statement for statement in migration.down or ()):
        return "no-column-order", difference(before, after, level="no-column-order")
    return "strict", found


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


def _statement(migration: Migration) -> str:
    return f"{migration.name} applies, its down restores the catalog before it, and it applies again."
