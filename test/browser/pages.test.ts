/*
 * Goal: every page can be used by everybody: named controls, enough contrast, light and dark, in both languages,
 * on a phone without scrolling sideways. Method: the pages of a real call manager in a real browser; which there
 * are, the menu says, so that a new page is looked at without being named here.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House } from '../system/house.ts';
import { addUsers, Console, openBrowser } from './console.ts';

/** Forms, which no menu leads to. */
const FORMS = [
  '/media-resources/conference-bridge/new',
  '/media-resources/conference-bridge/CFB-SECURE',
  '/call-routing/meet-me/5000',
  '/media-resources/media-resource-group/MRG-CONF',
  '/device/phone/SEP000000001001',
  '/device/trunk/new',
  '/user-management/user/administrator',
];

/** Several dozen pages, on a machine that is busy with other tests. */
const ALL_PAGES_MS = 240_000;

/** What has been looked at in which width: who sees more looks at the rest. */
const seen = new Set<string>();

let house: House;
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  house = await House.open();
  await addUsers(house);
  await house.bridge();
});

afterAll(async () => {
  await browser.close();
  await house.close();
});

describe.each([
  { locale: 'en-US', colorScheme: 'light', width: 1280, role: 'administrator' },
  { locale: 'es-ES', colorScheme: 'dark', width: 375, role: 'administrator' },
  { locale: 'es-ES', colorScheme: 'light', width: 375, role: 'auditor' },
  { locale: 'en-US', colorScheme: 'dark', width: 1280, role: 'auditor' },
] as const)('$role in $locale, $colorScheme, $width px', ({ role, ...options }) => {
  test(
    'no page has a barrier, scrolls sideways, or makes the browser complain',
    async () => {
      const console = await Console.open(browser, house, options);
      await console.page.locator('input[autocomplete=username]').waitFor();
      expect(await console.barriers()).toEqual([]);
      await console.logIn(role);
      if (options.width < 768) await console.page.locator('header button').first().click();
      const pages = await console.menu();
      expect(pages.length).toBeGreaterThan(10);
      const faults: string[] = [];
      const forms = role === 'administrator' ? FORMS : [];
      for (const path of [...pages, ...forms]) {
        const look = `${path} ${options.width}`;
        if (seen.has(look)) continue;
        seen.add(look);
        await console.follow(path);
        const barriers = await console.barriers();
        faults.push(...barriers.map((each) => `${path}: ${each}`));
        const overflow = await console.overflow();
        if (overflow > 0) faults.push(`${path}: ${overflow} px too wide`);
      }
      expect(faults).toEqual([]);
      expect(console.complaints).toEqual([]);
      await console.close();
    },
    ALL_PAGES_MS,
  );
});
