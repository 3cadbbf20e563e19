/*
 * Goal: nothing is saved by halves or over somebody else's work, every fault stands at its field, and all of it
 * can be done by keyboard alone. Method: two administrators in two windows of a real browser.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from '../system/house.ts';
import { addUsers, Console, openBrowser, PASSWORD } from './console.ts';

const BRIDGE = '/media-resources/conference-bridge/CFB-SECURE';

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

test('ADM-06: a fault stands at its field, is announced, and nothing is saved', async () => {
  const ada = await opened();
  await ada.visit('/media-resources/conference-bridge/new');
  await ada.fill('Conference Bridge Name', 'far too long a name for a bridge');
  await ada.select('Conference Bridge Type', 'Cisco Conference Bridge Hardware');
  await ada.select('Device Security Mode', 'Encrypted Conference Bridge');
  await ada.press('Save');
  await ada.page.getByRole('alert').waitFor();
  for (const [label, rule] of [
    ['Conference Bridge Name', /1 to 15 letters.*TIP-18/],
    ['Device Security Mode', /only a Cisco IOS Enhanced Conference Bridge/],
  ] as const) {
    expect(await ada.field(label).getAttribute('aria-invalid')).toBe('true');
    const told = await ada.field(label).getAttribute('aria-describedby');
    expect(await ada.page.locator(`#${told?.split(' ').at(-1)}`).textContent()).toMatch(rule);
  }
  expect(house.manager.engine.state.configuration.bridges).not.toHaveProperty('far');
  await ada.close();
});

test('a field of a row has its fault, however many rows there are', async () => {
  const ada = await opened();
  await ada.visit('/device/phone/SEP000000001001');
  await ada.press('Add Line');
  await ada.page.getByLabel('Directory Number').nth(1).fill('no number');
  await ada.press('Save');
  await ada.says(/must be 1 to 32 of 0-9/);
  const second = ada.page.getByLabel('Directory Number').nth(1);
  expect(await second.getAttribute('aria-invalid')).toBe('true');
  expect(await ada.field('Directory Number').getAttribute('aria-invalid')).not.toBe('true');
  await ada.close();
});

test('whoever saves on top of a change is shown what differs, and loses nothing', async () => {
  const ada = await opened();
  const alan = await opened();
  for (const each of [ada, alan]) {
    await each.visit(BRIDGE);
    await each.field('Description').waitFor();
  }
  await alan.fill('Description', 'by Alan');
  await alan.press('Save');
  await alan.says('Update successful');
  await ada.fill('Description', 'by Ada');
  await ada.press('Save');
  const dialog = ada.page.getByRole('dialog', { name: 'Changed by somebody else' });
  await dialog.getByRole('row', { name: 'Description by Ada by Alan' }).waitFor();
  expect(await ada.barriers()).toEqual([]);
  await ada.press('Keep mine, then save again');
  await ada.press('Save');
  await ada.says('Update successful');
  await alan.visit(BRIDGE);
  expect(await alan.field('Description').inputValue()).toBe('by Ada');
  await ada.close();
  await alan.close();
});

test('what was typed and not saved is not lost by a click beside', async () => {
  const ada = await opened();
  await ada.visit(BRIDGE);
  await ada.fill('Description', 'half a sent');
  ada.page.removeAllListeners('dialog');
  ada.page.once('dialog', (dialog) => void dialog.dismiss());
  await ada.choose('Device', 'Phone');
  expect(await ada.field('Description').inputValue()).toBe('half a sent');
  ada.page.once('dialog', (dialog) => void dialog.accept());
  await ada.choose('Device', 'Phone');
  await ada.heading('Find and List Phones');
  await ada.close();
});

test('MML-02, MML-03: a number is copied, two are deleted at once, and one that is in use is not', async () => {
  const ada = await opened();
  await ada.visit('/call-routing/meet-me/5002');
  await ada.press('Copy');
  await ada.heading('Meet-Me Number/Pattern Configuration');
  expect(await ada.field('Minimum Security Level').inputValue()).toBe('encrypted');
  await ada.fill('Directory Number or Pattern', '5000');
  await ada.press('Save');
  await ada.says('5000 exists already');
  await ada.fill('Directory Number or Pattern', '52[0-4]0');
  await ada.press('Save');
  await ada.says('Add successful');
  await ada.choose('Call Routing', 'Meet-Me Number/Pattern');
  await ada.heading('Find and List Meet-Me Numbers');
  for (const name of ['5001', '52[0-4]0']) await ada.field(`Select ${name}`).check();
  await ada.press('Delete Selected');
  await ada.says('2 records deleted');
  const left = house.manager.engine.state.configuration.meetMeNumbers.map((each) => each.pattern);
  expect(left.toSorted()).toEqual(['5000', '5002', '51[0-9]0']);
  await ada.visit('/media-resources/media-resource-group');
  await ada.field('Select MRG-CONF').check();
  await ada.press('Delete Selected');
  await ada.says('there is no group MRG-CONF');
  await ada.page.getByRole('link', { name: 'MRG-CONF' }).waitFor();
  await ada.close();
});

test('parameters: what others have set meanwhile is shown, and saving again keeps both', async () => {
  const ada = await opened();
  const alan = await opened();
  for (const each of [ada, alan]) await each.visit('/system/service-parameters');
  await alan.fill('Maximum Ad Hoc Conference', '8');
  await alan.press('Save');
  await alan.says('Update successful');
  await ada.select('Party Entrance Tone', 'True');
  await ada.press('Save');
  await ada.says('Maximum Ad Hoc Conference: 16 is now 8');
  await ada.press('Save');
  await ada.says('Update successful');
  const { maximumAdHocConference, partyEntranceTone } =
    house.manager.engine.state.configuration.parameters;
  expect([maximumAdHocConference, partyEntranceTone]).toEqual([8, true]);
  await ada.fill('Maximum Ad Hoc Conference', '99');
  await ada.press('Save');
  await ada.says('must be a whole number from 3 to 64');
  await ada.close();
  await alan.close();
});

test('log-in, the way to a form, an edit and log-out go by keyboard alone', async () => {
  const { page, ...ada } = await Console.open(browser, house);
  const type = (text: string) => page.keyboard.type(text);
  const keys = async (...names: readonly string[]) => {
    for (const name of names) await page.keyboard.press(name);
  };
  await page.getByLabel('User').waitFor();
  await type('administrator');
  await keys('Tab');
  await type(PASSWORD);
  await keys('Enter');
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  await tabTo('button', 'Media Resources');
  await keys('Enter');
  await tabTo('link', 'Conference Bridge');
  await keys('Enter');
  await page.getByRole('link', { name: 'CFB-PLAIN' }).waitFor();
  await tabTo('link', 'CFB-PLAIN');
  await keys('Enter');
  await page.getByLabel('Description').waitFor();
  await tabTo('textbox', 'Description');
  await keys('Control+A');
  await type('typed');
  await keys('Enter');
  await page.getByText('Update successful').waitFor();
  await tabTo('button', 'administrator', 'Shift+Tab');
  await keys('Enter');
  await page.getByRole('button', { name: 'Log out' }).waitFor();
  await tabTo('button', 'Log out');
  await keys('Enter');
  await page.getByLabel('User').waitFor();
  expect(ada.complaints).toEqual([]);
  await page.context().close();

  /** As often as it takes; the name is what a screen reader says. */
  async function tabTo(role: string, name: string, key = 'Tab'): Promise<void> {
    const target = page.getByRole(role as 'button', { name, exact: true }).first();
    for (let count = 0; count < 60; count += 1) {
      if (await target.evaluate((each) => each === each.ownerDocument.activeElement)) return;
      await page.keyboard.press(key);
    }
    throw new Error(`${key} does not lead to ${role} ${name}`);
  }
});

async function opened(): Promise<Console> {
  const console = await Console.open(browser, house);
  await console.logIn('administrator');
  return console;
}
