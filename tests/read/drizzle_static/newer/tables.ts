import { and, isNotNull, not, or, gt, inArray, sql } from 'drizzle-orm';
import { bytea, check, index, integer, pgTable, snakeCase, text, uniqueIndex, uuid, foreignKey, primaryKey } from 'drizzle-orm/pg-core';

export const subscriptions = pgTable('organization_subscription_invoices', {
  id: uuid('id').primaryKey(),
  parentOrganizationSubscription: uuid('parent_organization_subscription_id').references((): any => subscriptions.id),
});
export const tags = snakeCase.table('tags', {
  tagId: integer().primaryKey(),
  names: text().notNull().array('[][]').default([['a'], ['b']]),
  body: bytea(),
  parentId: integer().references((): any => tags.tagId, { onDelete: 'cascade' }),
}, (t) => [
  index().on(t.parentId.desc()),
  [uniqueIndex('tags_body_idx').on(t.body).where(or(isNotNull(t.body), not(gt(t.tagId, 3)))!)],
  check('tags_check', and(inArray(t.tagId, [1, 2]), sql`true`)!),
]);
export const guarded = pgTable.withRLS('guarded', { a: integer('a'), b: integer('b') }, (t) => [
  primaryKey({ columns: [t.a, t.b] }),
  foreignKey({ columns: [t.a], foreignColumns: [tags.tagId] }),
]);
