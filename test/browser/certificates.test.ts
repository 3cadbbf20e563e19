/*
 * Goal: an administrator sees which certificates there are and when they end, has one issued anew and installs one of
 * his own authority, with the fault named when it is wrong. Method: a real browser, an authority of the test's.
 */
import { readFileSync } from 'node:fs';
import { createAuthority, issueLeaf, KeyStore } from '@conclave/pki';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

let house: House;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
});
afterAll(async () => {
  await browser.close();
  await house.close();
});

test('TIP-15, SUP-04, SUP-05, D-25: re-issue, upload, install, and what is refused', async () => {
  const now = new Date();
  const theirs = await createAuthority('Example CA', now);
  const keys = new KeyStore(house.data);
  const key = readFileSync(keys.filesOf('CFB-SECURE')?.key ?? '', 'utf8');
  const right = await issueLeaf(theirs, { commonName: 'CFB-SECURE', notBefore: now, key });
  const wrong = await issueLeaf(theirs, { commonName: 'CFB-OTHER', notBefore: now, key });
  const console = await Console.open(browser, house);
  const { page } = console;
  await console.logIn('administrator');
  await console.visit('/security/certificates');
  await console.press('Re-issue the certificate of CallManager');
  await page.getByRole('dialog').getByRole('button', { name: 'Re-issue' }).click();
  await console.says('The certificate of CallManager has been issued anew.');
  await console.says('Saved; active after a restart of the call manager');
  await console.press('Upload Certificate');
  await console.fill('Name', 'example');
  await console.fill('Certificate in PEM form', theirs.certificate);
  await console.press('Save');
  await console.says('Example CA');
  const install = async (chain: string): Promise<void> => {
    await console.press('Install a certificate for CFB-SECURE');
    await console.fill('Certificates in PEM form', chain);
    await console.press('Save');
  };
  await install(wrong.certificate);
  await console.says(/must begin with CFB-SECURE/);
  await install(right.certificate);
  await console.says('The certificate of CFB-SECURE has been saved.');
  expect(keys.listOwn().find(({ id }) => id === 'CFB-SECURE')?.issuerName).toBe('Example CA');
  expect(console.complaints).toEqual([]);
  await console.close();
});
