"""The project's own seed fills every table, and a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dbarchitect.model.claim import Claim
from dbarchitect.model.names import qualified
from dbarchitect.prove.context import Context, Unprovable
from dbarchitect.prove.verdict import failed, proved

KIND = "seed"
RANK = 6
STATEMENT = "The seed fills every table, and a second run adds nothing."
COMMAND = "bun run src/db/seed.ts"


def check(context: Context) -> Iterator[Claim]:
    """Run it as the owner, who obeys FORCE ROW LEVEL SECURITY like everybody else; then once more on its own rows."""
    migrated = context.migrated
    del migrated  # a migration that does not apply is no fault of the seed
    try:
        first = _counts(context, again=False)
        empty = sorted(name for name, count in first.items() if not count)
        if empty:
            yield failed(
                KIND, None, STATEMENT, f"it leaves {', '.join(empty)} without rows", rows=first, command=COMMAND
            )
            return
        second = _counts(context, again=True)
    except Unprovable as error:
        yield failed(KIND, None, STATEMENT, str(error), command=COMMAND)
        return
    changed = sorted(name for name in first if first[name] != second[name])
    if changed:
        reason = f"a second run changes the number of rows in {', '.join(changed)}"
        yield failed(KIND, None, STATEMENT, reason, rows=first, second=second, command=COMMAND)
    else:
        yield proved(KIND, None, STATEMENT, rows=first, command=COMMAND)


def _counts(context: Context, *, again: bool) -> dict[str, int]:
    """Rows by table after one run, or after a second one."""
    counts: dict[str, int] = {}
    with context.new_database(context.seeded) as database:
        if again:
            context.run_seed(database)
        with context.whole(database) as connection:
            for table in context.schema.tables:
                row = connection.execute(f"select count(*) from {qualified(*table.key)}".encode()).fetchone()
                counts[table.name] = int(row[0]) if row else 0
    return counts
