import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confer, House, icons, meetMe, until } from './house.ts';

/*
 * Goal: the running system says why, and what would be if, through its own commands; what was only
 * tried has not happened.
 */

const main = join(import.meta.dirname, '..', '..', 'apps', 'conclave', 'main.ts');
const NONSECURE = 'SEP000000001005';

let house: House;
let phones: Awaited<ReturnType<House['phones']>>;

beforeAll(async () => {
  house = await House.open();
  await house.bridge();
  phones = await house.phones('1001', '1002', '1005');
  await confer(...phones);
  await icons(phones, 'call');
});
afterAll(() => house.close());

test('STA-04: the proof names the nonsecure phone, and how the bridge was chosen', async () => {
  const [conference] = await json('why', '--json', 'conferences');
  expect(conference).toMatchObject({
    kind: 'conferences',
    title: 'ad-hoc conference on CFB-SECURE',
    why: { level: 'nonsecure', rules: ['D-01'] },
  });
  const { stdout } = await run('why', '1005');
  expect(stdout).toMatch(/\* D-01 +nonsecure +SEP000000001005 signals in clear text/);
  expect(stdout).toMatch(/D-03 +encrypted +Conference bridge CFB-SECURE was chosen/);
  expect(stdout).toContain('fix: Set the device security mode of SEP000000001005 to Encrypted');
});

test('MTM-02, CDR-04: a refusal is explained by what was too low', async () => {
  const phone = await house.phone('1004');
  await meetMe(phone, '5002');
  await until(() => house.manager.engine.state.refusals.length > 0, 'the refusal');
  const [refusal] = await json('why', '--json', 'SEP000000001004');
  expect(refusal).toMatchObject({
    kind: 'refusals',
    why: { rules: expect.arrayContaining(['D-01']) },
  });
  const { stdout } = await run('why', 'refusals');
  expect(stdout).toContain('SEP000000001004: meet-me refused (cause 58)');
  expect(stdout).toContain(
    'MTM-02  encrypted     Meet-me number 5002 demands encrypted of everybody.',
  );
});

test('LST-04, STA-03: what if the nonsecure phone were removed: nothing happens but on the copy', async () => {
  const { stdout } = await run('whatif', '1001: remove 1005');
  expect(stdout).toContain('SEP000000001001 connected Alan Turing [lock]');
  await icons(phones, 'call');
  const [conference] = house.manager.engine.state.conferences.values();
  expect(conference?.participants).toHaveLength(3);
  const remedies = (await run('whatif', '--encrypt')).stdout;
  expect(remedies).toContain(`- Set the device security mode of ${NONSECURE} to Encrypted`);
  expect(remedies).toContain(`- Remove Hedy Lamarr (${NONSECURE}).`);
});

test('a step that makes no sense is named, and nothing is tried', async () => {
  await expect(run('whatif', '1001: dance')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('dance'),
  });
});

async function json(...words: readonly string[]): Promise<readonly unknown[]> {
  return JSON.parse((await run(...words)).stdout);
}

function run(...words: readonly string[]): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(process.execPath, [main, ...words, '--data', house.data]);
}
