/**
 * The configuration database: opened and migrated, read whole, changed as a whole or one object at a
 * time. Whatever is stored has kept every rule of `validation.ts`, and a change is all or nothing.
 */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { Kysely, sql, type Transaction } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Accounts } from './accounts.ts';
import { Collection, type CollectionField, type ObjectOf } from './collection.ts';
import {
  type CompleteConfiguration,
  completed,
  EMPTY_CONFIGURATION,
  type StoredCluster,
  type StoredConfiguration,
} from './configuration.ts';
import { readConfiguration } from './configuration-reader.ts';
import { parseConfiguration } from './configuration-shape.ts';
import { writeDifference } from './configuration-writer.ts';
import { ValidationError } from './fault.ts';
import { migrationProvider } from './migrations.ts';
import type { Schema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { ruleFaults } from './validation.ts';

/** Global call ids go on at the next thousand after a restart (domain 3.1). */
export const CALL_ID_BLOCK = 1_000;

/** Calls that may be in progress, and so without a record yet, ahead of the latest record. */
const CALL_ID_MARGIN = 500;

/** The database cannot be used; the message says why. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
}

export class Store {
  /** By name. */
  readonly phones: Collection<'phones'> = this.#collection('phones', nameOf);
  /** By name. */
  readonly bridges: Collection<'bridges'> = this.#collection('bridges', nameOf);
  /** By name. */
  readonly musicServers: Collection<'musicServers'> = this.#collection('musicServers', nameOf);
  /** By name. */
  readonly devicePools: Collection<'devicePools'> = this.#collection('devicePools', nameOf);
  /** By name. */
  readonly locations: Collection<'locations'> = this.#collection('locations', nameOf);
  /** By name. */
  readonly commonDeviceConfigurations: Collection<'commonDeviceConfigurations'> = this.#collection(
    'commonDeviceConfigurations',
    nameOf,
  );
  /** By name. */
  readonly mediaResourceGroups: Collection<'mediaResourceGroups'> = this.#collection(
    'mediaResourceGroups',
    nameOf,
  );
  /** By name. */
  readonly mediaResourceLists: Collection<'mediaResourceLists'> = this.#collection(
    'mediaResourceLists',
    nameOf,
  );
  /** By `meetMeKey`: the pattern, and the partition unless it is none. */
  readonly meetMeNumbers: Collection<'meetMeNumbers'> = this.#collection(
    'meetMeNumbers',
    meetMeKey,
  );
  /** By `meetMeKey` too. */
  readonly parkNumbers: Collection<'parkNumbers'> = this.#collection('parkNumbers', meetMeKey);
  /** By name. */
  readonly sipTrunks: Collection<'sipTrunks'> = this.#collection('sipTrunks', nameOf);
  /** By `meetMeKey` too. */
  readonly routes: Collection<'routes'> = this.#collection('routes', meetMeKey);
  /** By `meetMeKey` too. */
  readonly directoryNumbers: Collection<'directoryNumbers'> = this.#collection(
    'directoryNumbers',
    meetMeKey,
  );
  readonly accounts: Accounts;
  readonly #database: Kysely<Schema>;
  /** What `noteCallId` has written. */
  #reserved = 0;

  private constructor(database: Kysely<Schema>) {
    this.#database = database;
    this.accounts = new Accounts(database);
  }

  /** Opens and migrates. `file` may be `:memory:`. Throws a StoreError when it cannot. */
  static async open(file: string): Promise<Store> {
    makePrivate(file);
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

  /** A copy of the database as it is at one moment, also while others use it. `file` must not be there. */
  async copyTo(file: string): Promise<void> {
    await sql`vacuum into ${file}`.execute(this.#database);
  }

  /** Undefined before anything was ever stored. */
  async readConfiguration(): Promise<CompleteConfiguration | undefined> {
    return await this.#database.transaction().execute(readConfiguration);
  }

  /**
   * Replaces everything, or nothing; only what differs is written. The value may come from anywhere:
   * its shape is checked too. Throws a ValidationError that names fields and rules.
   */
  async writeConfiguration(configuration: StoredConfiguration): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      const before = await readConfiguration(transaction);
      await replace(transaction, before, configuration);
    });
  }

  /** Stores `sample` if nothing was ever stored. Gives what is stored then. */
  async seedConfiguration(sample: StoredConfiguration): Promise<CompleteConfiguration> {
    return await this.#database.transaction().execute(async (transaction) => {
      const before = await readConfiguration(transaction);
      return before ?? (await replace(transaction, before, sample));
    });
  }

  /**
   * Stores what `edit` makes of the present configuration, or nothing when it throws or the result
   * breaks a rule; nobody else writes meanwhile. Gives what is stored then.
   */
  async changeConfiguration(
    edit: (before: CompleteConfiguration) => StoredConfiguration,
  ): Promise<CompleteConfiguration> {
    return await this.#database.transaction().execute(async (transaction) => {
      const before = await readConfiguration(transaction);
      return await replace(transaction, before, edit(before ?? EMPTY_CONFIGURATION));
    });
  }

  async setCluster(cluster: StoredCluster): Promise<void> {
    await this.changeConfiguration((before) => ({ ...before, cluster }));
  }

  /** Sets a service parameter; undefined sets it to its default. */
  async setServiceParameter(name: string, value: string | undefined): Promise<void> {
    await this.changeConfiguration((before) => {
      const { [name]: _old, ...others } = before.serviceParameters;
      const serviceParameters = value === undefined ? others : { ...others, [name]: value };
      return { ...before, serviceParameters };
    });
  }

  /**
   * The first of `count` global call ids that no run has used or will be given. It is one more than a
   * multiple of a thousand, whatever the run before has used.
   */
  async reserveCallIds(count: number = CALL_ID_BLOCK): Promise<number> {
    return await this.#database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('counter')
        .select('value')
        .where('name', '=', 'call-id')
        .executeTakeFirst();
      const used = Number(row?.value ?? 0);
      const value = wholeBlocks(used + count);
      if (row) await setCounter(transaction, value);
      else await transaction.insertInto('counter').values({ name: 'call-id', value }).execute();
      return used + 1;
    });
  }

  /**
   * Keeps the reserved ids ahead of those in use. `used` is the id of a call that has its record;
   * calls up to `CALL_ID_MARGIN` later may be in progress.
   */
  async noteCallId(used: number): Promise<void> {
    const reserved = wholeBlocks(used + CALL_ID_MARGIN);
    if (reserved <= this.#reserved) return;
    await setCounter(this.#database, reserved);
    this.#reserved = reserved;
  }

  #collection<Field extends CollectionField>(
    field: Field,
    keyOf: (object: ObjectOf<Field>) => string,
  ): Collection<Field> {
    return new Collection(field, keyOf, {
      read: async () => (await this.readConfiguration()) ?? EMPTY_CONFIGURATION,
      change: (edit) => this.changeConfiguration(edit),
    });
  }
}

/** The key of a meet-me number in `Store.meetMeNumbers`, and of other patterns. */
export function meetMeKey(number: {
  readonly pattern: string;
  readonly partition: string;
}): string {
  return number.partition === '' ? number.pattern : `${number.pattern}/${number.partition}`;
}

async function replace(
  transaction: Transaction<Schema>,
  before: CompleteConfiguration | undefined,
  configuration: StoredConfiguration,
): Promise<CompleteConfiguration> {
  const parsed = parseConfiguration(configuration);
  if (!parsed.ok) throw new ValidationError(parsed.faults);
  const after = completed(parsed.configuration, before);
  const faults = ruleFaults(after);
  if (faults.length > 0) throw new ValidationError(faults);
  await writeDifference(transaction, before, after);
  return after;
}

/** Never backwards. */
async function setCounter(database: Kysely<Schema>, value: number): Promise<void> {
  await database
    .updateTable('counter')
    .set({ value })
    .where('name', '=', 'call-id')
    .where('value', '<', value)
    .execute();
}

function wholeBlocks(count: number): number {
  return Math.ceil(count / CALL_ID_BLOCK) * CALL_ID_BLOCK;
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

/** Hashes of passwords are in it. SQLite gives the files beside it the same mode. */
function makePrivate(file: string): void {
  if (file === ':memory:') return;
  try {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  } catch {
    // Opening the database says what is wrong.
  }
}
