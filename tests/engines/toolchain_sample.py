"""A small project that is written alike for both Drizzle lines, for the tests of the toolchain."""

from pathlib import Path

from dbarchitect.engines import toolchain

FILES = {
    "tsconfig.json": """{
  "compilerOptions": {
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true,
    "noUnusedLocals": true,
    "verbatimModuleSyntax": true,
    "target": "ESNext",
    "module": "Preserve",
    "moduleResolution": "bundler",
    "types": ["bun"],
    "skipLibCheck": true
  },
  "include": ["src", "test", "drizzle.config.ts"]
}
""",
    "biome.json": """{
  "formatter": { "indentStyle": "space", "indentWidth": 2, "lineWidth": 110 },
  "javascript": { "formatter": { "quoteStyle": "single" } }
}
""",
    "drizzle.config.ts": """import { defineConfig } from 'drizzle-kit';

export default defineConfig({ dialect: 'postgresql', schema: './src/db/schema/index.ts', out: './drizzle' });
""",
    "src/db/schema/index.ts": """export * from './customers';
export * from './enums';
export * from './orders';
""",
    "src/db/schema/enums.ts": """import { pgEnum } from 'drizzle-orm/pg-core';

export const orderStatusEnum = pgEnum('order_status', ['draft', 'paid']);
""",
    "src/db/schema/customers.ts": """import { sql } from 'drizzle-orm';
import { check, pgPolicy, pgTable, timestamp, unique, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';

export const customersSchema = pgTable(
  'org_customers',
  {
    id: uuid('id').primaryKey().notNull(),
    organizationId: uuid('organization_id').notNull(),
    email: varchar('email', { length: 255 }).notNull(),
    deletedAt: timestamp('deleted_at', { withTimezone: true }),
  },
  (table) => [
    unique('org_customers_organization_id_id_unique').on(table.organizationId, table.id),
    uniqueIndex('org_customers_email_idx')
      .on(table.organizationId, table.email)
      .where(sql`${table.deletedAt} is null`),
    check('org_customers_email_check', sql`${table.email} like '%@%'`),
    pgPolicy('org_customers_tenant', {
      using: sql`${table.organizationId} = nullif(current_setting('app.organization_id', true), '')::uuid`,
    }),
  ],
);
""",
    "src/db/schema/orders.ts": """import { foreignKey, index, numeric, pgTable, uuid } from 'drizzle-orm/pg-core';
import { customersSchema } from './customers';
import { orderStatusEnum } from './enums';

export const ordersSchema = pgTable(
  'org_orders',
  {
    id: uuid('id').primaryKey().notNull(),
    organizationId: uuid('organization_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    status: orderStatusEnum('status').notNull().default('draft'),
    total: numeric('total', { precision: 12, scale: 2 }).notNull(),
  },
  (table) => [
    foreignKey({
      name: 'org_orders_customer_fk',
      columns: [table.organizationId, table.customerId],
      foreignColumns: [customersSchema.organizationId, customersSchema.id],
    }).onDelete('cascade'),
    index('org_orders_customer_idx').on(table.organizationId, table.customerId),
  ],
);
""",
    "src/db/migrate.ts": """import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Pool } from 'pg';

const { DATABASE_URL: connectionString } = process.env;
if (connectionString === undefined) throw new Error('DATABASE_URL is not set');
const pool = new Pool({ connectionString });
await migrate(drizzle({ client: pool }), { migrationsFolder: './drizzle' });
await pool.end();
""",
    "test/sum.test.ts": """import { expect, test } from 'bun:test';

test('adds', () => {
  expect(1 + 1).toBe(2);
});
test.skip('waits', () => {});
""",
}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files under a folder; paths with slashes make folders."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def make(folder: Path, line: str) -> toolchain.Project:
    """The sample project of a line in a folder."""
    write(folder, {**toolchain.project_files(line, "sample"), **FILES})
    return toolchain.Project(folder, line)


def change(project: toolchain.Project, file: str, old: str, new: str) -> None:
    """Replace one text in a file of the project; the text must be there."""
    path = project.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
