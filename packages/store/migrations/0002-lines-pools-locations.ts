/**
 * Device pools, locations and lines become tables of their own, which devices refer to; parameters
 * get their service.
 *
 * A table cannot be given a foreign key later in every database, so the tables that refer are read,
 * dropped, made anew and filled again. A configuration is thousands of rows, not millions.
 */
import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Databases bound the values of one statement; the smallest bound is some 32,000. */
const ROWS_PER_INSERT = 500;

/** The parameters of the first release that are not CUCM's own. */
const OURS = [
  'Media Security Policy',
  'Compute status for non-secure meet-me',
  'Certificate name literal prefix',
  'SRTP crypto suite',
];

type Row = Readonly<Record<string, string | number | null>>;

/** Children before parents, so that no row is dropped by a cascade before it is read. */
const REMADE = [
  'media_resource_group_member',
  'phone_line',
  'phone',
  'conference_bridge',
  'device',
  'service_parameter',
] as const;

type Remade = (typeof REMADE)[number];

type Tables = Record<Remade | 'device_pool' | 'location' | 'line', Record<string, unknown>>;

export const linesPoolsLocations: Migration = {
  async up(database: Kysely<Tables>): Promise<void> {
    const rows = new Map<Remade, readonly Row[]>();
    for (const table of REMADE) {
      rows.set(table, (await database.selectFrom(table).selectAll().execute()) as readonly Row[]);
      await database.schema.dropTable(table).execute();
    }
    const of = (table: Remade): readonly Row[] => rows.get(table) ?? [];

    await createReferred(database);
    await createDevices(database);
    await createLines(database);
    await createParameters(database);

    const devices = of('device');
    const pools = new Set(devices.map((row) => row.device_pool ?? null));
    const locations = new Set(devices.map((row) => row.location ?? null));
    await fill(database, 'device_pool', [...pools].map(asName));
    await fill(database, 'location', [...locations].map(asName));
    await fill(database, 'device', devices);
    await fill(database, 'phone', of('phone'));
    await fill(database, 'conference_bridge', of('conference_bridge'));
    await fill(database, 'line', linesOf(of('phone_line')));
    await fill(database, 'phone_line', of('phone_line'));
    await fill(database, 'media_resource_group_member', of('media_resource_group_member'));
    await fill(database, 'service_parameter', of('service_parameter').map(withService));
  },
};

async function createReferred({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('device_pool')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('media_resource_list', 'text', (column) =>
      column.references('media_resource_list.name'),
    )
    .execute();
  await schema
    .createTable('location')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .execute();
  await schema
    .createTable('line')
    .addColumn('directory_number', 'text', required)
    .addColumn('partition', 'text', required)
    .addPrimaryKeyConstraint('line_key', ['directory_number', 'partition'])
    .execute();
}

async function createDevices({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('device')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('class', 'text', required)
    .addColumn('description', 'text', required)
    .addColumn('device_pool', 'text', (column) => column.notNull().references('device_pool.name'))
    .addColumn('location', 'text', (column) => column.notNull().references('location.name'))
    .execute();
  await schema
    .createTable('phone')
    .addColumn('name', 'text', (column) =>
      column.primaryKey().references('device.name').onDelete('cascade'),
    )
    .addColumn('model', 'text', required)
    .addColumn('firmware', 'text', required)
    .addColumn('protocol', 'text', required)
    .addColumn('security_mode', 'text', required)
    .addColumn('media_resource_list', 'text', (column) =>
      column.references('media_resource_list.name'),
    )
    .addColumn('user_locale', 'text', required)
    .execute();
  await schema
    .createTable('conference_bridge')
    .addColumn('name', 'text', (column) =>
      column.primaryKey().references('device.name').onDelete('cascade'),
    )
    .addColumn('type', 'text', required)
    .addColumn('security_mode', 'text', required)
    .addColumn('common_device_configuration', 'text', required)
    .execute();
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
}

/** Display name and label belong to the appearance of a line on a phone, as in CUCM. */
async function createLines({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('phone_line')
    .addColumn('phone', 'text', (column) =>
      column.notNull().references('phone.name').onDelete('cascade'),
    )
    .addColumn('line_index', 'integer', required)
    .addColumn('directory_number', 'text', required)
    .addColumn('partition', 'text', required)
    .addColumn('display_name', 'text', required)
    .addColumn('label', 'text', required)
    .addPrimaryKeyConstraint('phone_line_key', ['phone', 'line_index'])
    .addForeignKeyConstraint('phone_line_line', ['directory_number', 'partition'], 'line', [
      'directory_number',
      'partition',
    ])
    .execute();
}

async function createParameters({ schema }: Kysely<Tables>): Promise<void> {
  await schema
    .createTable('service_parameter')
    .addColumn('service', 'text', required)
    .addColumn('name', 'text', required)
    .addColumn('value', 'text', required)
    .addPrimaryKeyConstraint('service_parameter_key', ['service', 'name'])
    .execute();
}

function required(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.notNull();
}

function withService(row: Row): Row {
  return { ...row, service: OURS.includes(String(row.name)) ? 'Conclave' : 'Cisco CallManager' };
}

function asName(name: string | number | null): Row {
  return { name };
}

/** One line for each directory number and partition, however many phones share it. */
function linesOf(appearances: readonly Row[]): readonly Row[] {
  const lines = new Map<string, Row>();
  for (const { directory_number = '', partition = '' } of appearances) {
    lines.set(`${directory_number}/${partition}`, { directory_number, partition });
  }
  return [...lines.values()];
}

async function fill(
  database: Kysely<Tables>,
  table: keyof Tables,
  rows: readonly Row[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    const some = rows.slice(from, from + ROWS_PER_INSERT);
    await database.insertInto(table).values(some).execute();
  }
}
