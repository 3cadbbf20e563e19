/** What only SIP has in the tables: digests, trunks, routes. Read and written for the configuration. */
import type { Kysely } from 'kysely';
import type {
  StoredDestination,
  StoredDigest,
  StoredPhone,
  StoredRoute,
  StoredSipTrunk,
} from './configuration.ts';
import type { Schema } from './schema.ts';

/** By device, as the field that it is there. */
export async function readDigests(
  database: Kysely<Schema>,
): Promise<ReadonlyMap<string, { readonly digest: StoredDigest }>> {
  const rows = await database.selectFrom('sip_digest').selectAll().execute();
  return new Map(rows.map(({ device, ...digest }) => [device, { digest }]));
}

export async function readSipTrunks(database: Kysely<Schema>): Promise<readonly StoredSipTrunk[]> {
  const rows = await database
    .selectFrom('sip_trunk')
    .innerJoin('device', 'device.name', 'sip_trunk.name')
    .selectAll('sip_trunk')
    .select(['device.description', 'device.device_pool', 'device.location'])
    .orderBy('sip_trunk.name')
    .execute();
  const destinations = await readDestinations(database);
  const digests = await readDigests(database);
  return rows.map((row) => ({
    name: row.name,
    description: row.description,
    devicePool: row.device_pool,
    location: row.location,
    destinations: destinations.get(row.name) ?? [],
    transport: row.transport,
    srtpAllowed: row.srtp_allowed === 1,
    trustSecurityStatus: row.trust_security_status === 1,
    onNet: row.on_net === 1,
    ...(row.certificate_name !== null && { certificateName: row.certificate_name }),
    ...digests.get(row.name),
  }));
}

export async function readRoutes(database: Kysely<Schema>): Promise<readonly StoredRoute[]> {
  return await database
    .selectFrom('route')
    .selectAll()
    .orderBy('pattern')
    .orderBy('partition')
    .execute();
}

/** Puts the digest of a device in the place of the one that is stored. */
export async function writeDigest(
  database: Kysely<Schema>,
  { name, digest }: Pick<StoredPhone | StoredSipTrunk, 'name' | 'digest'>,
): Promise<void> {
  await database.deleteFrom('sip_digest').where('device', '=', name).execute();
  if (!digest) return;
  await database
    .insertInto('sip_digest')
    .values({ device: name, ...digest })
    .execute();
}

/** Of a device that is stored, whether the trunk is new or not. */
export async function writeSipTrunk(
  database: Kysely<Schema>,
  trunk: StoredSipTrunk,
): Promise<void> {
  const { name, transport, certificateName = null } = trunk;
  const row = {
    transport,
    srtp_allowed: trunk.srtpAllowed ? 1 : 0,
    trust_security_status: trunk.trustSecurityStatus ? 1 : 0,
    on_net: trunk.onNet ? 1 : 0,
    certificate_name: certificateName,
  };
  await database
    .insertInto('sip_trunk')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
  await database.deleteFrom('sip_trunk_destination').where('trunk', '=', name).execute();
  for (const [position, { host, port = null }] of trunk.destinations.entries()) {
    const destination = { trunk: name, position, host, port };
    await database.insertInto('sip_trunk_destination').values(destination).execute();
  }
  await writeDigest(database, trunk);
}

/** Those that are there no more are removed already: they would hold their trunks. */
export async function writeRoutes(
  database: Kysely<Schema>,
  {
    added,
    changed,
  }: { readonly added: readonly StoredRoute[]; readonly changed: readonly StoredRoute[] },
): Promise<void> {
  for (const { pattern, partition, description, trunk } of [...added, ...changed]) {
    const row = { pattern, partition, description, trunk };
    await database.insertInto('route').values(row).execute();
  }
}

async function readDestinations(
  database: Kysely<Schema>,
): Promise<ReadonlyMap<string, readonly StoredDestination[]>> {
  const rows = await database
    .selectFrom('sip_trunk_destination')
    .selectAll()
    .orderBy('position')
    .execute();
  const destinations = Map.groupBy(rows, ({ trunk }) => trunk);
  return new Map(
    [...destinations].map(([trunk, own]) => [
      trunk,
      own.map(({ host, port }) => ({ host, ...(port !== null && { port }) })),
    ]),
  );
}
