/* Goal: what was backed up is there again, and nothing is written over. Method: real directories. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_CONFIGURATION, Store } from '@conclave/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { backup, restore } from './backup.ts';

let folder: string;
let data: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-backup-'));
  data = join(folder, 'data');
  file = join(folder, 'backup.tar.gz');
  mkdirSync(join(data, 'pki', 'ca'), { recursive: true });
  mkdirSync(join(data, 'run'));
  writeFileSync(join(data, 'pki', 'ca', 'ca.key'), 'secret', { mode: 0o600 });
  writeFileSync(join(data, 'conclave.yaml'), 'sccpPort: 2000\n');
  const store = await Store.open(join(data, 'conclave.sqlite'));
  await store.seedConfiguration(SAMPLE_CONFIGURATION);
  await store.accounts.putAccount({ name: 'ada', role: 'auditor', passwordHash: 'x' });
  await store.close();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a restored directory has everything that lasts, and keys that only their owner reads', async () => {
  const running = await Store.open(join(data, 'conclave.sqlite'));
  await backup(data, file);
  await running.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const again = join(folder, 'again');
  await restore(file, again);
  const key = join(again, 'pki', 'ca', 'ca.key');
  expect(readFileSync(key, 'utf8')).toBe('secret');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(again, 'conclave.yaml'), 'utf8')).toBe('sccpPort: 2000\n');
  const store = await Store.open(join(again, 'conclave.sqlite'));
  const before = await Store.open(join(data, 'conclave.sqlite'));
  expect(await store.readConfiguration()).toEqual(await before.readConfiguration());
  expect(await store.accounts.accounts()).toHaveLength(1);
  await store.close();
  await before.close();
  expect(readdirSync(folder).toSorted()).toEqual(['again', 'backup.tar.gz', 'data']);
});

test('nothing is written over: neither a backup nor a data directory', async () => {
  await backup(data, file);
  await expect(backup(data, file)).rejects.toThrow('is there already');
  await expect(restore(file, data)).rejects.toThrow('is not empty');
  expect(readFileSync(join(data, 'pki', 'ca', 'ca.key'), 'utf8')).toBe('secret');
});

test.each([
  ['no backup at all', 'hello'],
  ['one that is cut off', undefined],
])('of %s nothing is left behind', async (_what, text) => {
  await backup(data, file);
  const bytes = text ?? readFileSync(file).subarray(0, 500);
  writeFileSync(file, bytes);
  const again = join(folder, 'again');
  await expect(restore(file, again)).rejects.toMatchObject({ code: expect.any(String) });
  expect(existsSync(again)).toBe(false);
  expect(readdirSync(folder).toSorted()).toEqual(['backup.tar.gz', 'data']);
});
