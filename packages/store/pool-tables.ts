/** Device pools and common device configurations in their tables. Read and written for the configuration. */
import type { Kysely } from 'kysely';
import type { StoredCommonDeviceConfiguration, StoredDevicePool } from './configuration.ts';
import type { Schema } from './schema.ts';

export async function readDevicePools(
  database: Kysely<Schema>,
): Promise<readonly StoredDevicePool[]> {
  const rows = await database.selectFrom('device_pool').selectAll().orderBy('name').execute();
  return rows.map((row) => ({
    name: row.name,
    ...(row.media_resource_list !== null && { mediaResourceList: row.media_resource_list }),
    ...(row.region !== null && { region: row.region }),
    ...(row.date_time_group !== null && { dateTimeGroup: row.date_time_group }),
    ...(row.call_manager_group !== null && { callManagerGroup: row.call_manager_group }),
  }));
}

/** Whether it is new or not. */
export async function writeDevicePool(
  database: Kysely<Schema>,
  pool: StoredDevicePool,
): Promise<void> {
  const row = {
    media_resource_list: pool.mediaResourceList ?? null,
    region: pool.region ?? null,
    date_time_group: pool.dateTimeGroup ?? null,
    call_manager_group: pool.callManagerGroup ?? null,
  };
  await database
    .insertInto('device_pool')
    .values({ name: pool.name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

export async function readCommonDeviceConfigurations(
  database: Kysely<Schema>,
): Promise<readonly StoredCommonDeviceConfiguration[]> {
  const rows = await database
    .selectFrom('common_device_configuration')
    .selectAll()
    .orderBy('name')
    .execute();
  return rows.map(({ name, user_locale: userLocale }) => ({
    name,
    ...(userLocale !== null && { userLocale }),
  }));
}

/** Whether it is new or not. */
export async function writeCommonDeviceConfiguration(
  database: Kysely<Schema>,
  { name, userLocale }: StoredCommonDeviceConfiguration,
): Promise<void> {
  const row = { user_locale: userLocale ?? null };
  await database
    .insertInto('common_device_configuration')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}
