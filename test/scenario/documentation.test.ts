import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isRefusal,
  PARAMETERS,
  PHONE_DEFAULTS,
  PHONE_TEXTS,
  play,
  readScenario,
  SCENARIO_SCHEMA,
  Simulation,
  VERBS,
} from '@conclave/scenario';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { accepts } from './json-schema.ts';

/* Goal: the documentation and the schema tell what the reader takes, and nothing else. */

const folder = dirname(fileURLToPath(import.meta.url));
const docs = join(folder, '../../docs');
const documentation = readFileSync(join(docs, 'scenarios.md'), 'utf8');
const blocks = [...documentation.matchAll(/```yaml\n(.*?)```/gs)].map((found) => found[1] ?? '');
const examples = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

describe('docs/scenarios.md', () => {
  const whole = blocks.filter((block) => /^phones:/m.test(block) && /^steps:/m.test(block));

  test('its scenarios hold', async () => {
    expect(whole).toHaveLength(2);
    for (const block of whole) {
      const trace = await play(readScenario(block, 'docs/scenarios.md'), new Simulation());
      expect(trace.steps.flatMap((step) => step.failures)).toEqual([]);
    }
  });

  test('its cast, steps and expectations can be read', () => {
    const cast = blocks.find((block) => block.includes('SMALL')) ?? '';
    expect(readScenario(`${cast}steps: []\n`, 'cast').cluster.phones).toHaveLength(4);
    const phones = 'phones: {A: encrypted, B: encrypted, C: encrypted, D: encrypted}\n';
    const steps = blocks.find((block) => block.startsWith('steps:')) ?? '';
    expect(readScenario(phones + steps, 'steps').steps).toHaveLength(8);
    const wanted = blocks.find((block) => block.startsWith('- A:')) ?? '';
    const indented = wanted.replaceAll(/^/gm, '  ');
    expect(readScenario(`${phones}steps:\n${indented}`, 'wanted').steps).toHaveLength(2);
  });

  test.each(Object.values(PHONE_TEXTS).filter(isRefusal))('it has the text %s', (text) => {
    expect(documentation).toContain(`\`${text}\``);
  });

  test.each(VERBS.map(({ usage }) => [usage]))('it has the step %s', (usage) => {
    expect(documentation).toContain(`\`${usage.replaceAll('|', '\\|')}\``);
  });

  test.each(Object.entries({ ...PARAMETERS, ...PHONE_DEFAULTS }))('it has %s', (key, { name }) => {
    const row = new RegExp(`^\\| \`${name}\` +\\| \`${key}\` +\\|`, 'm');
    expect(documentation).toMatch(row);
  });

  test.each(schemaKeys())('it has the key %s', (key) => {
    expect(documentation).toMatch(new RegExp(`\\b${key}\\b`));
  });
});

describe('the schema', () => {
  test('docs/reference has it', () => {
    const file = join(docs, 'reference', 'scenario.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(SCENARIO_SCHEMA);
  });

  test.each(examples)('it takes %s', (_name, source) => {
    expect(accepts(SCENARIO_SCHEMA, parse(source))).toBe(true);
  });

  test.each([
    'phones: {A: secret}\nsteps: []',
    'phones: {A: {colour: red}}\nsteps: []',
    'phones: {A B: encrypted}\nsteps: []',
    'phones: {A: encrypted}\nsteps: {}',
    'phones: {A: encrypted}',
    'phones: {A: encrypted}\nsteps: [A calls B]',
    'phones: {A: encrypted}\nparameters: {Hold Music: true}\nsteps: []',
    'phones: {A: encrypted}\nparameters: {maximumAdHocConference: 2}\nsteps: []',
    'phones: {A: encrypted}\nmeetMe: {5000: low}\nsteps: []',
    'phones: {A: encrypted}\nsteps: [{expect: {A: locked}}]',
    'phones: {A: encrypted}\nsteps: [{expect: {conference: {size: 3}}}]',
    'phones: {A: encrypted}\nsteps: [{expect: {record: {price: 1}}}]',
    'phones: {A: encrypted}\nsteps: [{wait: soon}]',
  ])('what the reader refuses, it refuses: %j', (source) => {
    expect(accepts(SCENARIO_SCHEMA, parse(source))).toBe(false);
    expect(() => readScenario(source, 'x')).toThrow();
  });
});

/** Every key that the schema has by name, but the names of parameters. */
function schemaKeys(): readonly string[] {
  const found = new Set<string>();
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties') for (const name of Object.keys(value)) found.add(name);
      visit(value);
    }
  };
  visit(SCENARIO_SCHEMA);
  return [...found].filter((key) => /^[a-z]\w*$/i.test(key));
}
