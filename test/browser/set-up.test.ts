/*
 * Goal: from nothing to a secure bridge that is registered and a meet-me number that is enforced, done by clicking
 * only. Method: a real call manager without bridges, groups and numbers, in a cluster that is not in mixed mode; the
 * bridge and the phones are started as somebody with a console cable would, and everything else is done in a browser.
 */
import { type Bridge, startBridge } from '@conclave/bridge';
import { SAMPLE_CONFIGURATION } from '@conclave/store';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House, meetMe, until } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

const BRIDGE = 'CFB-BOARD';

let house: House;
let browser: Browser;
let ada: Console;
let bridge: Bridge | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open({
    configuration: {
      cluster: { id: 'London', securityMode: 'nonsecure' },
      bridges: [],
      musicServers: [],
      mediaResourceGroups: [],
      mediaResourceLists: [],
      devicePools: [{ name: 'Default' }],
      meetMeNumbers: [],
      phones: SAMPLE_CONFIGURATION.phones
        .filter(({ name }) => /100[15]$/.test(name))
        .map(({ mediaResourceList: _, ...phone }) => phone),
    },
  });
  await addUsers(house);
  ada = await Console.open(browser, house);
  await ada.logIn('administrator');
});

afterAll(async () => {
  bridge?.close();
  await browser.close();
  await house.close();
});

test('SUP-01 ... SUP-09: the checklist says what is to be done', async () => {
  await ada.choose('System', 'Set Up Secure Conferences');
  await ada.says('The cluster is nonsecure: no device is more than that.');
  await ada.says(/has the mode Encrypted Conference Bridge/);
});

test('SUP-01: the cluster is put into mixed mode', async () => {
  await ada.choose('System', 'Enterprise Parameters');
  await ada.says(/secure in name only/);
  await ada.select('Cluster Security Mode', '1 (Mixed)');
  await ada.press('Save');
  await ada.says('Update successful');
});

test('ADM-03 ... ADM-08, SUP-07: an encrypted bridge is added where there was none', async () => {
  await ada.choose('Media Resources', 'Conference Bridge');
  await ada.heading('Find and List Conference Bridges');
  await ada.says('0 records found');
  await ada.page.getByRole('link', { name: 'Add New' }).click();
  await ada.select('Conference Bridge Type', 'Cisco IOS Enhanced Conference Bridge');
  await ada.fill('Conference Bridge Name', BRIDGE);
  expect(await ada.field('Device Pool').inputValue()).toBe('Default');
  expect(await ada.field('Location').inputValue()).toBe('Hub_None');
  await ada.select('Device Security Mode', 'Encrypted Conference Bridge');
  await ada.press('Save');
  await ada.heading('Conference Bridge Configuration');
  await ada.says('Add successful');
});

test('ADM-09, MML-01 ... MML-05: Related Links lead to the numbers; one demands what no bridge can give yet', async () => {
  await ada.select('Related Links', 'Meet-Me Number/Pattern');
  await ada.press('Go');
  await ada.heading('Find and List Meet-Me Numbers');
  await ada.page.getByRole('link', { name: 'Add New' }).click();
  await ada.fill('Directory Number or Pattern', '500[0-9]');
  await ada.fill('Description', 'board & co');
  await ada.select('Minimum Security Level', 'Encrypted');
  await ada.press('Save');
  await ada.says(/at most 50 characters without/);
  await ada.fill('Description', 'board');
  await ada.press('Save');
  await ada.says('No secure conference bridge is registered');
});

test('the bridge registers with the certificate that was made for it, and is seen to', async () => {
  await ada.page.getByRole('link', { name: 'Find and List Conference Bridges' }).click();
  const row = ada.page.getByRole('row', { name: new RegExp(BRIDGE) });
  await row.getByText('Not registered').waitFor();
  bridge = await startBridge({
    name: BRIDGE,
    host: '127.0.0.1',
    port: house.manager.sccpTlsPort,
    tls: house.keys.readDevice('bridges', BRIDGE),
    sessions: 4,
    parties: 8,
    protocolVersion: 20,
  });
  await row.getByText('Registered', { exact: true }).waitFor();
  await row.getByText('127.0.0.1').waitFor();
});

test('ADM-08: Reset sends the bridge away, and it comes back', async () => {
  const since = () => house.manager.engine.state.bridges.get(BRIDGE)?.sinceMs;
  const before = since();
  await ada.page.getByRole('link', { name: BRIDGE }).click();
  await ada.says('encrypted');
  await ada.press('Reset');
  await ada.says(`${BRIDGE} was told to start anew.`);
  await until(() => since() !== undefined && since() !== before, 'the bridge to be back');
});

test('a group with the bridge, a list with the group, and the phones’ device pool with the list', async () => {
  await ada.choose('Media Resources', 'Media Resource Group');
  await ada.page.getByRole('link', { name: 'Add New' }).click();
  await ada.fill('Name', 'MRG-SECURE');
  await ada.select('Available', BRIDGE);
  await ada.press('Add');
  await ada.press('Save');
  await ada.says('Add successful');
  await ada.choose('Media Resources', 'Media Resource Group List');
  await ada.page.getByRole('link', { name: 'Add New' }).click();
  await ada.fill('Name', 'MRGL-SECURE');
  await ada.press('Add');
  await ada.press('Save');
  await ada.says('Add successful');
  await ada.choose('System', 'Device Pool');
  await ada.page.getByRole('link', { name: 'Default', exact: true }).click();
  await ada.select('Media Resource Group List', 'MRGL-SECURE');
  await ada.press('Save');
  await ada.says('Update successful');
});

test('MML-04: the number is enforced: an encrypted phone is in, a nonsecure one is not', async () => {
  const encrypted = await house.phone('1001');
  await meetMe(encrypted, '5003');
  await encrypted.waitFor((phone) => phone.icon === 'lock', 'the lock');
  const nonsecure = await house.phone('1005');
  await meetMe(nonsecure, '5003');
  await nonsecure.waitFor(
    ({ screen }) => screen.notices.includes('Device Not Authorized'),
    'the refusal',
  );
  expect(ada.complaints).toEqual([]);
});

test('SUP-01 ... SUP-11: the checklist has found all of it, and nothing is left', async () => {
  await ada.choose('System', 'Set Up Secure Conferences');
  await ada.says('Secure conferences are set up.');
  await ada.says(`Registered as secure: ${BRIDGE}.`);
});
