import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MIGRATIONS, migrationProvider } from './migrations.ts';
import type { Schema } from './schema.ts';
import { NodeSqliteDialect } from './sqlite-dialect.ts';
import { Store, StoreError } from './store.ts';

/*
 * Goal: an empty file becomes the present schema; a file of the first release keeps every row; a
 * migration that fails leaves nothing behind. Method: real files, and the first release's tables made
 * by the first release's migration.
 */

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-store-'));
  file = join(folder, 'conclave.sqlite');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('names are numbered from 1 without a gap', () => {
  const numbers = Object.keys(MIGRATIONS).map((name) =>
    Number(/^(\d{4})-[a-z-]+$/.exec(name)?.[1]),
  );
  expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
});

test('an empty file gets every table; opening it again changes nothing', async () => {
  for (const _time of [1, 2]) {
    const store = await Store.open(file);
    expect(await store.readConfiguration()).toBeUndefined();
    await store.close();
  }
  expect((await tablesOf(file)).filter((name) => !name.startsWith('kysely_'))).toEqual([
    'account',
    'api_token',
    'audit',
    'cluster',
    'common_device_configuration',
    'conference_bridge',
    'counter',
    'device',
    'device_pool',
    'directory_number',
    'line',
    'location',
    'media_resource_group',
    'media_resource_group_member',
    'media_resource_list',
    'media_resource_list_group',
    'meet_me_number',
    'music_server',
    'other_field',
    'park_number',
    'phone',
    'phone_line',
    'route',
    'service_parameter',
    'sip_digest',
    'sip_trunk',
    'sip_trunk_destination',
  ]);
});

test('a file of the first release keeps its configuration and its call ids', async () => {
  await makeFirstRelease(file);
  const store = await Store.open(file);
  expect(await store.readConfiguration()).toEqual({
    cluster: { id: 'Old', securityMode: 'mixed' },
    devicePools: [{ name: 'Branch' }, { name: 'Default' }],
    locations: [{ name: 'Hub_None' }],
    commonDeviceConfigurations: [{ name: 'Branch, night' }],
    phones: ['SEP000000002001', 'SEP000000002002'].map((name, index) => ({
      name,
      model: '7961G',
      firmware: '9.4(2)',
      protocol: 'SCCP',
      securityMode: 'encrypted',
      description: '',
      devicePool: 'Default',
      location: 'Hub_None',
      userLocale: 'English_United_States',
      ...(index === 0 && { mediaResourceList: 'L' }),
      lines: [
        {
          index: 1,
          directoryNumber: '2001',
          partition: '',
          displayName: `Person ${index}`,
          label: '',
        },
      ],
    })),
    bridges: [
      {
        name: 'CFB-OLD',
        type: 'Cisco IOS Enhanced Conference Bridge',
        securityMode: 'encrypted',
        description: 'old',
        devicePool: 'Branch',
        commonDeviceConfiguration: 'Branch, night',
        location: 'Hub_None',
      },
    ],
    musicServers: [],
    mediaResourceGroups: [{ name: 'G', members: ['CFB-OLD'] }],
    mediaResourceLists: [{ name: 'L', groups: ['G'] }],
    meetMeNumbers: [],
    parkNumbers: [],
    sipTrunks: [],
    routes: [],
    directoryNumbers: [],
    otherFields: [],
    serviceParameters: {
      'Maximum Ad Hoc Conference': '8',
      'Media Security Policy': 'Disable SRTP',
    },
  });
  // The tables made anew still belong together.
  await store.phones.remove('SEP000000002001');
  await store.setServiceParameter('Media Security Policy', 'Best effort');
  expect(await store.reserveCallIds()).toBe(3_001);
  await store.close();
});

describe('what cannot be opened says so', () => {
  test('a folder that is missing', async () => {
    const opening = Store.open(join(folder, 'none', 'conclave.sqlite'));
    await expect(opening).rejects.toThrow(StoreError);
    await expect(opening).rejects.toThrow('conclave.sqlite');
  });

  test('a file that is no database', async () => {
    writeFileSync(file, 'hello '.repeat(1_000));
    await expect(Store.open(file)).rejects.toMatchObject({ code: 'STORE' });
  });

  test('a database of a later release', async () => {
    await (await Store.open(file)).close();
    const later: Migration = { up: async () => {} };
    await migrate(file, { ...MIGRATIONS, '9999-later': later });
    await expect(Store.open(file)).rejects.toThrow(/9999-later/);
  });
});

test('a migration that fails is taken back whole', async () => {
  await (await Store.open(file)).close();
  const broken: Migration = {
    up: async (database: Kysely<Schema>) => {
      await database.schema.createTable('half').addColumn('x', 'text').execute();
      await database.deleteFrom('counter').execute();
      await database.insertInto('counter').values({ name: 'call-id', value: 9_000 }).execute();
      throw new Error('power is lost');
    },
  };
  await expect(migrate(file, { ...MIGRATIONS, '9000-broken': broken })).rejects.toThrow('power');
  expect(await tablesOf(file)).not.toContain('half');
  const store = await Store.open(file);
  expect(await store.reserveCallIds()).toBe(1);
  await store.close();
});

test('every statement of the migrations can be said to PostgreSQL', async () => {
  const statements: string[] = [];
  const database = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => void statements.push(query.sql),
  });
  for (const migration of Object.values(MIGRATIONS)) await migration.up(database);
  expect(statements.filter((sql) => sql.startsWith('create table')).length).toBeGreaterThan(15);
  expect(statements.join('\n')).not.toMatch(/autoincrement|without rowid|pragma|datetime/i);
  await database.destroy();
});

test('the provider is static', async () => {
  expect(await migrationProvider.getMigrations()).toEqual(MIGRATIONS);
});

async function migrate(path: string, migrations: Record<string, Migration>): Promise<void> {
  const database = new Kysely<Schema>({ dialect: new NodeSqliteDialect(path) });
  const provider = { getMigrations: async () => migrations };
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  await database.destroy();
  if (error) throw error;
}

async function tablesOf(path: string): Promise<readonly string[]> {
  const database = new Kysely<Schema>({ dialect: new NodeSqliteDialect(path) });
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  await database.destroy();
  return tables.map(({ name }) => name).toSorted();
}

/** What the first release would have written, row by row. */
async function makeFirstRelease(path: string): Promise<void> {
  const { '0001-initial': initial } = MIGRATIONS;
  if (!initial) throw new Error('there is a first migration');
  await migrate(path, { '0001-initial': initial });
  const database = new Kysely<Record<string, Record<string, unknown>>>({
    dialect: new NodeSqliteDialect(path),
  });
  const insert = async (table: string, ...rows: Record<string, unknown>[]): Promise<void> => {
    await database.insertInto(table).values(rows).execute();
  };
  const device = { description: '', device_pool: 'Default', location: 'Hub_None' };
  const phone = {
    model: '7961G',
    firmware: '9.4(2)',
    protocol: 'SCCP',
    security_mode: 'encrypted',
    user_locale: 'English_United_States',
  };
  const names = ['SEP000000002001', 'SEP000000002002'];
  await insert('cluster', { id: 1, cluster_id: 'Old', security_mode: 1 });
  await insert('media_resource_group', { name: 'G' });
  await insert('media_resource_list', { name: 'L' });
  await insert('media_resource_list_group', { list_name: 'L', position: 0, group_name: 'G' });
  await insert('device', ...names.map((name) => ({ key: name, name, class: 'phone', ...device })));
  await insert('device', {
    ...device,
    key: 'CFB-OLD',
    name: 'CFB-OLD',
    class: 'conference-bridge',
    description: 'old',
    device_pool: 'Branch',
  });
  for (const [index, name] of names.entries()) {
    await insert('phone', { name, ...phone, media_resource_list: index === 0 ? 'L' : null });
    await insert('phone_line', {
      phone: name,
      line_index: 1,
      directory_number: '2001',
      partition: '',
      display_name: `Person ${index}`,
      label: '',
    });
  }
  await insert('conference_bridge', {
    name: 'CFB-OLD',
    type: 'Cisco IOS Enhanced Conference Bridge',
    security_mode: 'encrypted',
    common_device_configuration: 'Branch, night',
  });
  await insert('media_resource_group_member', { group_name: 'G', device: 'CFB-OLD' });
  await insert(
    'service_parameter',
    { name: 'Maximum Ad Hoc Conference', value: '8' },
    { name: 'Media Security Policy', value: 'Disable SRTP' },
  );
  await insert('counter', { name: 'call-id', value: 3_000 });
  await database.destroy();
}
