/*
 * Goal: the wall of conferences shows what the phones show, as it changes and without reload, says why, and does what
 * its buttons say; who may only look on has no buttons. Method: real phones on a real bridge beside a real browser.
 */
import type { Phone } from '@conclave/phone';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { add, confer, House, hangUp, icons, meetMe } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

let house: House;
let browser: Browser;
let phones: Phone[];

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
});
beforeEach(async () => {
  await house.bridge('CFB-SECURE');
  phones = await house.phones('1001', '1002', '1003', '1005');
});
afterEach(() => house.empty());
afterAll(async () => {
  await browser.close();
  await house.close();
});

/** The phones of a conference, the first one its host; the last of `phones` is nonsecure. */
async function conference(): Promise<void> {
  await confer(...phones.slice(0, 3));
  await icons(phones.slice(0, 3), 'lock');
}

test('a conference gains and loses its lock on the wall, and everybody who hears the page is told', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('read-only');
  await console.visit('/security/conferences');
  await console.says('No conference goes on.');
  const card = console.page.getByRole('article');
  await conference();
  await card.getByText('Encrypted').first().waitFor();
  expect(await console.barriers()).toEqual([]);
  const [host, , , nonsecure] = phones as [Phone, Phone, Phone, Phone];
  await add(host, nonsecure);
  await card.getByText('Nonsecure').first().waitFor();
  await card
    .getByText(/Hedy|SEP000000001005/)
    .first()
    .waitFor();
  await expect(card.textContent()).resolves.toContain('SEP000000001005');
  await console.page
    .getByRole('status')
    .filter({ hasText: /: Nonsecure/ })
    .waitFor();
  await hangUp(nonsecure);
  await card.getByText('Nonsecure').first().waitFor({ state: 'detached' });
  await expect(card.getByRole('img').getAttribute('aria-label')).resolves.toMatch(
    /Nonsecure.*Encrypted$/,
  );
  for (const phone of phones.slice(0, 3)) await hangUp(phone);
  await console.says('No conference goes on.');
  expect(console.complaints).toEqual([]);
  await console.close();
});

test('why, what would help, and every level there was; who looks on changes nothing', async () => {
  const console = await Console.open(browser, house, { width: 375 });
  await console.logIn('auditor');
  await console.visit('/security/conferences');
  await conference();
  const [host, , , nonsecure] = phones as [Phone, Phone, Phone, Phone];
  await add(host, nonsecure);
  await console.page.getByRole('article').getByRole('link').click();
  const section = (name: string) => console.page.getByRole('region', { name, exact: true });
  await section('Why')
    .getByText(/SEP000000001005 is/)
    .waitFor();
  await section('What if')
    .getByText(/SEP000000001005/)
    .first()
    .waitFor();
  await section('Security timeline').getByText('Encrypted').first().waitFor();
  expect(await console.page.getByRole('button', { name: /Eject|Mute|Lock/ }).count()).toBe(0);
  expect(await console.overflow()).toBeLessThanOrEqual(0);
  expect(await console.barriers()).toEqual([]);
  await console.close();
});

test('mute, lock and eject do what they say', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('cti');
  await conference();
  await console.visit('/security/conferences');
  await console.page.getByRole('article').getByRole('link').click();
  const [host, alan, , nonsecure] = phones as [Phone, Phone, Phone, Phone];
  await console.press('Mute Alan Turing');
  await console.says('Alan Turing is muted.');
  await console.press('Unmute Alan Turing');
  await console.says('Alan Turing is heard again.');
  await console.press('Lock');
  await console.says('Locked by cti');
  await add(host, nonsecure).catch(() => undefined);
  const [locked] = house.manager.engine.state.conferences.values();
  expect(locked?.participants).toHaveLength(3);
  await console.press('Unlock');
  await console.says('Others are let in again.');
  await console.press('Eject Alan Turing');
  await console.press('Cancel');
  const isThere = () =>
    [...house.manager.engine.state.conferences.values()][0]?.participants.some(
      ({ device }) => device === alan.name,
    );
  expect(isThere()).toBe(true);
  await console.press('Eject Alan Turing');
  await console.page
    .getByRole('dialog')
    .getByRole('button', { name: 'Eject', exact: true })
    .click();
  await console.says('Alan Turing was ejected.');
  await console.close();
});

test('MTM-04: a meet-me conference goes by its number', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('read-only');
  await console.visit('/security/conferences');
  const [ada] = phones as [Phone];
  await meetMe(ada, '5000');
  await console.says('Meet-Me 5000');
  await console.close();
});

test('who has been removed sees nothing any more', async () => {
  const console = await Console.open(browser, house);
  await console.logIn('packet-sniffer');
  await console.visit('/security/conferences');
  await house.manager.store.accounts.removeAccount('packet-sniffer');
  await console.page.locator('input[autocomplete=username]').waitFor();
  await console.close();
});
