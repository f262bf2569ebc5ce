import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

export const parents = pgTable('parents', {
  id: uuid().primaryKey(),
  firstName: text().unique(),
  URLPath2: text(),
  snake_key: text(),
  givenName: text('GivenName'),
});
export const children = pgTable(
  'children',
  {
    parentId: uuid().references(() => parents.id),
    firstName: text().references(() => parents.firstName),
    otherId: uuid(),
    numberOf: integer(),
    createdAt: timestamp().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.parentId, t.otherId] }),
    unique().on(t.firstName, t.otherId),
    index().on(t.createdAt, t.numberOf),
    check('positive', sql`${t.numberOf} > 0`),
    foreignKey({ columns: [t.otherId], foreignColumns: [parents.id] }),
  ],
);
