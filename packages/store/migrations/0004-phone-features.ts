/** What a phone does with calls on its lines, and the numbers where calls are parked. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const phoneFeatures: Migration = {
  async up({ schema }: Kysely<Record<never, never>>): Promise<void> {
    await schema.alterTable('phone').addColumn('built_in_bridge', 'text').execute();
    await schema.alterTable('phone').addColumn('privacy', 'text').execute();
    await schema
      .alterTable('phone')
      .addColumn('protected_device', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await schema.alterTable('phone').addColumn('media_path', 'text').execute();
    await schema
      .createTable('park_number')
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('partition', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('park_number_key', ['pattern', 'partition'])
      .execute();
  },
};
