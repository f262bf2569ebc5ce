"""An enum that is not exported is never created."""

from deviations.trial import Shown, count

SEED = '`pgEnum("role", ["admin", "user", "guest"])`, not exported'
WE = "`export const roleEnum = pgEnum(…)` in `schema/enums.ts`"
WHY = "drizzle-kit sees what the schema files export; the table then uses a type that nobody creates."
TABLE = "export const t = pgTable('t', { role: roleEnum('role') })\n"


def show() -> Shown:
    """Count CREATE TYPE in drizzle-kit's SQL."""
    enum = "const roleEnum = pgEnum('role', ['admin'])\n"
    seed = count(enum + TABLE, "CREATE TYPE")
    ours = count("export " + enum + TABLE, "CREATE TYPE")
    return Shown(f"{seed} of 1 types created", f"{ours} of 1 types created")
