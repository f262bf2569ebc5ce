import { index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

export const customers = pgTable('customers', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull().unique(),
});

export const orders = pgTable(
  'orders',
  {
    id: uuid('id').primaryKey(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    number: text('number').notNull(),
    placedAt: timestamp('placed_at').notNull(),
  },
  (table) => [
    {
      numberIdx: uniqueIndex('orders_number_idx').on(table.number),
      placedAtIdx: index('orders_placed_at_idx').on(table.placedAt),
    },
  ],
);
