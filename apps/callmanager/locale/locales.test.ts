import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wireToUtf8 } from '@conclave/sccp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseLocaleFile } from './locale-file.ts';
import { Locales } from './locales.ts';
import { ENGLISH } from './phrases.ts';

/* Goal: phones of a language are shown its texts, and a faulty file harms nothing but itself. */

describe('a file', () => {
  test.each([
    ['texts: { busy: Ocupado, bussy: x }', 'texts.bussy: is no phrase that phones are shown'],
    ['texts: { busy: "" }', 'texts.busy: must be a text'],
    ['texts: { busy: 7 }', 'texts.busy: must be a text'],
    [`texts: { busy: ${'x'.repeat(32)} }`, 'texts.busy: must be at most 31 bytes, and has 32'],
    [`texts: { busy: ${'é'.repeat(16)} }`, 'texts.busy: must be at most 31 bytes, and has 32'],
    [`texts: { parked-at: ${'x'.repeat(24)} }`, 'texts.parked-at: must be at most 23 bytes'],
    ['texts: { busy: "a\\nb" }', 'texts.busy: must have no control characters'],
    ['texts: [a]', 'texts: must be a list of phrases by name'],
    ['list: { titel: x }', 'list.titel: is no phrase that phones are shown'],
    ['names: Spanish', 'names: must be a list of names'],
    ['text: {}', 'text: is not known'],
    ['- a', 'must have the keys'],
    ['', 'must have the keys'],
    ['a: [', 'Flow sequence'],
  ])('%j is not used: %s', (source, fault) => {
    const parsed = parseLocaleFile(source);
    expect(parsed.ok ? '' : parsed.faults.join('\n')).toContain(fault);
  });

  test('TIP-01: the file that the guide shows is used', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide.md'), 'utf8');
    const [, source = ''] = /```yaml\n(names:.*?)```/s.exec(guide) ?? [];
    expect(parseLocaleFile(source)).toMatchObject({
      ok: true,
      locale: { names: ['French_France'] },
    });
  });

  test('every fault is named at once', () => {
    const parsed = parseLocaleFile('texts: { a: x, busy: "" }\nlist: { b: x }');
    expect(parsed.ok ? [] : parsed.faults).toHaveLength(3);
  });

  test('JSON is read too; a number follows after a space', () => {
    const parsed = parseLocaleFile('{ "texts": { "parked-at": "Garé à" } }');
    if (!parsed.ok) throw new Error(parsed.faults.join());
    expect(wireToUtf8(parsed.locale.texts['parked-at'] ?? '')).toBe('Garé à ');
  });
});

describe('the languages', () => {
  let data: string;
  let locales: Locales;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'conclave-locales-'));
    mkdirSync(join(data, 'locales'));
    locales = new Locales(data);
  });
  afterEach(() => rmSync(data, { recursive: true }));

  test.each(['es', 'ES', 'Spanish_Spain', 'Spanish_Mexico'])('TIP-01: %s is Spanish', (name) => {
    expect(locales.read()).toEqual([]);
    expect(locales.knows(name)).toBe(true);
    const { texts, list } = locales.phrasesOf(name);
    expect(texts['security-level-not-met']).toBe('No cumple el nivel de seguridad');
    expect(list.conference).toBe('Conferencia');
  });

  test('TIP-01, D-16: what phones put into their own language stays a display code', () => {
    locales.read();
    const { texts } = locales.phrasesOf('es');
    expect(texts['device-not-authorized']).toBe(ENGLISH.texts['device-not-authorized']);
  });

  test.each(['', 'en', 'English_United_States', 'Klingon'])('%j is served in English', (name) => {
    locales.read();
    expect(locales.phrasesOf(name)).toEqual(ENGLISH);
    expect(locales.knows(name)).toBe(name !== 'Klingon');
  });

  test("TIP-01: the operator's files add a language and change single texts of others", () => {
    put('fr.yaml', 'names: [French_France]\ntexts: { security-level-not-met: Refusé }');
    put('es.yaml', 'texts: { device-not-authorized: No autorizado }');
    put('en.json', '{ "list": { "title": "Who is in" } }');
    put('notes.txt', 'no locale');
    expect(locales.read()).toEqual([]);
    const french = locales.phrasesOf('French_France').texts['security-level-not-met'];
    expect(wireToUtf8(french)).toBe('Refusé');
    expect(locales.phrasesOf('es').texts).toMatchObject({
      'device-not-authorized': 'No autorizado',
      'security-level-not-met': 'No cumple el nivel de seguridad',
    });
    expect(locales.phrasesOf('English_United_Kingdom').list.title).toBe('Who is in');
  });

  test('a faulty file is named and left out, the others are used', () => {
    put('fr.yaml', 'texts: { busy: Occupé }');
    put('de.yaml', 'texts: { besetzt: Besetzt }');
    const faults = ['texts.besetzt: is no phrase that phones are shown'];
    expect(locales.read()).toEqual([{ file: 'de.yaml', faults }]);
    expect([locales.knows('fr'), locales.knows('de')]).toEqual([true, false]);
  });

  test('files that are gone or new count when they are read again', () => {
    put('fr.yaml', 'texts: { busy: Occupé }');
    locales.read();
    rmSync(join(data, 'locales', 'fr.yaml'));
    put('de.yaml', 'texts: { busy: Besetzt }');
    locales.read();
    expect([locales.knows('fr'), locales.knows('de')]).toEqual([false, true]);
  });

  function put(name: string, text: string): void {
    writeFileSync(join(data, 'locales', name), text);
  }
});
