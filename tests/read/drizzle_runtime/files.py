"""Projects for the tests of the reader, as texts by path."""

from pathlib import Path

CONFIG = 'export default { schema: "./src/schema/*.ts", out: "./migrations", dialect: "postgresql" };\n'
PACKAGE = '{ "dependencies": { "drizzle-orm": "^0.45.2" } }\n'

WIDE = {
    "package.json": PACKAGE,
    "drizzle.config.ts": CONFIG,
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }\n',
    "src/lib/roles.ts": 'export const ROLES = ["owner", "member"] as const;\n',
    "src/lib/columns.ts": """\
import { timestamp, uuid } from "drizzle-orm/pg-core";
export const id = () => uuid("id").primaryKey().defaultRandom();
export const stamps = { createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow() };
""",
    "src/schema/teams.ts": """\
import { sql } from "drizzle-orm";
import { pgEnum, pgPolicy, pgRole, pgSchema, pgSequence, pgTable, pgTableCreator, text } from "drizzle-orm/pg-core";
import { id, stamps } from "@/lib/columns";
import { ROLES } from "@/lib/roles";

export const role = pgEnum("role", ROLES);
export const shop = pgSchema("shop");
export const reader = pgRole("drizzle_reader");
export const writer = pgRole("drizzle_writer");
export const numbers = pgSequence("numbers", { startWith: 100, increment: 10, cycle: true });
export const createTable = pgTableCreator((name) => `app_${name}`);
const columns = { id: id(), slug: text("slug").unique(), role: role("role") };
export const teams = createTable("teams", { ...columns, ...stamps }, () => [
  pgPolicy("teams_read", { as: "restrictive", for: "select", to: [reader, writer], using: sql`true` }),
]);
export const linked = pgPolicy("teams_write", { for: "insert", to: reader, withCheck: sql`true` }).link(teams);
const hidden = pgTable("hidden", { id: id() });
export const kept = { hidden };
""",
    "src/schema/orders.ts": """\
import { gt, sql } from "drizzle-orm";
import {
  bigint, check, customType, date, foreignKey, index, integer, interval, jsonb, numeric, pgMaterializedView, pgView,
  primaryKey, serial, text, timestamp, unique, uniqueIndex, uuid, vector,
} from "drizzle-orm/pg-core";
import { shop, teams } from "./teams";

const citext = customType<{ data: string }>({ dataType: () => "citext" });
export const orders = shop.table("orders", {
  id: integer("id").generatedAlwaysAsIdentity({ startWith: 5, cache: 3 }),
  number: serial("Number").notNull(),
  teamId: uuid("team_id").notNull().references(() => teams.id, { onDelete: "cascade" }),
  email: citext("email"),
  total: numeric("total", { precision: 10, scale: 2 }).default("0"),
  due: date("due", { mode: "date" }).default(new Date("2026-01-02T03:04:05Z")),
  lasts: interval("lasts", { fields: "day to second", precision: 3 }),
  tags: text("tags").array().notNull().default(["a b", "c"]),
  none: jsonb("none").default(null),
  data: jsonb("data").default({ a: [1, null] }),
  upper: text("upper").generatedAlwaysAs(sql`upper("Number"::text)`),
  embedding: vector("embedding", { dimensions: 3 }),
  seen: timestamp("seen", { precision: 3 }),
}, (t) => [
  primaryKey({ columns: [t.teamId, t.id] }),
  unique("orders_once").on(t.email).nullsNotDistinct(),
  unique().on(t.id),
  index().on(t.teamId, t.seen.desc()),
  index("orders_tags_idx").using("gin", t.tags).with({ fastupdate: false }),
  index("orders_near_idx").using("hnsw", t.embedding.op("vector_cosine_ops")),
  index("orders_data_idx").using("gin", sql`${t.data} jsonb_path_ops`),
  uniqueIndex("orders_lower_idx").on(sql`lower(${t.email})`).where(sql`${t.total} > 0`),
  check("orders_total_check", sql`${t.total} >= 0`),
]);
export const lines = shop.table("lines", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  teamId: uuid("team_id"),
  orderId: integer("order_id"),
}, (t) => ({
  order: foreignKey({ columns: [t.teamId, t.orderId], foreignColumns: [orders.teamId, orders.id] }).onUpdate("cascade"),
})).enableRLS();
export const open = pgView("open_orders").with({ securityInvoker: true }).as((qb) =>
  qb.select({ id: orders.id, mail: sql<string>`lower(${orders.email})`.as("mail") })
    .from(orders).where(gt(orders.total, "0")));
export const totals = pgMaterializedView("totals", { n: integer("n") }).withNoData().as(sql`select 1 as n`);
export const outside = pgView("outside", { id: integer("id") }).existing();
""",
}  # fmt: skip

NEWER = {
    "package.json": '{ "dependencies": { "drizzle-orm": "1.0.0-rc.5" } }\n',
    "drizzle.config.ts": CONFIG,
    "src/schema/tables.ts": """\
import { eq, sql } from "drizzle-orm";
import {
  check, foreignKey, index, integer, pgTable, primaryKey, snakeCase, text, unique, uuid,
} from "drizzle-orm/pg-core";

export const invoices = pgTable("organization_subscription_invoices", {
  id: uuid("id").primaryKey(),
  parent: uuid("parent_organization_subscription_id").references((): any => invoices.id),
  code: text("code").unique(),
});
export const tags = snakeCase.table("tags", {
  tagId: integer().primaryKey(),
  otherNames: text().array("[][]").default([["a"], ["b"]]),
  parentId: integer().references((): any => tags.tagId, { onDelete: "set null" }),
}, (t) => [
  index().on(t.parentId.desc()),
  [unique().on(t.parentId, t.tagId)],
  index("tags_first_idx").on(t.tagId).where(eq(t.parentId, 3)),
  check("tags_check", sql`${t.tagId} > 0`),
]);
export const guarded = pgTable.withRLS("guarded", { a: integer("a"), b: integer("b") }, (t) => [
  primaryKey({ columns: [t.a, t.b] }),
  foreignKey({ columns: [t.a], foreignColumns: [tags.tagId] }),
]);
""",
}

_HEAD = 'import { index, integer, pgEnum, pgTable, text } from "drizzle-orm/pg-core";\n'


def _table(name: str, more: str = "") -> str:
    return f'{_HEAD}export const {name} = pgTable("{name}", {{ id: text("id").primaryKey() }});\n{more}'


FAULTY = {
    "package.json": PACKAGE,
    "drizzle.config.ts": CONFIG,
    "src/env.ts": """\
if (!/^[0-9]+$/.test(process.env.PORT ?? "")) throw new Error("PORT is no number");
export const env = {};
""",
    "src/schema/good.ts": _HEAD
    + """\
import { throws } from "./throws";
import { env } from "../env";
console.log("noise".repeat(1000), env);
process.stdout.write("more noise");
setInterval(() => {}, 1000);
Promise.reject(new Error("later"));
export const good = pgTable("good", {
  id: text("id").primaryKey(), throwsId: text("throws_id").references(() => throws.id),
});
""",
    "src/schema/throws.ts": _table("throws", 'throw new Error("no database");\n'),
    "src/schema/needs.ts": _table("needs", 'if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL");\n'),
    "src/schema/leaves.ts": _table("leaves", "process.exit(3);\n"),
    "src/schema/broken.ts": _table("broken", "export const = ;\n"),
    "src/schema/waits.ts": _table("waits", "await new Promise(() => {});\n"),
    "src/schema/extra.ts": _HEAD
    + """\
export const extra = pgTable("extra", { id: text("id").primaryKey(), n: integer("n") }, (t: any) => [
  index("extra_n_idx").on(t.n),
  index("extra_none_idx").on(t.none.desc()),
]);
""",
    "src/schema/foreign.ts": _HEAD
    + """\
import { citext, LABELS, stamps } from "@somewhere/else";
export const label = pgEnum("label", LABELS);
export const foreign = pgTable("foreign", {
  id: text("id").primaryKey(), mail: citext("e_mail").notNull(), ...stamps,
}, (t) => [
  index("foreign_mail_idx").on(t.mail),
]);
""",
}


def make(folder: Path, files: dict[str, str]) -> Path:
    """The files, written into a folder, which is handed back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
