import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Store } from './store.ts';

/* Goal: no global call id is ever given twice, and each start begins at a thousand. */

let folder: string;
let file: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-call-ids-'));
  file = join(folder, 'conclave.sqlite');
  store = await Store.open(file);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('global call ids survive a restart at the next thousand (domain 3.1)', () => {
  test('each start gets a block of its own', async () => {
    expect(await store.reserveCallIds()).toBe(1);
    await store.close();
    store = await Store.open(file);
    expect(await store.reserveCallIds()).toBe(1_001);
  });

  test.each([
    [1, 1_001],
    [1_000, 1_001],
    [1_001, 2_001],
    [5_000, 5_001],
  ])('%i reserved: the next start begins at %i', async (count, next) => {
    expect(await store.reserveCallIds(count)).toBe(1);
    expect(await store.reserveCallIds()).toBe(next);
  });

  test.each([
    [1, 1_001],
    [500, 1_001],
    [501, 2_001],
    [1_500, 2_001],
    [1_501, 3_001],
    [9_999, 11_001],
  ])('call %i has its record: the next start begins at %i', async (used, next) => {
    await store.reserveCallIds();
    await store.noteCallId(used);
    await store.noteCallId(1);
    expect(await store.reserveCallIds()).toBe(next);
  });
});
