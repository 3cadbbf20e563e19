/** The configuration database: opened and migrated, read whole, replaced whole. */
import { Kysely, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { StoredBridge, StoredConfiguration, StoredPhone } from './configuration.ts';
import { migrationProvider } from './migrations.ts';
import type { Schema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { faultsOf, ValidationError } from './validation.ts';

/** Global call ids go on at the next thousand after a restart (domain 3.1). */
const CALL_ID_BLOCK = 1000;

/** The database cannot be used; the message says why. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
}

export class Store {
  readonly #database: Kysely<Schema>;

  private constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  /** Opens and migrates. `file` may be `:memory:`. Throws a StoreError when it cannot. */
  static async open(file: string): Promise<Store> {
    const database = new Kysely<Schema>({ dialect: new NodeSqliteDialect(file) });
    try {
      const { error } = await new Migrator({
        db: database,
        provider: migrationProvider,
      }).migrateToLatest();
      if (error) throw error;
    } catch (error) {
      await database.destroy().catch(() => {});
      throw new StoreError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return new Store(database);
  }

  async close(): Promise<void> {
    await this.#database.destroy();
  }

  /** Undefined before anything was ever stored. */
  async readConfiguration(): Promise<StoredConfiguration | undefined> {
    const database = this.#database;
    const cluster = await database.selectFrom('cluster').selectAll().executeTakeFirst();
    if (!cluster) return undefined;
    const parameters = await database.selectFrom('service_parameter').selectAll().execute();
    const meetMe = await database
      .selectFrom('meet_me_number')
      .selectAll()
      .orderBy('pattern')
      .execute();
    return {
      cluster: {
        id: cluster.cluster_id,
        securityMode: cluster.security_mode === 1 ? 'mixed' : 'nonsecure',
      },
      phones: await this.#phones(),
      bridges: await this.#bridges(),
      ...(await this.#mediaResources()),
      meetMeNumbers: meetMe.map((row) => ({
        pattern: row.pattern,
        partition: row.partition,
        description: row.description,
        minimumSecurityLevel: row.minimum_security_level,
      })),
      serviceParameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    };
  }

  /** Replaces everything, or nothing. Throws a ValidationError that names fields and rules. */
  async writeConfiguration(configuration: StoredConfiguration): Promise<void> {
    const faults = faultsOf(configuration);
    if (faults.length > 0) throw new ValidationError(faults);
    await this.#database.transaction().execute(async (transaction) => {
      await clear(transaction);
      await transaction
        .insertInto('cluster')
        .values({
          id: 1,
          cluster_id: configuration.cluster.id,
          security_mode: configuration.cluster.securityMode === 'mixed' ? 1 : 0,
        })
        .execute();
      for (const phone of configuration.phones) await insertPhone(transaction, phone);
      for (const bridge of configuration.bridges) await insertBridge(transaction, bridge);
      await insertMediaResources(transaction, configuration);
      for (const number of configuration.meetMeNumbers) {
        await transaction
          .insertInto('meet_me_number')
          .values({
            pattern: number.pattern,
            partition: number.partition,
            description: number.description,
            minimum_security_level: number.minimumSecurityLevel,
          })
          .execute();
      }
      for (const [name, value] of Object.entries(configuration.serviceParameters)) {
        await transaction.insertInto('service_parameter').values({ name, value }).execute();
      }
    });
  }

  /** The first global call id of this run: no earlier run has used it or any after it. */
  async reserveCallIds(): Promise<number> {
    return await this.#database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('counter')
        .select('value')
        .where('name', '=', 'call-id')
        .executeTakeFirst();
      const first = Number(row?.value ?? 0) + 1;
      await this.#storeCounter(transaction, first - 1 + CALL_ID_BLOCK, row !== undefined);
      return first;
    });
  }

  /** Keeps the counter ahead of the calls made; a kill skips at most one block of numbers. */
  async noteCallId(used: number): Promise<void> {
    const next = (Math.floor(used / CALL_ID_BLOCK) + 1) * CALL_ID_BLOCK;
    await this.#database
      .updateTable('counter')
      .set({ value: next })
      .where('name', '=', 'call-id')
      .where('value', '<', next)
      .execute();
  }

  async #storeCounter(
    transaction: Transaction<Schema>,
    value: number,
    known: boolean,
  ): Promise<void> {
    if (known) {
      await transaction
        .updateTable('counter')
        .set({ value })
        .where('name', '=', 'call-id')
        .execute();
      return;
    }
    await transaction.insertInto('counter').values({ name: 'call-id', value }).execute();
  }

  async #phones(): Promise<readonly StoredPhone[]> {
    const rows = await this.#database
      .selectFrom('phone')
      .innerJoin('device', 'device.name', 'phone.name')
      .selectAll()
      .orderBy('phone.name')
      .execute();
    const lines = await this.#database
      .selectFrom('phone_line')
      .selectAll()
      .orderBy('phone')
      .orderBy('line_index')
      .execute();
    return rows.map((row) => ({
      name: row.name,
      model: row.model,
      firmware: row.firmware,
      protocol: row.protocol,
      securityMode: row.security_mode,
      description: row.description,
      devicePool: row.device_pool,
      location: row.location,
      userLocale: row.user_locale,
      ...(row.media_resource_list !== null && { mediaResourceList: row.media_resource_list }),
      lines: lines
        .filter((line) => line.phone === row.name)
        .map((line) => ({
          index: line.line_index,
          directoryNumber: line.directory_number,
          partition: line.partition,
          displayName: line.display_name,
          label: line.label,
        })),
    }));
  }

  async #bridges(): Promise<readonly StoredBridge[]> {
    const rows = await this.#database
      .selectFrom('conference_bridge')
      .innerJoin('device', 'device.name', 'conference_bridge.name')
      .selectAll()
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

  async #mediaResources(): Promise<
    Pick<StoredConfiguration, 'mediaResourceGroups' | 'mediaResourceLists'>
  > {
    const database = this.#database;
    const groups = await database.selectFrom('media_resource_group').selectAll().execute();
    const members = await database.selectFrom('media_resource_group_member').selectAll().execute();
    const lists = await database.selectFrom('media_resource_list').selectAll().execute();
    const order = await database
      .selectFrom('media_resource_list_group')
      .selectAll()
      .orderBy('position')
      .execute();
    return {
      mediaResourceGroups: groups.map(({ name }) => ({
        name,
        members: members.filter((row) => row.group_name === name).map((row) => row.device),
      })),
      mediaResourceLists: lists.map(({ name }) => ({
        name,
        groups: order.filter((row) => row.list_name === name).map((row) => row.group_name),
      })),
    };
  }
}

async function clear(transaction: Transaction<Schema>): Promise<void> {
  const tables = [
    'cluster',
    'media_resource_list',
    'media_resource_group',
    'meet_me_number',
    'service_parameter',
    'device',
  ] as const;
  // Everything else hangs on these and goes with them.
  for (const table of tables) await transaction.deleteFrom(table).execute();
}

async function insertPhone(transaction: Transaction<Schema>, phone: StoredPhone): Promise<void> {
  await transaction
    .insertInto('device')
    .values({
      key: phone.name.toUpperCase(),
      name: phone.name,
      class: 'phone',
      description: phone.description,
      device_pool: phone.devicePool,
      location: phone.location,
    })
    .execute();
  await transaction
    .insertInto('phone')
    .values({
      name: phone.name,
      model: phone.model,
      firmware: phone.firmware,
      protocol: phone.protocol,
      security_mode: phone.securityMode,
      media_resource_list: phone.mediaResourceList ?? null,
      user_locale: phone.userLocale,
    })
    .execute();
  for (const line of phone.lines) {
    await transaction
      .insertInto('phone_line')
      .values({
        phone: phone.name,
        line_index: line.index,
        directory_number: line.directoryNumber,
        partition: line.partition,
        display_name: line.displayName,
        label: line.label,
      })
      .execute();
  }
}

async function insertBridge(transaction: Transaction<Schema>, bridge: StoredBridge): Promise<void> {
  await transaction
    .insertInto('device')
    .values({
      key: bridge.name.toUpperCase(),
      name: bridge.name,
      class: 'conference-bridge',
      description: bridge.description,
      device_pool: bridge.devicePool,
      location: bridge.location,
    })
    .execute();
  await transaction
    .insertInto('conference_bridge')
    .values({
      name: bridge.name,
      type: bridge.type,
      security_mode: bridge.securityMode,
      common_device_configuration: bridge.commonDeviceConfiguration,
    })
    .execute();
}

async function insertMediaResources(
  transaction: Transaction<Schema>,
  { mediaResourceGroups, mediaResourceLists }: StoredConfiguration,
): Promise<void> {
  for (const { name, members } of mediaResourceGroups) {
    await transaction.insertInto('media_resource_group').values({ name }).execute();
    for (const device of members) {
      await transaction
        .insertInto('media_resource_group_member')
        .values({ group_name: name, device })
        .execute();
    }
  }
  for (const { name, groups } of mediaResourceLists) {
    await transaction.insertInto('media_resource_list').values({ name }).execute();
    for (const [position, group] of groups.entries()) {
      await transaction
        .insertInto('media_resource_list_group')
        .values({ list_name: name, position, group_name: group })
        .execute();
    }
  }
}
