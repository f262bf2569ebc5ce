"""A unique index on deleted_at refuses to delete two rows at one moment."""

from deviations.trial import Shown, attempt, database

SEED = "`deletedAtIdx: uniqueIndex('…_deleted_at_idx').on(table.deletedAt)`"
WE = "no index on `deleted_at` alone; lists and keys have `WHERE deleted_at IS NULL` instead"
WHY = "A bulk delete writes one moment into many rows; and nobody looks rows up by the moment they were deleted."
TABLE = "create table products (id int, deleted_at timestamptz)"
ROWS = "insert into products values (1), (2)"
DELETE = "update products set deleted_at = now()"


def show() -> Shown:
    """Soft-delete two rows in one statement."""
    with database(TABLE, ROWS, "create unique index on products (deleted_at)") as seed:
        first = attempt(seed, DELETE)
    with database(TABLE, ROWS) as ours:
        return Shown(first, attempt(ours, DELETE))
