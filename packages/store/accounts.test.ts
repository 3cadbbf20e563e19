/* Goal: accounts and tokens are kept; the trail tells when it was tampered with. Method: a store in memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Store } from './store.ts';

const ENTRY = { atMs: 1, user: 'ada', from: '::1', action: 'PUT x', outcome: 'done', detail: '{}' };

test('an account takes the place of the one of its name, and takes its tokens along', async () => {
  const { accounts } = await Store.open(':memory:');
  await accounts.putAccount({ name: 'ada', role: 'auditor', passwordHash: 'a' });
  await accounts.putAccount({ name: 'ada', role: 'administrator', passwordHash: 'b' });
  expect(await accounts.accounts()).toEqual([
    { name: 'ada', role: 'administrator', passwordHash: 'b' },
  ]);
  await accounts.putToken({ id: '1', user: 'ada', label: 'wall', hash: 'h', createdMs: 5 });
  expect(await accounts.tokenOf('h')).toMatchObject({ user: 'ada', createdMs: 5 });
  expect(await accounts.removeToken('bob', '1')).toBe(false);
  expect(await accounts.removeAccount('ada')).toBe(true);
  expect(await accounts.tokenOf('h')).toBeUndefined();
  expect(await accounts.removeAccount('ada')).toBe(false);
});

test.each([
  ["UPDATE audit SET user = 'bob' WHERE number = 2", 2],
  ['DELETE FROM audit WHERE number = 1', 1],
  ['DELETE FROM audit WHERE number = 2', 2],
])('the trail is broken by: %s', async (statement, first) => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-store-'));
  const file = join(folder, 'conclave.sqlite');
  try {
    const store = await Store.open(file);
    for (let count = 0; count < 3; count++) await store.accounts.audit({ ...ENTRY, atMs: count });
    expect(await store.accounts.brokenAuditEntry()).toBeUndefined();
    expect((await store.accounts.auditTrail(2)).map(({ atMs }) => atMs)).toEqual([2, 1]);
    const other = new DatabaseSync(file);
    other.exec(statement);
    other.close();
    expect(await store.accounts.brokenAuditEntry()).toBe(first);
    await store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
