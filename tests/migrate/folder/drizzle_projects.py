"""Small Drizzle projects with a migrations folder that somebody wrote by hand, on both lines."""

from __future__ import annotations

import json
from pathlib import Path

from dbarchitect.engines import toolchain
from dbarchitect.engines.toolchain_journal import ORIGIN

CONFIG = """\
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema.ts', out: './drizzle' })
"""
BEFORE = """\
import { sql } from 'drizzle-orm'
import { boolean, check, integer, pgEnum, pgTable, serial, text, varchar } from 'drizzle-orm/pg-core'

export const mood = pgEnum('mood', ['calm', 'wild'])

export const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: varchar('name', { length: 80 }).notNull(),
  mood: mood('mood').notNull().default('calm'),
  old: text('old'),
})

export const posts = pgTable('posts', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  userId: integer('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
  title: text('title'),
  shown: boolean('shown').notNull().default(true),
  kind: varchar('kind', { length: 9 }),
}, (table) => [check('posts_kind', sql`${table.kind} in ('a', 'b')`)])
"""
AFTER = (
    BEFORE.replace("'calm', 'wild'", "'calm', 'wild', 'tired'")
    .replace("name: varchar('name', { length: 80 })", "fullName: varchar('full_name', { length: 120 })")
    .replace("  old: text('old'),\n", "")
    .replace("title: text('title')", "title: text('title').notNull()")
    + """
export const tags = pgTable('tags', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  postId: integer('post_id').notNull().references(() => posts.id),
  label: varchar('label', { length: 40 }).notNull().unique(),
})
"""
)
OURS = [
    "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$\n"
    "BEGIN NEW.title := upper(NEW.title); RETURN NEW; END $$",
    "CREATE TRIGGER louder BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION loud()",
    "COMMENT ON TABLE users IS 'Those who write.'",
    "ALTER TABLE posts DROP CONSTRAINT posts_kind",
    "ALTER TABLE posts ADD CONSTRAINT posts_kind CHECK (kind in ('a', 'b')) NOT VALID",
    "CREATE TYPE weight AS ENUM ('light', 'heavy')",
    "CREATE TABLE parcels (id serial PRIMARY KEY, weight weight NOT NULL)",
]
"""What Drizzle cannot say, or was never told of."""
MIGRATE = """\
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'

const db = drizzle(process.env.DATABASE_URL!)
await migrate(db, { migrationsFolder: './drizzle' })
await db.$client.end()
"""


def make(root: Path, line: str) -> toolchain.Project:
    """A project of the line with 24 migrations: one that drizzle-kit writes of BEFORE, the rest by hand."""
    version = "0.45.4" if line == "0.45" else "1.0.0-rc.5"
    package = {"name": "hand", "type": "module", "dependencies": {"drizzle-orm": version}}
    texts = {
        "package.json": json.dumps(package), "drizzle.config.ts": CONFIG, "src/db/schema.ts": BEFORE,
        "src/db/migrate.ts": MIGRATE,
    }  # fmt: skip
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    project = toolchain.Project(root, line)
    with project.link():
        kit = project.kit_snapshot(schema="src/db/schema.ts")
    first = "\n--> statement-breakpoint\n".join(kit.statements)
    hand = [*OURS, *(f"UPDATE users SET old = 'n{number}' WHERE id = {number}" for number in range(20))]
    (write_045 if line == "0.45" else write_1)(root / "drizzle", first, hand, kit.snapshot)
    return project


def write_045(folder: Path, first: str, hand: list[str], snapshot: dict[str, object]) -> None:
    (folder / "meta").mkdir(parents=True)
    tags = ["0000_brave_wolf", *(f"{number:04d}_custom" for number in range(1, len(hand) + 1))]
    for tag, sql in zip(tags, [first, *hand], strict=True):
        (folder / f"{tag}.sql").write_text(sql)
    (folder / "meta/0000_snapshot.json").write_text(json.dumps(snapshot, indent=2))
    entries = [
        {"idx": number, "version": "7", "when": 1730000000000 + 60_000 * number, "tag": tag, "breakpoints": True}
        for number, tag in enumerate(tags)
    ]
    journal = {"version": "7", "dialect": "postgresql", "entries": entries}
    (folder / "meta/_journal.json").write_text(json.dumps(journal, indent=2))


def write_1(folder: Path, first: str, hand: list[str], snapshot: dict[str, object]) -> None:
    for number, sql in enumerate([first, *hand]):
        place = folder / f"2025010100{number:02d}00_custom"
        place.mkdir(parents=True)
        (place / "migration.sql").write_text(sql)
        if number == 0:
            kept = {key: value for key, value in snapshot.items() if key != "renames"}
            base = {"type": "base", "footprints": [], **kept, "prevIds": [ORIGIN]}
            (place / "snapshot.json").write_text(json.dumps(base, indent=2))


def tree(folder: Path) -> dict[str, str]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


BUSY = (
    BEFORE.replace("boolean, check", "boolean, check, index")
    .replace("name: varchar('name', {", "fullName: varchar('full_name', {")
    .replace("old: text('old')", "old: text('old').unique()")
    .replace("[check(", "[index('posts_user_idx').on(table.userId), check(")
    .replace("kind: varchar('kind', { length: 9 })", "kind: varchar('kind', { length: 9 }).notNull()")
)
"""What needs files without a transaction, and a rename with both names."""
