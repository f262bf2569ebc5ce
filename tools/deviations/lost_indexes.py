"""Indexes in an array that holds an object are never created."""

from deviations.trial import Shown, count

SEED = "`(table) => [ { nameIdx: uniqueIndex(…), orgIdx: uniqueIndex(…) } ]`"
WE = "a flat array: `(table) => [index(…), uniqueIndex(…)]`"
WHY = "Drizzle 0.45 takes the object for a builder that it does not know and says nothing; TypeScript agrees with it."
COLUMNS = "export const t = pgTable('t', { a: uuid('a'), b: uuid('b') }, (table) => "


def show() -> Shown:
    """Count CREATE INDEX in drizzle-kit's SQL."""
    seed = count(COLUMNS + "[{ a: index('t_a').on(table.a), b: index('t_b').on(table.b) }])", "CREATE INDEX")
    ours = count(COLUMNS + "[index('t_a').on(table.a), index('t_b').on(table.b)])", "CREATE INDEX")
    return Shown(f"{seed} of 2 indexes created", f"{ours} of 2 indexes created")
