/**
 * Writes one configuration over another: only what differs, in an order that keeps every reference
 * whole at every statement. Both configurations are valid; nothing is checked here.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Kysely } from 'kysely';
import type {
  CompleteConfiguration,
  StoredBridge,
  StoredCommonDeviceConfiguration,
  StoredDevicePool,
  StoredDirectoryNumber,
  StoredLine,
  StoredLocation,
  StoredMediaResourceGroup,
  StoredMediaResourceList,
  StoredMeetMeNumber,
  StoredMusicServer,
  StoredOtherField,
  StoredParkNumber,
  StoredPhone,
  StoredRoute,
  StoredSipTrunk,
} from './configuration.ts';
import { writeDirectoryNumbers, writeOtherFields } from './number-tables.ts';
import { writeCommonDeviceConfiguration, writeDevicePool } from './pool-tables.ts';
import type { Schema } from './schema.ts';
import { serviceOf } from './service-parameters.ts';
import { writeDigest, writeRoutes, writeSipTrunk } from './sip-tables.ts';

type StoredDevice = StoredPhone | StoredBridge | StoredMusicServer | StoredSipTrunk;

/** What became of the objects of one kind; `changed` has them as they are now. */
export interface Difference<T> {
  readonly removed: readonly T[];
  readonly added: readonly T[];
  readonly changed: readonly T[];
}

interface Differences {
  readonly pools: Difference<StoredDevicePool>;
  readonly locations: Difference<StoredLocation>;
  readonly common: Difference<StoredCommonDeviceConfiguration>;
  readonly phones: Difference<StoredPhone>;
  readonly bridges: Difference<StoredBridge>;
  readonly musicServers: Difference<StoredMusicServer>;
  readonly groups: Difference<StoredMediaResourceGroup>;
  readonly lists: Difference<StoredMediaResourceList>;
  readonly lines: Difference<StoredLine>;
  readonly meetMeNumbers: Difference<StoredMeetMeNumber>;
  readonly parkNumbers: Difference<StoredParkNumber>;
  readonly sipTrunks: Difference<StoredSipTrunk>;
  readonly routes: Difference<StoredRoute>;
  readonly directoryNumbers: Difference<StoredDirectoryNumber>;
  readonly otherFields: Difference<StoredOtherField>;
  readonly parameters: Difference<readonly [name: string, value: string]>;
}

/** The tables before anything was stored. */
const NOTHING: Omit<CompleteConfiguration, 'cluster'> = {
  devicePools: [],
  locations: [],
  commonDeviceConfigurations: [],
  phones: [],
  bridges: [],
  musicServers: [],
  mediaResourceGroups: [],
  mediaResourceLists: [],
  meetMeNumbers: [],
  parkNumbers: [],
  sipTrunks: [],
  routes: [],
  directoryNumbers: [],
  otherFields: [],
  serviceParameters: {},
};

/**
 * `before` is what the tables hold, undefined when nothing was ever stored. The caller opens the
 * transaction.
 */
export async function writeDifference(
  database: Kysely<Schema>,
  before: CompleteConfiguration | undefined,
  after: CompleteConfiguration,
): Promise<void> {
  const differences = differencesOf(before ?? NOTHING, after);
  await writeCluster(database, before, after);
  await removeReferring(database, differences);
  await writeReferred(database, differences);
  await writePhones(database, differences.phones);
  await writeBridges(database, differences.bridges);
  await writeMusicServers(database, differences.musicServers);
  await writeSipTrunks(database, differences.sipTrunks);
  await writeMembers(database, differences.groups);
  await writeMeetMeNumbers(database, differences.meetMeNumbers);
  await writeParkNumbers(database, differences.parkNumbers);
  await writeRoutes(database, differences.routes);
  await writeDirectoryNumbers(database, differences.directoryNumbers);
  await writeOtherFields(database, differences.otherFields);
  await writeParameters(database, differences.parameters);
  await removeReferred(database, differences);
}

function differencesOf(
  before: Omit<CompleteConfiguration, 'cluster'>,
  after: CompleteConfiguration,
): Differences {
  const name = (each: { readonly name: string }): string => each.name;
  return {
    pools: difference(before.devicePools, after.devicePools, name),
    locations: difference(before.locations, after.locations, name),
    common: difference(before.commonDeviceConfigurations, after.commonDeviceConfigurations, name),
    phones: difference(before.phones, after.phones, name),
    bridges: difference(before.bridges, after.bridges, name),
    musicServers: difference(before.musicServers, after.musicServers, name),
    groups: difference(before.mediaResourceGroups, after.mediaResourceGroups, name),
    lists: difference(before.mediaResourceLists, after.mediaResourceLists, name),
    lines: difference(linesOf(before), linesOf(after), lineKey),
    meetMeNumbers: difference(before.meetMeNumbers, after.meetMeNumbers, patternKey),
    parkNumbers: difference(before.parkNumbers, after.parkNumbers, patternKey),
    sipTrunks: difference(before.sipTrunks, after.sipTrunks, name),
    routes: difference(before.routes, after.routes, patternKey),
    directoryNumbers: difference(before.directoryNumbers, after.directoryNumbers, patternKey),
    otherFields: difference(before.otherFields, after.otherFields, otherFieldKey),
    parameters: difference(
      Object.entries(before.serviceParameters),
      Object.entries(after.serviceParameters),
      ([parameter]) => parameter,
    ),
  };
}

async function writeCluster(
  database: Kysely<Schema>,
  before: CompleteConfiguration | undefined,
  { cluster }: CompleteConfiguration,
): Promise<void> {
  const row = {
    cluster_id: cluster.id,
    security_mode: cluster.securityMode === 'mixed' ? 1 : 0,
    sip_realm: cluster.sipRealm ?? null,
  };
  if (!before)
    await database
      .insertInto('cluster')
      .values({ id: 1, ...row })
      .execute();
  else await database.updateTable('cluster').set(row).execute();
}

/** What refers to devices, groups and lists, and devices that are gone with all that is theirs. */
async function removeReferring(
  database: Kysely<Schema>,
  { groups, lists, phones, bridges, musicServers, sipTrunks, routes }: Differences,
): Promise<void> {
  for (const { name } of [...groups.removed, ...groups.changed]) {
    await database
      .deleteFrom('media_resource_group_member')
      .where('group_name', '=', name)
      .execute();
  }
  for (const { name } of [...lists.removed, ...lists.changed]) {
    await database.deleteFrom('media_resource_list_group').where('list_name', '=', name).execute();
  }
  for (const { pattern, partition } of [...routes.removed, ...routes.changed]) {
    await database
      .deleteFrom('route')
      .where('pattern', '=', pattern)
      .where('partition', '=', partition)
      .execute();
  }
  // Before any device is added: the name may become that of a device of another class.
  const devices = [phones, bridges, musicServers, sipTrunks];
  for (const { name } of devices.flatMap((each): readonly StoredDevice[] => each.removed)) {
    await database.deleteFrom('device').where('name', '=', name).execute();
  }
}

/** What devices will refer to. */
async function writeReferred(
  database: Kysely<Schema>,
  { groups, lists, pools, locations, common, lines }: Differences,
): Promise<void> {
  for (const { name } of groups.added) {
    await database.insertInto('media_resource_group').values({ name }).execute();
  }
  for (const { name } of lists.added) {
    await database.insertInto('media_resource_list').values({ name }).execute();
  }
  for (const { name, groups: order } of [...lists.added, ...lists.changed]) {
    for (const [position, group] of order.entries()) {
      const row = { list_name: name, position, group_name: group };
      await database.insertInto('media_resource_list_group').values(row).execute();
    }
  }
  for (const pool of [...pools.added, ...pools.changed]) await writeDevicePool(database, pool);
  for (const each of [...common.added, ...common.changed]) {
    await writeCommonDeviceConfiguration(database, each);
  }
  for (const { name } of locations.added) {
    await database.insertInto('location').values({ name }).execute();
  }
  for (const { directoryNumber, partition } of lines.added) {
    const row = { directory_number: directoryNumber, partition };
    await database.insertInto('line').values(row).execute();
  }
}

async function writePhones(
  database: Kysely<Schema>,
  { added, changed }: Difference<StoredPhone>,
): Promise<void> {
  for (const phone of added) {
    await insertDevice(database, phone, 'phone');
    await database
      .insertInto('phone')
      .values({ name: phone.name, ...phoneRow(phone) })
      .execute();
    await insertLines(database, phone);
    await writeDigest(database, phone);
  }
  for (const phone of changed) {
    await updateDevice(database, phone);
    await writeDigest(database, phone);
    await database
      .updateTable('phone')
      .set(phoneRow(phone))
      .where('name', '=', phone.name)
      .execute();
    await database.deleteFrom('phone_line').where('phone', '=', phone.name).execute();
    await insertLines(database, phone);
  }
}

async function insertLines(database: Kysely<Schema>, { name, lines }: StoredPhone): Promise<void> {
  for (const line of lines) {
    await database
      .insertInto('phone_line')
      .values({
        phone: name,
        line_index: line.index,
        directory_number: line.directoryNumber,
        partition: line.partition,
        display_name: line.displayName,
        label: line.label,
      })
      .execute();
  }
}

async function writeBridges(
  database: Kysely<Schema>,
  { added, changed }: Difference<StoredBridge>,
): Promise<void> {
  for (const bridge of added) {
    await insertDevice(database, bridge, 'conference-bridge');
    await database
      .insertInto('conference_bridge')
      .values({ name: bridge.name, ...bridgeRow(bridge) })
      .execute();
  }
  for (const bridge of changed) {
    await updateDevice(database, bridge);
    await database
      .updateTable('conference_bridge')
      .set(bridgeRow(bridge))
      .where('name', '=', bridge.name)
      .execute();
  }
}

async function writeMusicServers(
  database: Kysely<Schema>,
  { added, changed }: Difference<StoredMusicServer>,
): Promise<void> {
  for (const server of added) {
    await insertDevice(database, server, 'music-server');
    const row = { name: server.name, security_mode: server.securityMode };
    await database.insertInto('music_server').values(row).execute();
  }
  for (const server of changed) {
    await updateDevice(database, server);
    await database
      .updateTable('music_server')
      .set({ security_mode: server.securityMode })
      .where('name', '=', server.name)
      .execute();
  }
}

async function writeSipTrunks(
  database: Kysely<Schema>,
  { added, changed }: Difference<StoredSipTrunk>,
): Promise<void> {
  for (const trunk of added) await insertDevice(database, trunk, 'sip-trunk');
  for (const trunk of changed) await updateDevice(database, trunk);
  for (const trunk of [...added, ...changed]) await writeSipTrunk(database, trunk);
}

async function insertDevice(
  database: Kysely<Schema>,
  device: StoredDevice,
  kind: Schema['device']['class'],
): Promise<void> {
  const { name } = device;
  const row = { key: name.toUpperCase(), name, class: kind, ...deviceRow(device) };
  await database.insertInto('device').values(row).execute();
}

async function updateDevice(database: Kysely<Schema>, device: StoredDevice): Promise<void> {
  await database
    .updateTable('device')
    .set(deviceRow(device))
    .where('name', '=', device.name)
    .execute();
}

async function writeMembers(
  database: Kysely<Schema>,
  { added, changed }: Difference<StoredMediaResourceGroup>,
): Promise<void> {
  for (const { name, members } of [...added, ...changed]) {
    for (const device of members) {
      const row = { group_name: name, device };
      await database.insertInto('media_resource_group_member').values(row).execute();
    }
  }
}

async function writeMeetMeNumbers(
  database: Kysely<Schema>,
  { removed, added, changed }: Difference<StoredMeetMeNumber>,
): Promise<void> {
  for (const { pattern, partition } of [...removed, ...changed]) {
    await database
      .deleteFrom('meet_me_number')
      .where('pattern', '=', pattern)
      .where('partition', '=', partition)
      .execute();
  }
  for (const { pattern, partition, description, minimumSecurityLevel } of [...added, ...changed]) {
    const row = { pattern, partition, description, minimum_security_level: minimumSecurityLevel };
    await database.insertInto('meet_me_number').values(row).execute();
  }
}

async function writeParkNumbers(
  database: Kysely<Schema>,
  { removed, added, changed }: Difference<StoredParkNumber>,
): Promise<void> {
  for (const { pattern, partition } of [...removed, ...changed]) {
    await database
      .deleteFrom('park_number')
      .where('pattern', '=', pattern)
      .where('partition', '=', partition)
      .execute();
  }
  for (const { pattern, partition, description } of [...added, ...changed]) {
    await database.insertInto('park_number').values({ pattern, partition, description }).execute();
  }
}

async function writeParameters(
  database: Kysely<Schema>,
  { removed, added, changed }: Difference<readonly [name: string, value: string]>,
): Promise<void> {
  for (const [name] of [...removed, ...changed]) {
    await database.deleteFrom('service_parameter').where('name', '=', name).execute();
  }
  for (const [name, value] of [...added, ...changed]) {
    const row = { service: serviceOf(name), name, value };
    await database.insertInto('service_parameter').values(row).execute();
  }
}

/** What nothing refers to any more. */
async function removeReferred(
  database: Kysely<Schema>,
  { lines, pools, locations, common, lists, groups }: Differences,
): Promise<void> {
  for (const { directoryNumber, partition } of lines.removed) {
    await database
      .deleteFrom('line')
      .where('directory_number', '=', directoryNumber)
      .where('partition', '=', partition)
      .execute();
  }
  for (const { name } of pools.removed) {
    await database.deleteFrom('device_pool').where('name', '=', name).execute();
  }
  for (const { name } of locations.removed) {
    await database.deleteFrom('location').where('name', '=', name).execute();
  }
  for (const { name } of common.removed) {
    await database.deleteFrom('common_device_configuration').where('name', '=', name).execute();
  }
  for (const { name } of lists.removed) {
    await database.deleteFrom('media_resource_list').where('name', '=', name).execute();
  }
  for (const { name } of groups.removed) {
    await database.deleteFrom('media_resource_group').where('name', '=', name).execute();
  }
}

function deviceRow({
  description,
  devicePool,
  location,
}: StoredDevice): Omit<Schema['device'], 'key' | 'name' | 'class'> {
  return { description, device_pool: devicePool, location };
}

function phoneRow(phone: StoredPhone): Omit<Schema['phone'], 'name'> {
  return {
    model: phone.model,
    firmware: phone.firmware,
    protocol: phone.protocol,
    security_mode: phone.securityMode,
    media_resource_list: phone.mediaResourceList ?? null,
    common_device_configuration: phone.commonDeviceConfiguration ?? null,
    user_locale: phone.userLocale,
    built_in_bridge: phone.builtInBridge ?? null,
    privacy: phone.privacy ?? null,
    protected_device: phone.protectedDevice ? 1 : 0,
    media_path: phone.mediaPath ?? null,
    standard_client: phone.standardClient ? 1 : 0,
  };
}

function bridgeRow(bridge: StoredBridge): Omit<Schema['conference_bridge'], 'name'> {
  return {
    type: bridge.type,
    security_mode: bridge.securityMode,
    common_device_configuration: bridge.commonDeviceConfiguration,
  };
}

function linesOf({ phones }: Pick<CompleteConfiguration, 'phones'>): readonly StoredLine[] {
  return phones.flatMap((phone) => phone.lines);
}

function lineKey({ directoryNumber, partition }: StoredLine): string {
  return `${directoryNumber}/${partition}`;
}

function patternKey({
  pattern,
  partition,
}: Pick<StoredMeetMeNumber, 'pattern' | 'partition'>): string {
  return `${pattern}/${partition}`;
}

function otherFieldKey({ kind, key, field }: StoredOtherField): string {
  return `${kind} ${field} ${key}`;
}

/** Objects with one key count once. */
function difference<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (each: T) => string,
): Difference<T> {
  const old = new Map(before.map((each) => [keyOf(each), each]));
  const now = new Map(after.map((each) => [keyOf(each), each]));
  const kept = [...now].filter(([key]) => old.has(key));
  return {
    removed: [...old].filter(([key]) => !now.has(key)).map(([, each]) => each),
    added: [...now].filter(([key]) => !old.has(key)).map(([, each]) => each),
    changed: kept
      .filter(([key, each]) => !isDeepStrictEqual(each, old.get(key)))
      .map(([, each]) => each),
  };
}
