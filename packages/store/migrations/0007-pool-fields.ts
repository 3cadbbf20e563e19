/**
 * Device pools get the names that CUCM's have; common device configurations become objects, those first
 * that bridges name already.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

interface Tables {
  conference_bridge: { common_device_configuration: string };
  common_device_configuration: { name: string };
}

export const poolFields: Migration = {
  async up(database: Kysely<Tables>): Promise<void> {
    const { schema } = database;
    await schema.alterTable('device_pool').addColumn('region', 'text').execute();
    await schema.alterTable('device_pool').addColumn('date_time_group', 'text').execute();
    await schema.alterTable('device_pool').addColumn('call_manager_group', 'text').execute();
    await schema
      .createTable('common_device_configuration')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('user_locale', 'text')
      .execute();
    await schema.alterTable('phone').addColumn('common_device_configuration', 'text').execute();
    const rows = await database
      .selectFrom('conference_bridge')
      .select('common_device_configuration as name')
      .distinct()
      .where('common_device_configuration', '!=', '')
      .execute();
    for (const row of rows) {
      await database.insertInto('common_device_configuration').values(row).execute();
    }
  },
};
