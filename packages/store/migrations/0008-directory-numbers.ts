/** Directory numbers that no phone need have, and fields that only other systems' tools know. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const directoryNumbers: Migration = {
  async up({ schema }: Kysely<Record<never, never>>): Promise<void> {
    await schema
      .createTable('directory_number')
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('partition', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('alerting_name', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('directory_number_key', ['pattern', 'partition'])
      .execute();
    await schema
      .createTable('other_field')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('field', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('other_field_key', ['kind', 'key', 'field'])
      .execute();
  },
};
