"""Small Drizzle projects as other people write them, each in a style of its own."""

from pathlib import Path

SINGLE = {
    "package.json": '{ "name": "single", "dependencies": { "drizzle-orm": "^0.45.2" } }\n',
    "drizzle.config.ts": """\
import "dotenv/config";
import { defineConfig } from "drizzle-kit";

if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set");

export default defineConfig({
  schema: "./src/db/schema.ts",
  out: "./drizzle",
  dialect: "postgresql",
  dbCredentials: { url: process.env.DATABASE_URL },
});
""",
    "src/db/schema.ts": """\
import { relations } from "drizzle-orm";
import { index, pgEnum, pgTable, serial, text, timestamp, varchar } from "drizzle-orm/pg-core";
import { nanoid } from "nanoid";

export const userRole = pgEnum("user_role", ["admin", "member"]);

export const users = pgTable(
  "users",
  {
    id: serial("id").primaryKey(),
    email: varchar("email", { length: 255 }).notNull().unique(),
    role: userRole("role").notNull().default("member"),
    token: text("token").$defaultFn(() => nanoid()),
    createdAt: timestamp("created_at").defaultNow().notNull(),
  },
  (t) => [index("users_token_idx").on(t.token)],
);

export type User = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;

export const usersRelations = relations(users, () => ({}));
""",
}
"""One file, semicolons, double quotes, serial keys, timestamps without a zone, relations beside their tables."""

FOLDER = {
    "package.json": '{ "name": "folder", "dependencies": { "drizzle-orm": "0.44.2" } }\n',
    "drizzle.config.ts": """\
import { defineConfig } from 'drizzle-kit'

export default defineConfig({
    schema: './src/db/schema/index.ts',
    out: './migrations',
    dialect: 'postgresql',
    casing: 'snake_case',
})
""",
    "src/db/schema/index.ts": "export * from './user-accounts'\nexport * from './audit-logs'\n",
    "src/db/schema/columns.ts": """\
import { timestamp } from 'drizzle-orm/pg-core'

export const timestamps = {
    createdAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
    updatedAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
}
""",
    "src/db/schema/user-accounts.ts": """\
import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { timestamps } from './columns'

export const usersTable = pgTable('users', {
    id: uuid().primaryKey().defaultRandom(),
    displayName: text().notNull(),
    ...timestamps,
})
""",
    "src/db/schema/audit-logs.ts": """\
import { jsonb, pgTable, uuid } from 'drizzle-orm/pg-core'
import type { Detail } from '@/types'
import { timestamps } from './columns'
import { usersTable } from './user-accounts'

export const auditLogsTable = pgTable('audit_logs', {
    id: uuid().primaryKey().defaultRandom(),
    actorId: uuid().references(() => usersTable.id, { onDelete: 'set null' }),
    detail: jsonb().$type<Detail>(),
    ...timestamps,
})
""",
}
"""A folder with a barrel, kebab-case files, exports ending in Table, uuid keys, shared columns, casing."""

LINE_1 = {
    "package.json": '{ "name": "line-1", "dependencies": { "drizzle-orm": "^1.0.0-rc.2" } }\n',
    "drizzle.config.ts": """\
import { defineConfig } from 'drizzle-kit';

export default defineConfig({ schema: './src/db/schema', dialect: 'postgresql' });
""",
    "src/db/schema/users.ts": """\
import { bigint, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const users = pgTable('users', {
\tid: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
\tfullName: text('full_name').notNull(),
\tcreatedAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});
""",
    "src/db/schema/teams.ts": """\
import { bigint, pgTable, text } from 'drizzle-orm/pg-core';
import { users } from './users';

export const teams = pgTable('teams', {
\tid: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
\tname: text('name').notNull(),
\tleadId: bigint('lead_id', { mode: 'number' }).references(() => users.id, { onDelete: 'set null' }),
});
""",
    "src/db/relations.ts": """\
import { defineRelations } from 'drizzle-orm';
import { teams } from './schema/teams';
import { users } from './schema/users';

export const relations = defineRelations({ teams, users }, (r) => ({
\tteams: {
\t\tlead: r.one.users({ from: r.teams.leadId, to: r.users.id }),
\t},
\tusers: {
\t\tteams: r.many.teams(),
\t},
}));
""",
}
"""The next line of Drizzle: tabs, identity keys, `defineRelations` in a file of its own."""

TENANTS = {
    "package.json": '{ "name": "tenants", "devDependencies": { "drizzle-orm": "~0.40.1" } }\n',
    ".prettierrc": '{ "singleQuote": false, "printWidth": 90 }\n',
    "drizzle.config.ts": 'export default { schema: "./db/*.sql.ts", out: "./drizzle", dialect: "postgresql" };\n',
    "db/organization.sql.ts": """\
import { pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";

export const organizationSchema = pgTable("organizations", {
  id: uuid("id").primaryKey(),
  display_name: text("display_name").notNull(),
  created_at: timestamp("created_at", { withTimezone: true }).defaultNow().notNull(),
});
export type OrganizationsSelect = typeof organizationSchema.$inferSelect;
""",
    "db/app_user.sql.ts": """\
import { pgEnum, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { organizationSchema } from "./organization.sql";

export const statusEnum = pgEnum("product_status", ["draft", "active", "archived"]);

export const appUserSchema = pgTable("app_users", {
  id: uuid("id").primaryKey(),
  organization_id: uuid("organization_id").notNull().references(() => organizationSchema.id),
  given_name: text("given_name"),
  status: statusEnum("status"),
  created_at: timestamp("created_at", { withTimezone: true }).defaultNow().notNull(),
});
export type AppUsersSelect = typeof appUserSchema.$inferSelect;
""",
}
"""Files with a suffix, snake_case properties, exports ending in Schema, an enum that the brief needs, too."""


def make(folder: Path, files: dict[str, str]) -> Path:
    """Write a project, and return its folder."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return folder


def contents(folder: Path) -> dict[str, str]:
    """Every file of a folder with its text."""
    found = {path: path for path in sorted(folder.rglob("*")) if path.is_file() and "node_modules" not in path.parts}
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in found}
