/*
 * Goal: what happened in a conference is found by its security, opened, exported, and its signed timeline is there; who
 * may not read records is not offered them. Method: a real conference, whose records a real browser looks for.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confer, House, hangUp, icons, until } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

let house: House;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
  await house.bridge('CFB-SECURE');
  const phones = await house.phones('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
  for (const phone of phones) await hangUp(phone);
  await until(() => house.manager.engine.state.conferences.size === 0, 'the conference to be over');
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('CDR-01, CDR-02: search by both security fields, the record, and an export', async () => {
  const console = await Console.open(browser, house);
  const { page } = console;
  await console.logIn('auditor');
  await console.choose('CDR Analysis and Reporting', 'CDR Search');
  await console.says(/records found/);
  await console.select('Conference secured status', 'Encrypted');
  await console.press('Search');
  await console.says('3 records found');
  await console.select('Call secured status', 'Nonsecure');
  await console.press('Search');
  await console.says('0 records found');
  await console.select('Call secured status', 'Any');
  await console.fill('Number', '1002');
  await console.press('Search');
  await console.says('1 record found');
  await page.getByRole('button', { name: /^Open record/ }).click();
  await page.getByRole('dialog').getByText('conferenceSecuredStatus').waitFor();
  await console.press('Close');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CUCM format' }).click();
  const lines = readFileSync(await (await download).path(), 'utf8').split('\n');
  expect([lines[0]?.startsWith('"cdrRecordType"'), lines.length]).toEqual([true, 4]);
  expect(console.complaints).toEqual([]);
  await console.close();
});

test('the signed timeline is there, and verified by a machine that knows only the authority', async () => {
  const console = await Console.open(browser, house, { locale: 'es-ES', width: 375 });
  const { page } = console;
  await console.logIn('administrator');
  await console.visit('/records/timelines');
  await console.says('Firmado por conclave-records');
  expect(await console.overflow()).toBeLessThanOrEqual(0);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /\.timeline$/ }).click();
  const file = join(house.data, 'downloaded.timeline');
  writeFileSync(file, readFileSync(await (await download).path()));
  const verified = spawnSync(
    process.execPath,
    ['apps/conclave/main.ts', 'verify', file, '--ca', join(house.data, 'pki/ca/ca.pem')],
    { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' },
  );
  expect(verified.stdout).toContain('Everything is as it was written.');
  await console.close();
});

test('who may not read records is not offered them', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('read-only');
  expect((await console.menu()).filter((path) => path.startsWith('/records'))).toEqual([]);
  await console.close();
});
