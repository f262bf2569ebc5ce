"""The bun-sql driver of Drizzle 0.45 stores jsonb as a string."""

from dbarchitect.engines import postgres
from deviations.trial import Shown, project

SEED = "Bun, and `jsonb('settings')`"
WE = "node-postgres in `client.ts`, the only file that knows the driver"
WHY = "The value is encoded twice; reading it back through Drizzle hides it, and `@>` and GIN indexes find nothing."
SCRIPT = """
import { drizzle } from 'drizzle-orm/%(driver)s'
import { jsonb, pgTable } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
const t = pgTable('t', { j: jsonb('j') })
const db = drizzle(process.env.DATABASE_URL!)
await db.execute(sql`create table t (j jsonb)`)
await db.insert(t).values({ j: { a: 1 } })
const [row] = await db.select({ kind: sql<string>`jsonb_typeof(j)` }).from(t)
console.log(row!.kind)
process.exit(0)
"""


def stored(driver: str) -> str:
    """Ask jsonb_typeof of an object that was inserted."""
    with project("export const nothing = 0\n") as made, postgres.shared().database() as fresh:
        (made.folder / "src/insert.ts").write_text(SCRIPT % {"driver": driver}, encoding="utf-8")
        finished = made.script("src/insert.ts", env={"DATABASE_URL": fresh.url()})
    return f"jsonb_typeof: {finished.stdout.strip() or finished.output.strip().splitlines()[-1]}"


def show() -> Shown:
    """Insert an object and ask PostgreSQL what it is."""
    return Shown(stored("bun-sql"), stored("node-postgres"))
