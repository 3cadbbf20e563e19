import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileNameOf, SealedFiles } from './sealed-files.ts';

/* Goal: nothing is on the disk in clear, nothing that was changed is read, and after a week nothing is left. */

const NOW = Date.UTC(2026, 1, 3, 12);
const DAY = 86_400_000;
const FILE = '02-03-2026.pkt';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-sealed-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('CAP-04: what was appended is read again, also after a restart; the disk has none of it', async () => {
  await open().append('packets', Buffer.from('first '), NOW);
  await open().append('packets', Buffer.from('second'), NOW);
  await open().append('keys', Buffer.from('secret'), NOW);
  expect(fileNameOf(NOW)).toBe(FILE);
  expect(await text('packets')).toBe('first second');
  expect(await text('keys')).toBe('secret');
  for (const name of readdirSync(join(folder, 'captures'))) {
    const path = join(folder, 'captures', name);
    expect(readFileSync(path, 'latin1')).not.toMatch(/first|second|secret/);
    expect(statSync(path).mode & 0o077).toBe(0);
  }
  expect(await open().list()).toEqual([{ file: FILE, sizeBytes: 2 * (4 + 12 + 16 + 6) }]);
});

test('a changed octet, another place and another file are not read', async () => {
  const files = open();
  for (const word of ['one', 'two']) await files.append('packets', Buffer.from(word), NOW);
  const path = join(folder, 'captures', FILE);
  const whole = readFileSync(path);
  const half = whole.length / 2;
  writeFileSync(path, Buffer.concat([whole.subarray(half), whole.subarray(0, half)]));
  expect(await text('packets')).toBe('');
  writeFileSync(join(folder, 'captures', `${FILE}.keys`), whole);
  expect(await text('keys')).toBe('');
  whole[half + 20] = (whole[half + 20] ?? 0) ^ 1;
  writeFileSync(path, whole);
  expect(await text('packets')).toBe('one');
});

test('what a full disk cut off is left out, and the next chunk takes its place', async () => {
  await open().append('packets', Buffer.from('one'), NOW);
  const path = join(folder, 'captures', FILE);
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([0, 0, 0, 90, 1, 2])]));
  expect(await text('packets')).toBe('one');
  await open().append('packets', Buffer.from('two'), NOW);
  expect(await text('packets')).toBe('onetwo');
});

test('CAP-04: a file is kept for seven days, and goes with its keys', async () => {
  const files = open();
  for (const part of ['packets', 'keys'] as const) await files.append(part, Buffer.from('x'), NOW);
  await files.expire(NOW + 6 * DAY);
  expect(await files.list()).toHaveLength(1);
  await files.expire(NOW + 7 * DAY);
  expect(readdirSync(join(folder, 'captures'))).toEqual([]);
});

test.each(['../pki/ca/ca.key', '02-03-2026.pkt.keys', '02-04-2026.pkt', ''])(
  'there is no file %j',
  async (name) => {
    await open().append('keys', Buffer.from('x'), NOW);
    expect(await open().read(name, 'packets')).toBeUndefined();
  },
);

function open(): SealedFiles {
  return new SealedFiles(join(folder, 'captures'), join(folder, 'pki', 'captures.key'));
}

async function text(part: 'packets' | 'keys'): Promise<string> {
  return String(await open().read(FILE, part));
}
