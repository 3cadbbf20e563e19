/** The first tables: cluster, devices, media resources, meet-me numbers, parameters, counters. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const initial: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    const { schema } = database;
    await schema
      .createTable('cluster')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('cluster_id', 'text', (column) => column.notNull())
      .addColumn('security_mode', 'integer', (column) => column.notNull())
      .execute();
    await schema
      .createTable('device')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('class', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('device_pool', 'text', (column) => column.notNull())
      .addColumn('location', 'text', (column) => column.notNull())
      .execute();
    await createDevices(database);
    await createMediaResources(database);
    await schema
      .createTable('meet_me_number')
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('partition', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('minimum_security_level', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('meet_me_number_key', ['pattern', 'partition'])
      .execute();
    await schema
      .createTable('service_parameter')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createTable('counter')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull())
      .execute();
  },
};

async function createDevices({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('phone')
    .addColumn('name', 'text', (column) =>
      column.primaryKey().references('device.name').onDelete('cascade'),
    )
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('firmware', 'text', (column) => column.notNull())
    .addColumn('protocol', 'text', (column) => column.notNull())
    .addColumn('security_mode', 'text', (column) => column.notNull())
    .addColumn('media_resource_list', 'text')
    .addColumn('user_locale', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('phone_line')
    .addColumn('phone', 'text', (column) =>
      column.notNull().references('phone.name').onDelete('cascade'),
    )
    .addColumn('line_index', 'integer', (column) => column.notNull())
    .addColumn('directory_number', 'text', (column) => column.notNull())
    .addColumn('partition', 'text', (column) => column.notNull())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('phone_line_key', ['phone', 'line_index'])
    .execute();
  await schema
    .createTable('conference_bridge')
    .addColumn('name', 'text', (column) =>
      column.primaryKey().references('device.name').onDelete('cascade'),
    )
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('security_mode', 'text', (column) => column.notNull())
    .addColumn('common_device_configuration', 'text', (column) => column.notNull())
    .execute();
}

async function createMediaResources({ schema }: Kysely<unknown>): Promise<void> {
  for (const table of ['media_resource_group', 'media_resource_list']) {
    await schema
      .createTable(table)
      .addColumn('name', 'text', (column) => column.primaryKey())
      .execute();
  }
  await schema
    .createTable('media_resource_group_member')
    .addColumn('group_name', 'text', (column) =>
      column.notNull().references('media_resource_group.name').onDelete('cascade'),
    )
    .addColumn('device', 'text', (column) =>
      column.notNull().references('device.name').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('media_resource_group_member_key', ['group_name', 'device'])
    .execute();
  await schema
    .createTable('media_resource_list_group')
    .addColumn('list_name', 'text', (column) =>
      column.notNull().references('media_resource_list.name').onDelete('cascade'),
    )
    .addColumn('position', 'integer', (column) => column.notNull())
    .addColumn('group_name', 'text', (column) =>
      column.notNull().references('media_resource_group.name').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('media_resource_list_group_key', ['list_name', 'position'])
    .execute();
}
