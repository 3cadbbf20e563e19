/**
 * `conclave backup` and `conclave restore`: everything that lasts, as one file. It holds the keys of the private
 * CA: keep it as you keep them.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf, Store } from '@conclave/store';
import { acquireLock } from './lock.ts';
import { dataDirectoryOf } from './settings.ts';

const HELP = `conclave backup FILE [--data DIR]
conclave restore FILE [--data DIR]

  backup writes the data directory to FILE (tar, gzip), also while Conclave runs on it.
  restore makes a data directory of FILE; there must be none yet, or an empty one.
  FILE holds the private keys: only you can read it.
`;

const DATABASE = 'conclave.sqlite';

/** Beside the database, as far as they are there. */
const PARTS = ['conclave.yaml', 'pki', 'locales', 'music', 'cdr'];

class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code = 'BACKUP';
}

export async function backupCommand(
  verb: 'backup' | 'restore',
  argv: readonly string[],
): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { data: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [file, more] = positionals;
  if (values.help || file === undefined || more !== undefined) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const directory = dataDirectoryOf(values.data);
  if (verb === 'backup') await backup(directory, resolve(file));
  else await restore(resolve(file), directory);
}

/** Throws an Error that has a `code` when it cannot; nothing is left behind then. */
export async function backup(directory: string, file: string): Promise<void> {
  if (!existsSync(join(directory, DATABASE))) {
    throw new BackupError(`${directory} has no ${DATABASE}.`);
  }
  if (existsSync(file)) throw new BackupError(`${file} is there already.`);
  const staging = mkdtempSync(join(dirname(file), '.conclave-backup-'));
  try {
    const store = await Store.open(join(directory, DATABASE));
    await store.copyTo(join(staging, DATABASE)).finally(() => store.close());
    for (const part of PARTS.filter((each) => existsSync(join(directory, each)))) {
      cpSync(join(directory, part), join(staging, part), { recursive: true, mode: 0 });
    }
    const made = `${staging}.tar.gz`;
    try {
      tar(['--create', '--gzip', '--file', made, '--directory', staging, '.']);
      chmodSync(made, 0o600);
      renameSync(made, file);
    } finally {
      rmSync(made, { force: true });
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Throws an Error that has a `code` when it cannot; the data directory is as it was then. */
export async function restore(file: string, directory: string): Promise<void> {
  if (!existsSync(file)) throw new BackupError(`${file} is not there.`);
  if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new BackupError(`${directory} is not empty: restore into a directory of its own.`);
  }
  mkdirSync(dirname(directory), { recursive: true });
  const staging = mkdtempSync(join(dirname(directory), `.${basename(directory)}-restore-`));
  try {
    tar(['--extract', '--gzip', '--no-same-owner', '--file', file, '--directory', staging]);
    await check(staging);
    chmodSync(staging, 0o700);
    rmSync(directory, { recursive: true, force: true });
    renameSync(staging, directory);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  // From now on it is one that can be started on.
  acquireLock(directory)();
}

/** What was in the file is a configuration that this release can use; an older one is brought up to date. */
async function check(directory: string): Promise<void> {
  if (!existsSync(join(directory, DATABASE))) {
    throw new BackupError(`There is no ${DATABASE} in it: it is no backup of Conclave.`);
  }
  const store = await Store.open(join(directory, DATABASE));
  try {
    const stored = await store.readConfiguration();
    const [fault] = stored ? faultsOf(stored) : [];
    if (fault) throw new BackupError(`${fault.field}: ${fault.rule}`);
  } finally {
    await store.close();
  }
}

function tar(words: readonly string[]): void {
  const { status, stderr, error } = spawnSync('tar', words, { encoding: 'utf8' });
  if (error) throw new BackupError(`tar: ${error.message}`);
  if (status !== 0) throw new BackupError(`tar: ${stderr.trim().split('\n')[0]}`);
}
