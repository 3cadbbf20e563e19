import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICE_PARAMETERS } from '@conclave/store';
import { ALARM_CATALOGUE } from '@conclave/telemetry';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

/* Goal: what the guide tells operators is so: every parameter, every alarm, every file it shows. */

const ROOT = join(import.meta.dirname, '../..');

const GUIDE = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8');

/** First cells of all rows of tables, with the second. */
const ROWS = new Map(
  [...GUIDE.matchAll(/^\| (.*?) +\| (.*?) +\|/gm)].map(([, first = '', second = '']) => [
    first,
    second,
  ]),
);

const [, CONFIGURATION = ''] = /```yaml\n(.*?)```/s.exec(GUIDE) ?? [];

test.each(SERVICE_PARAMETERS.filter(({ inForce }) => inForce))(
  'the parameter $name is told with its default $default',
  (spec) => {
    expect(ROWS.get(spec.name)).toBe(spec.default);
  },
);

test('a parameter that is not obeyed yet is said to change nothing', () => {
  const [not, ...others] = SERVICE_PARAMETERS.filter(({ inForce }) => !inForce);
  expect(others).toEqual([]);
  expect(GUIDE).toContain(
    `_${not?.name}_ (default ${not?.default}) is stored, and changes nothing`,
  );
});

test('every alarm of the catalogue is in the table', () => {
  const told = ALARM_CATALOGUE.filter(({ name }) => !ROWS.has(name)).map(({ name }) => name);
  expect(told).toEqual([]);
});

test('the configuration that it shows can be imported, and needs no advice', () => {
  expect(checked(CONFIGURATION)).toBe('The configuration can be imported.\n');
  expect(parse(CONFIGURATION)).toHaveProperty('parkNumbers');
});

test('so can that of the page on SIP phones', () => {
  const page = readFileSync(join(ROOT, 'docs/sip-phones.md'), 'utf8');
  const [, configuration = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  expect(checked(configuration)).toBe('The configuration can be imported.\n');
  expect(parse(configuration)).toHaveProperty('sipTrunks');
});

function checked(configuration: string): string {
  return execFileSync(process.execPath, ['apps/conclave/main.ts', 'config', 'check', '-'], {
    cwd: ROOT,
    input: configuration,
    encoding: 'utf8',
  });
}
