/*
 * Goal: what a role may not do is not offered, and refused when it is asked for all the same. Method: each role logs
 * in with a real browser; the refusals are asked for with that browser's own session.
 */
import { ROLES, type Role } from '@conclave/api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House } from '../system/house.ts';
import { addUsers, Console, openBrowser, PASSWORD } from './console.ts';

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

/** What of the menu tells the roles apart. */
const TELLING = [
  '/device/phone',
  '/system/service-parameters',
  '/user-management/user',
  '/serviceability/audit-log',
  '/serviceability/alarms',
];

const OFFERED: Readonly<Record<Role, readonly string[]>> = {
  administrator: TELLING.filter((path) => path !== '/serviceability/audit-log'),
  auditor: TELLING.filter((path) => path !== '/user-management/user'),
  'read-only': ['/device/phone', '/system/service-parameters', '/serviceability/alarms'],
  'packet-sniffer': ['/serviceability/alarms'],
  cti: ['/serviceability/alarms'],
};

describe.each(ROLES)('%s', (role) => {
  test('is offered what it may see, and told so about the rest', async () => {
    const console = await Console.open(browser, house);
    await console.logIn(role);
    const menu = await console.menu();
    expect(TELLING.filter((path) => menu.includes(path))).toEqual(OFFERED[role]);
    for (const path of TELLING.filter((each) => !OFFERED[role].includes(each))) {
      await console.visit(path);
      await console.heading('Not allowed');
    }
    expect(console.complaints).toEqual([]);
    await console.close();
  });

  test.skipIf(role === 'administrator')('changes nothing, offered or not', async () => {
    const console = await Console.open(browser, house);
    await console.logIn(role);
    const mayRead = OFFERED[role].includes('/device/phone');
    if (mayRead) {
      await console.visit('/device/phone/SEP000000001001');
      expect(await console.field('Description').isDisabled()).toBe(true);
      expect(await console.page.getByRole('button', { name: /^(Save|Delete)$/ }).count()).toBe(0);
      await console.visit('/device/phone');
      expect(await console.page.getByRole('link', { name: 'Add New' }).count()).toBe(0);
    }
    const before = await house.manager.store.readConfiguration();
    for (const [method, path] of [
      ['POST', '/meetMeNumbers'],
      ['PUT', '/phones/SEP000000001001'],
      ['DELETE', '/phones/SEP000000001001'],
      ['PUT', '/parameters'],
      ['PUT', '/cluster'],
      ['POST', '/users'],
    ]) {
      const script = `fetch('/api/v1${path}', { method: '${method}', headers: { 'content-type':
        'application/json', 'if-match': 'x' }, body: '{}' }).then(({ status }) => status)`;
      expect([path, await console.page.evaluate(script)]).toEqual([path, 403]);
    }
    expect(await house.manager.store.readConfiguration()).toEqual(before);
    await console.close();
  });
});

test('every role changes its own password, and goes on', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('packet-sniffer');
  await console.choose('User Management', 'Change Password');
  await console.fill('Present password', 'wrong');
  await console.fill('New password', PASSWORD);
  await console.press('Save');
  await console.says('is not the present password');
  await console.fill('Present password', PASSWORD);
  await console.press('Save');
  await console.says('Your password was changed');
  await console.choose('Serviceability', 'Alarms');
  await console.heading('Alarms');
  expect(console.complaints).toEqual([]);
  await console.close();
});

test('without a session every address shows the log-in, and a removed user is logged out', async () => {
  const console = await Console.open(browser, house);
  await console.page.goto(`${new URL(console.page.url()).origin}/admin/device/phone`);
  await console.field('User').waitFor();
  await console.logIn('cti');
  const boss = await Console.open(browser, house);
  await boss.logIn('administrator');
  await boss.visit('/user-management/user/cti');
  await boss.press('Delete');
  await boss.heading('Find and List Users');
  await console.choose('Serviceability', 'Alarms');
  await console.field('User').waitFor();
  await console.close();
  await boss.close();
});
