/**
 * Directory numbers, and what objects have for other systems' tools only, in their tables. Read and written
 * for the configuration.
 */
import type { Kysely } from 'kysely';
import type { StoredDirectoryNumber, StoredOtherField } from './configuration.ts';
import type { Difference } from './configuration-writer.ts';
import type { Schema } from './schema.ts';

export async function readDirectoryNumbers(
  database: Kysely<Schema>,
): Promise<readonly StoredDirectoryNumber[]> {
  const rows = await database
    .selectFrom('directory_number')
    .selectAll()
    .orderBy('pattern')
    .orderBy('partition')
    .execute();
  return rows.map(({ alerting_name: alertingName, ...row }) => ({ ...row, alertingName }));
}

export async function writeDirectoryNumbers(
  database: Kysely<Schema>,
  { removed, added, changed }: Difference<StoredDirectoryNumber>,
): Promise<void> {
  for (const { pattern, partition } of [...removed, ...changed]) {
    await database
      .deleteFrom('directory_number')
      .where('pattern', '=', pattern)
      .where('partition', '=', partition)
      .execute();
  }
  for (const { alertingName, ...row } of [...added, ...changed]) {
    await database
      .insertInto('directory_number')
      .values({ ...row, alerting_name: alertingName })
      .execute();
  }
}

export async function readOtherFields(
  database: Kysely<Schema>,
): Promise<readonly StoredOtherField[]> {
  return await database
    .selectFrom('other_field')
    .selectAll()
    .orderBy('kind')
    .orderBy('key')
    .orderBy('field')
    .execute();
}

export async function writeOtherFields(
  database: Kysely<Schema>,
  { removed, added, changed }: Difference<StoredOtherField>,
): Promise<void> {
  for (const { kind, key, field } of [...removed, ...changed]) {
    await database
      .deleteFrom('other_field')
      .where('kind', '=', kind)
      .where('key', '=', key)
      .where('field', '=', field)
      .execute();
  }
  for (const row of [...added, ...changed]) {
    await database.insertInto('other_field').values(row).execute();
  }
}
