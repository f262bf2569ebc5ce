import { and, eq, isNull, sql } from 'drizzle-orm';
import * as pg from 'drizzle-orm/pg-core';
import {
  type AnyPgColumn,
  bigint,
  bigserial,
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  pgMaterializedView,
  pgPolicy,
  pgRole,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  serial,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
  vector,
} from 'drizzle-orm/pg-core';

import { bytea, citext, colour, createTable, id, key, level, money, mood, named, role, shop, stage, state, timestamps } from './shared';
import * as shared from './shared';

export * from './shared';

const MAX = 60 * 2;
const tenantId = () => uuid('organization_id').notNull().references(() => organizations.id, { onDelete: 'cascade' });

/** Who pays. */
export const organizations = pgTable('organizations', { ...id(), ...named(80), ...timestamps }, (table) => [
  unique().on(table.id, table.name),
  uniqueIndex('organizations_name_idx').on(sql`lower(${table.name})`).where(sql`${table.name} <> 'it''s'`),
]);

export const people = pgTable(
  'people',
  {
    ...id(),
    organizationId: tenantId(),
    ...named(MAX, { optional: true }),
    email: citext('email').unique(),
    nick: text().unique('nick_once', { nulls: 'not distinct' }),
    bossId: uuid('boss_id').references((): AnyPgColumn => people.id, { onDelete: 'set null', onUpdate: 'cascade' }),
    role: role('role').notNull().default('member'),
    level: level(),
    colour: colour('colour').default("bl'ue"),
    state: state('state').default('draft'),
    mood: mood(),
    stage: shared.stage('stage'),
    picture: bytea('picture'),
    fee: money('fee', { scale: 4 }),
    'odd key': key('odd_key'),
    tags: text('tags').array().notNull().default([]),
    scores: integer('scores').array().default([1, 2]),
    quotes: text('quotes').array().default(['a"b', 'c\\d']),
    kept: text('kept').notNull().array(),
    settings: jsonb('settings').$type<{ a: number }>().notNull().default({ a: 1, b: [true, null], 'c d': 'x\'y' }),
    list: json('list').default([]),
    active: boolean('active').default(true),
    count: integer().default(-1),
    ratio: doublePrecision('ratio').default(0.5),
    big: bigint('big', { mode: 'number' }).default(10),
    total: numeric('total', { precision: 10, scale: 2 }).default('0'),
    rough: numeric({ precision: 6 }),
    born: date('born').default(sql`CURRENT_DATE`),
    wakes: time('wakes', { withTimezone: true, precision: 0 }),
    lasts: interval('lasts', { fields: 'day to second', precision: 3 }),
    since: timestamp().defaultNow(),
    embedding: vector('embedding', { dimensions: 3 }).default([1, 2, 3]),
    search: text('search').generatedAlwaysAs(sql`lower(${sql.identifier('email')})`),
    code: varchar('code', { length: 8 }).$defaultFn(() => 'x'),
    ...timestamps,
  },
  (t) => ({
    byOrganization: index().on(t.organizationId, t.createdAt.desc()),
    newest: index('people_newest_idx').on(t.createdAt.desc().nullsFirst(), t.id.asc().nullsFirst()).concurrently(),
    tags: index('people_tags_idx').using('gin', t.tags),
    near: index('people_near_idx').using('hnsw', t.embedding.op('vector_cosine_ops')).with({ m: 16, ef_construction: 64 }),
    alive: index('people_alive_idx').on(t.email).where(and(eq(t.active, true), isNull(t.bossId))!),
    positive: check('people_count_check', sql`${t.count} > 0 and ${t.ratio} < ${100}`),
    emailOnce: unique('people_email_once').on(t.organizationId, t.email).nullsNotDistinct(),
    boss: foreignKey({ columns: [t.organizationId, t.bossId], foreignColumns: [people.organizationId, people.id] }).onDelete('restrict'),
  }),
);

export const members = pgTable(
  'members',
  {
    organizationId: uuid('organization_id').references(() => organizations.id),
    personId: uuid('person_id'),
    at: timestamp('at', { withTimezone: true }),
  },
  function ({ organizationId, personId, at }) {
    const columns = [organizationId, personId] as const;
    return [
      primaryKey({ columns: [...columns] }),
      [index('members_at_idx').on(at)],
      foreignKey({ name: 'members_person_fk', columns: [...columns], foreignColumns: [people.organizationId, people.id] }),
    ];
  },
).enableRLS();

export const older = pgTable('older', { a: integer('a'), b: integer('b') }, (t) => ({ pk: primaryKey(t.a, t.b) }));

export const counters = createTable('counters', (t) => ({
  id: t.integer('id').primaryKey().generatedAlwaysAsIdentity({ startWith: 10, cache: 5 }),
  other: t.bigint('other', { mode: 'bigint' }).generatedByDefaultAsIdentity({ name: 'my_seq' }),
  serial: t.serial('serial'),
}));

export const orders = shop.table('orders', {
  id: bigserial('id', { mode: 'number' }).primaryKey(),
  number: serial('number').notNull(),
  stage: stage('stage').default('open').notNull(),
  counter: integer('counter').references(() => counters.id, { onDelete: 'set default' }),
  small: smallint('small').default(sql`1 + 1`),
});

export const lines = pg.pgTable('lines', { id: pg.serial('id').primaryKey(), order: pg.bigint('order', { mode: 'number' }).references(() => orders.id) });

const hidden = pgTable('hidden', { id: uuid('id').primaryKey() });
export const watcher = pgTable('watcher', { id: uuid('id').primaryKey(), hiddenId: uuid('hidden_id').references(() => hidden.id) });

export const admin = pgRole('admin');
export const notes = pgTable('notes', { id: uuid('id').primaryKey(), owner: text('owner') }, (t) => [
  pgPolicy('notes_read', { as: 'restrictive', for: 'select', to: [admin, 'public'], using: sql`${t.owner} = current_user` }),
  pgPolicy('notes_write', { for: 'insert', to: admin, withCheck: sql`true` }),
]);
export const linked = pgPolicy('linked', { using: sql`true` }).link(organizations);

export const invoices = pgSequence('invoice_numbers', { startWith: 1000, increment: 2, maxValue: 9999, cycle: true });
export const active = pgView('active_people', { id: uuid('id'), email: text('email') }).as(sql`select ${people.id}, email from ${people} where active`);
export const totals = pgMaterializedView('totals', { n: integer('n') }).withNoData().as(sql`select count(*) as n from ${orders}`);
export const cast = pgTable('cast', { id: integer('id').primaryKey() } as const) as any;
export { renamed as sold };
const renamed = pgTable('sold', { at: timestamp('at', { mode: 'string', precision: 6 }).notNull().default('2020-01-01') });
export default pgTable('by_default', { id: integer('id').primaryKey() });
