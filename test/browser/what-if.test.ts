/*
 * Goal: what would follow is seen on a page, as the rules say, and nothing follows. Method: phones in a conference, and
 * somebody who may only look on.
 */
import type { Phone } from '@conclave/phone';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confer, House, hearing, icons } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

let house: House;
let browser: Browser;
let console: Console;
let phones: Phone[];

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
  await house.bridge();
  phones = await house.phones('1001', '1002', '1003', '1005');
  console = await Console.open(browser, house);
  await console.logIn('read-only');
  await console.choose('Security', 'What if');
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

test('a nonsecure party would take the lock: each step with its conference, and why', async () => {
  const three = phones.slice(0, 3);
  await confer(...three);
  await icons(three, 'lock');
  await hearing(three);
  const { state } = house.manager.engine;
  await console.fill('Steps', '1001: conference 1005\n1002: hang up');
  await console.press('Try');
  const steps = console.page.getByRole('list', { name: 'What would follow' });
  const first = steps.getByRole('listitem').filter({ hasText: 'conference 1005' }).first();
  await first.getByText('Nonsecure').first().waitFor();
  await first.getByText(/SEP000000001005 signals in clear text/).waitFor();
  await steps.getByText(/hang up/).waitFor();
  expect(house.manager.engine.state).toBe(state);
  expect(await console.barriers()).toEqual([]);
});

test('a step that makes no sense is named, and none is tried', async () => {
  await console.fill('Steps', '1001: hang up\n1002: dances');
  await console.press('Try');
  await console.page.getByRole('alert').waitFor();
  await console.says(/dances/);
  expect(await console.page.getByRole('list', { name: 'What would follow' }).textContent()).toBe(
    '',
  );
});
