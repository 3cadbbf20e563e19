import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confer, House, meetMe } from './house.ts';

/* Goal: phones of a language read it on real sockets, and the operator's own words where there are some. */

const LOCALES: Readonly<Record<string, string>> = {
  '1002': 'Spanish_Spain',
  '1004': 'es',
  '1005': 'fr',
  '1006': 'Klingon',
};

let house: House;

beforeAll(async () => {
  house = await House.open();
  const folder = join(house.data, 'locales');
  mkdirSync(folder);
  writeFileSync(join(folder, 'fr.yaml'), 'texts: { security-level-not-met: Niveau insuffisant é }');
  writeFileSync(join(folder, 'de.yaml'), 'texts: { besetzt: x }');
  const phones = SAMPLE_CONFIGURATION.phones.map((phone) => {
    const number = phone.name.slice(-4);
    const userLocale = LOCALES[number] ?? phone.userLocale;
    // A model that shows the refusal as a text, without a display code (D-16).
    return { ...phone, userLocale, ...(/100[45]/.test(number) && { model: '7906G' }) };
  });
  const configuration: StoredConfiguration = { ...SAMPLE_CONFIGURATION, phones };
  await house.manager.store.writeConfiguration(configuration);
  await house.manager.reload();
  await house.bridge();
});
afterAll(() => house.close());

test.each([
  ['1004', 'No cumple el nivel de seguridad'],
  ['1005', 'Niveau insuffisant é'],
])('TIP-01, SEC-14: %s below the minimum of a meet-me reads %s', async (number, text) => {
  const phone = await house.phone(number);
  await meetMe(phone, '5002');
  await phone.waitFor(({ screen }) => screen.notices.length > 0, 'the refusal');
  expect(phone.screen.notices).toContain(text);
});

test('TIP-01: the conference list is in the language of its phone', async () => {
  const [spanish, english, other] = await house.phones('1002', '1003', '1006');
  if (!spanish || !english || !other) throw new Error('the cast is complete');
  await confer(spanish, english, other);
  for (const phone of [spanish, english]) await phone.confList();
  const titles = [spanish, english].map(({ screen }) => screen.list?.title);
  expect(titles).toEqual(['Participantes', 'Conferee List']);
});

test('what cannot be used is an alarm that names it', () => {
  const texts = house.manager.alarms
    .list()
    .filter(({ name }) => name === 'LocaleUnusable')
    .map(({ text }) => text);
  expect(texts).toEqual([
    'The locale file de.yaml is left out. texts.besetzt: is no phrase that phones are shown.',
    'There is no locale Klingon; its phones are shown English.',
  ]);
});
