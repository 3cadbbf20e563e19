/** Music-on-hold servers: devices of a class of their own. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const musicServers: Migration = {
  async up(database: Kysely<Record<never, never>>): Promise<void> {
    await database.schema
      .createTable('music_server')
      .addColumn('name', 'text', (column) =>
        column.primaryKey().references('device.name').onDelete('cascade'),
      )
      .addColumn('security_mode', 'text', (column) => column.notNull())
      .execute();
  },
};
