import { customType, pgEnum, pgSchema, pgTableCreator, text, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';

export const ROLES = ['owner', 'member'] as const;
export const LEVEL = { low: 'low', high: 'high' } as const;
export enum Colour {
  Red = 'red',
  Blue = "bl'ue",
}
const base = ['draft', `live`];
export const role = pgEnum('role', ROLES);
export const level = pgEnum('level', Object.values(LEVEL) as [string, ...string[]]);
export const colour = pgEnum('colour', enumValues(Colour));
export const state = pgEnum('state', [...base, 'gone'] as [string, ...string[]]);
export const mood = pgEnum('mood', { Sad: 'sad', Happy: 'happy' });

export function enumValues<T extends Record<string, string>>(given: T): [string, ...string[]] {
  return Object.values(given).map((value: any) => `${value}`) as any;
}

const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
export const timestamps = {
  createdAt: at('created_at').defaultNow().notNull(),
  updatedAt: at('updated_at')
    .defaultNow()
    .notNull()
    .$onUpdate(() => new Date()),
};
export const id = () => ({ id: uuid('id').primaryKey().defaultRandom() });
export function named(length: number, { optional = false }: { optional?: boolean } = {}) {
  const column = varchar('name', { length });
  if (optional) {
    return { name: column };
  }
  return { name: column.notNull() };
}
export const key = (name: string, options?: { long?: boolean }) => (options?.long ? text(name) : varchar(name, { length: 24 }));

export const bytea = customType<{ data: Uint8Array }>({
  dataType() {
    return 'bytea';
  },
});
export const money = customType<{ data: string; config: { scale: number } }>({
  dataType: (config) => `numeric(12, ${config?.scale ?? 2})`,
});
export const citext = customType<{ data: string }>({ dataType: () => 'citext' });
export const createTable = pgTableCreator((name) => `app_${name}`);
export const shop = pgSchema('shop');
export const stage = shop.enum('stage', ['open', 'closed']);
