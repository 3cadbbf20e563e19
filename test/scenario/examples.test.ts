import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { play, readScenario, Simulation } from '@conclave/scenario';
import { describe, expect, test } from 'vitest';

/* Goal: every example scenario holds in the rules; its name says which rows of the ledger it shows. */

const folder = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('in simulation', () => {
  test.each(files.map((file) => [titleOf(file), file]))('%s', async (_title, file) => {
    const trace = await play(scenarioOf(file), new Simulation());
    const failures = trace.steps.flatMap((step) => step.failures);
    expect(
      failures.map((each) => `${file}:${each.line} ${each.expected}; seen ${each.seen}`),
    ).toEqual([]);
  });
});

test('the same scenario has the same trace every time', async () => {
  const [file = ''] = files;
  const traces = [];
  for (let run = 0; run < 2; run += 1) traces.push(await play(scenarioOf(file), new Simulation()));
  expect(JSON.stringify(traces[0])).toBe(JSON.stringify(traces[1]));
});

function scenarioOf(file: string): ReturnType<typeof readScenario> {
  return readScenario(readFileSync(join(folder, file), 'utf8'), file);
}

function titleOf(file: string): string {
  const { name, proves } = scenarioOf(file);
  return `${proves.join(', ')}: ${name}`;
}
