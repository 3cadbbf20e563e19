/*
 * Goal: a page says the same in every language. Method: all files of texts are read; every key of English is
 * in each other language, and the other way round, with the same words to fill in.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SERVICE_PARAMETERS } from '@conclave/store';
import { expect, test } from 'vitest';

const web = dirname(import.meta.dirname);
const english = globSync('*/en.json', { cwd: web });

test('there are texts to compare', () => {
  expect(english.length).toBeGreaterThan(2);
});

test.each(english)('%s: Spanish has the same texts, with the same gaps', (file) => {
  const one = textsOf(file);
  const other = textsOf(join(dirname(file), 'es.json'));
  const keys = [...other.keys()].filter((key) => !isSaidByApi(file, key));
  expect(keys.sort()).toEqual([...one.keys()].sort());
  const gaps = (text = ''): readonly string[] => (text.match(/\{\{\w+\}\}/g) ?? []).sort();
  for (const [key, text] of one) expect([key, gaps(other.get(key))]).toEqual([key, gaps(text)]);
});

test('help in Spanish is about service parameters that there are; the rest is helped in English', () => {
  const names = [...textsOf('parameters/es.json').keys()].flatMap(
    (key) => /^\.help\.(.*)$/.exec(key)?.[1] ?? [],
  );
  const known = SERVICE_PARAMETERS.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
});

test('each file is named for its language, beside an English one', () => {
  const all = globSync('*/??.json', { cwd: web });
  const strays = all.filter((file) => !english.includes(join(dirname(file), 'en.json')));
  expect(strays).toEqual([]);
  expect(new Set(all.map((file) => basename(file, '.json')))).toEqual(new Set(['en', 'es']));
});

/** Help of parameters comes from the API, in English. */
function isSaidByApi(file: string, key: string): boolean {
  return file === 'parameters/en.json' && key.startsWith('.help.');
}

function textsOf(file: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const collect = (value: unknown, at: string): void => {
    if (typeof value === 'string') texts.set(at, value);
    else for (const [key, each] of Object.entries(value as object)) collect(each, `${at}.${key}`);
  };
  collect(JSON.parse(readFileSync(join(web, file), 'utf8')), '');
  return texts;
}
