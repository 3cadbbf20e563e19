/*
 * Goal: what is saved of a device shows what it waits for and ends no call (D-25, TIP-23). Method: an administrator's
 * browser beside phones that talk over a bridge.
 */
import type { Phone } from '@conclave/phone';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call, confer, House, hangUp, hearing, hears, icons, until } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

const BRIDGE = 'CFB-SECURE';
const NOT_IN_FORCE = 'Saved, but not in force';

let house: House;
let browser: Browser;
let ada: Console;
let phones: Phone[];

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
  ada = await Console.open(browser, house);
  await ada.logIn('administrator');
});

beforeEach(async () => {
  await house.empty();
  phones = await house.phones('1001', '1002', '1003');
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

test('TIP-23, D-25: a bridge keeps its mode until it is applied, and its conference until it ends', async () => {
  await house.bridge();
  await confer(...phones);
  await ada.follow(`/media-resources/conference-bridge/${BRIDGE}`);
  await ada.select('Device Security Mode', 'Non Secure Conference Bridge');
  await ada.press('Save');
  await ada.says(NOT_IN_FORCE);
  await ada.says(/when the device is reset and the call manager restarted/);
  expect(mode()).toBe('encrypted');
  await icons(phones, 'lock');
  await ada.press('Apply Config');
  await ada.says(/as soon as it carries no call/);
  await hearing(phones);
  await icons(phones, 'lock');
  expect(mode()).toBe('encrypted');
  for (const phone of phones) await hangUp(phone);
  await until(() => mode() === 'nonsecure', 'what was saved');
  // It speaks TLS, and is nonsecure now.
  await until(() => !house.manager.engine.state.bridges.has(BRIDGE), 'its going away');
  await ada.page.getByText(NOT_IN_FORCE).waitFor({ state: 'detached' });
});

test('D-25: a phone takes over what is saved when its call has ended', async () => {
  const [one, other] = phones as [Phone, Phone];
  await call(one, other);
  await ada.follow(`/device/phone/${one.name}`);
  await ada.fill('Description', 'of the board room');
  await ada.press('Save');
  await ada.says('Update successful');
  await ada.select('Built In Bridge', 'On');
  await ada.press('Save');
  await ada.says(NOT_IN_FORCE);
  await icons([one, other], 'lock');
  await hears(one, [other]);
  expect(one.closedBecause).toBeUndefined();
  await hangUp(one);
  await one.waitFor(({ closedBecause }) => closedBecause !== undefined, 'that it has to come anew');
  await ada.page.getByText(NOT_IN_FORCE).waitFor({ state: 'detached' });
});

function mode(): string | undefined {
  return house.manager.engine.state.configuration.bridges.get(BRIDGE)?.securityMode;
}
