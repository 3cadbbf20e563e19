/** Reads the whole configuration out of the tables. Everything is in order of name. */
import type { Kysely } from 'kysely';
import type {
  CompleteConfiguration,
  StoredBridge,
  StoredLine,
  StoredMediaResourceGroup,
  StoredMediaResourceList,
  StoredMusicServer,
  StoredPhone,
} from './configuration.ts';
import { readDirectoryNumbers, readOtherFields } from './number-tables.ts';
import { readCommonDeviceConfigurations, readDevicePools } from './pool-tables.ts';
import type { Schema } from './schema.ts';
import { readDigests, readRoutes, readSipTrunks } from './sip-tables.ts';

/** Undefined before anything was stored. Inside a transaction it is one state of the database. */
export async function readConfiguration(
  database: Kysely<Schema>,
): Promise<CompleteConfiguration | undefined> {
  const cluster = await database.selectFrom('cluster').selectAll().executeTakeFirst();
  if (!cluster) return undefined;
  const locations = await database.selectFrom('location').selectAll().orderBy('name').execute();
  const meetMe = await database
    .selectFrom('meet_me_number')
    .selectAll()
    .orderBy('pattern')
    .orderBy('partition')
    .execute();
  const parameters = await database
    .selectFrom('service_parameter')
    .selectAll()
    .orderBy('name')
    .execute();
  return {
    cluster: {
      id: cluster.cluster_id,
      securityMode: cluster.security_mode === 1 ? 'mixed' : 'nonsecure',
      ...(cluster.sip_realm !== null && { sipRealm: cluster.sip_realm }),
    },
    devicePools: await readDevicePools(database),
    locations,
    commonDeviceConfigurations: await readCommonDeviceConfigurations(database),
    phones: await readPhones(database),
    bridges: await readBridges(database),
    musicServers: await readMusicServers(database),
    mediaResourceGroups: await readGroups(database),
    mediaResourceLists: await readLists(database),
    meetMeNumbers: meetMe.map((row) => ({
      pattern: row.pattern,
      partition: row.partition,
      description: row.description,
      minimumSecurityLevel: row.minimum_security_level,
    })),
    parkNumbers: await database
      .selectFrom('park_number')
      .selectAll()
      .orderBy('pattern')
      .orderBy('partition')
      .execute(),
    sipTrunks: await readSipTrunks(database),
    routes: await readRoutes(database),
    directoryNumbers: await readDirectoryNumbers(database),
    otherFields: await readOtherFields(database),
    serviceParameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
  };
}

async function readPhones(database: Kysely<Schema>): Promise<readonly StoredPhone[]> {
  const rows = await database
    .selectFrom('phone')
    .innerJoin('device', 'device.name', 'phone.name')
    .selectAll('phone')
    .select(['device.description', 'device.device_pool', 'device.location'])
    .orderBy('phone.name')
    .execute();
  const lines = await readLines(database);
  const digests = await readDigests(database);
  return rows.map((row) => ({
    name: row.name,
    model: row.model,
    firmware: row.firmware,
    protocol: row.protocol,
    securityMode: row.security_mode,
    description: row.description,
    devicePool: row.device_pool,
    location: row.location,
    ...(row.common_device_configuration !== null && {
      commonDeviceConfiguration: row.common_device_configuration,
    }),
    userLocale: row.user_locale,
    ...(row.media_resource_list !== null && { mediaResourceList: row.media_resource_list }),
    ...(row.built_in_bridge !== null && { builtInBridge: row.built_in_bridge }),
    ...(row.privacy !== null && { privacy: row.privacy }),
    ...(row.protected_device === 1 && { protectedDevice: true }),
    ...(row.media_path !== null && { mediaPath: row.media_path }),
    ...(row.standard_client === 1 && { standardClient: true }),
    ...digests.get(row.name),
    lines: lines.get(row.name) ?? [],
  }));
}

async function readLines(
  database: Kysely<Schema>,
): Promise<ReadonlyMap<string, readonly StoredLine[]>> {
  const rows = await database
    .selectFrom('phone_line')
    .selectAll()
    .orderBy('phone')
    .orderBy('line_index')
    .execute();
  const lines = rows.map((row) => ({
    phone: row.phone,
    line: {
      index: row.line_index,
      directoryNumber: row.directory_number,
      partition: row.partition,
      displayName: row.display_name,
      label: row.label,
    },
  }));
  return gathered(
    lines,
    ({ phone }) => phone,
    ({ line }) => line,
  );
}

async function readBridges(database: Kysely<Schema>): Promise<readonly StoredBridge[]> {
  const rows = await database
    .selectFrom('conference_bridge')
    .innerJoin('device', 'device.name', 'conference_bridge.name')
    .selectAll('conference_bridge')
    .select(['device.description', 'device.device_pool', 'device.location'])
    .orderBy('conference_bridge.name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    type: row.type,
    securityMode: row.security_mode,
    description: row.description,
    devicePool: row.device_pool,
    commonDeviceConfiguration: row.common_device_configuration,
    location: row.location,
  }));
}

async function readMusicServers(database: Kysely<Schema>): Promise<readonly StoredMusicServer[]> {
  const rows = await database
    .selectFrom('music_server')
    .innerJoin('device', 'device.name', 'music_server.name')
    .selectAll('music_server')
    .select(['device.description', 'device.device_pool', 'device.location'])
    .orderBy('music_server.name')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    securityMode: row.security_mode,
    description: row.description,
    devicePool: row.device_pool,
    location: row.location,
  }));
}

async function readGroups(database: Kysely<Schema>): Promise<readonly StoredMediaResourceGroup[]> {
  const names = await database
    .selectFrom('media_resource_group')
    .selectAll()
    .orderBy('name')
    .execute();
  const rows = await database
    .selectFrom('media_resource_group_member')
    .selectAll()
    .orderBy('device')
    .execute();
  const members = gathered(
    rows,
    (row) => row.group_name,
    (row) => row.device,
  );
  return names.map(({ name }) => ({ name, members: members.get(name) ?? [] }));
}

async function readLists(database: Kysely<Schema>): Promise<readonly StoredMediaResourceList[]> {
  const names = await database
    .selectFrom('media_resource_list')
    .selectAll()
    .orderBy('name')
    .execute();
  const rows = await database
    .selectFrom('media_resource_list_group')
    .selectAll()
    .orderBy('position')
    .execute();
  const groups = gathered(
    rows,
    (row) => row.list_name,
    (row) => row.group_name,
  );
  return names.map(({ name }) => ({ name, groups: groups.get(name) ?? [] }));
}

/** Values by key, each key's in the order of the rows. */
function gathered<Row, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  takenOf: (row: Row) => Value,
): ReadonlyMap<string, readonly Value[]> {
  const values = new Map<string, Value[]>();
  for (const row of rows) {
    const known = values.get(keyOf(row));
    if (known) known.push(takenOf(row));
    else values.set(keyOf(row), [takenOf(row)]);
  }
  return values;
}
