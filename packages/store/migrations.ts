/**
 * Migrations by number, in the order they are applied. One that has landed is never changed again:
 * what it made may be on somebody's disk. There is no way down; a copy of the file is the way back.
 */
import type { Migration, MigrationProvider } from 'kysely/migration';
import { initial } from './migrations/0001-initial.ts';
import { linesPoolsLocations } from './migrations/0002-lines-pools-locations.ts';
import { musicServers } from './migrations/0003-music-servers.ts';
import { phoneFeatures } from './migrations/0004-phone-features.ts';
import { sip } from './migrations/0005-sip.ts';
import { accounts } from './migrations/0006-accounts.ts';
import { poolFields } from './migrations/0007-pool-fields.ts';
import { directoryNumbers } from './migrations/0008-directory-numbers.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-initial': initial,
  '0002-lines-pools-locations': linesPoolsLocations,
  '0003-music-servers': musicServers,
  '0004-phone-features': phoneFeatures,
  '0005-sip': sip,
  '0006-accounts': accounts,
  '0007-pool-fields': poolFields,
  '0008-directory-numbers': directoryNumbers,
};

/** Static: no file system is scanned, so a bundled program migrates too. */
export const migrationProvider: MigrationProvider = {
  getMigrations: async () => ({ ...MIGRATIONS }),
};
