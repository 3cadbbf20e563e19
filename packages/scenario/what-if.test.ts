import type { State } from '@conclave/core';
import { expect, test } from 'vitest';
import { playSteps } from './play.ts';
import { readScenario } from './read/scenario-file.ts';
import { Simulation } from './simulation/simulation.ts';
import { conferenceRemedies, tryout } from './what-if.ts';

/* Goal: steps are tried on a copy: their consequences are all there, and the system is as it was. */

const SYSTEM = `
bridges: { SB: secure, NB: nonsecure }
phones:
  A: { number: 1001, security: encrypted }
  B: { number: 1002, security: encrypted }
  C: { number: 1003, security: encrypted }
  N: { number: 1004, security: nonsecure }
steps:
  - A: conference B, N
`;

test('STA-03: a party is named by its number, and what follows its removal is seen', async () => {
  const system = await running();
  const [step] = await tryout(copyOf(system), ['1001: remove 1004']);
  expect(step?.refused).toBeUndefined();
  const shown = step?.phones.map(({ name, calls }) => [name, ...calls.map(({ icon }) => icon)]);
  expect(shown).toEqual([['A', 'lock'], ['B', 'lock'], ['C'], ['N']]);
  const ended = step?.records.filter((record) => record.callingPartyNumber === '1004');
  expect(ended?.map((record) => record.origCause_value)).toEqual(['458752']);
});

test('SEC-11, D-03: how a bridge would be chosen, one that was looked at after the other', async () => {
  const system = await running('  - all: hang up');
  const steps = await tryout(copyOf(system), ['SB: fails', '1001: conference 1002, 1003']);
  expect(steps.at(-1)?.conferences).toMatchObject([
    {
      bridge: 'NB',
      allocation: [
        'Conference bridge NB is not of the wanted security.',
        'Conference bridge SB is not registered.',
        'Conference bridge SB is not registered.',
        'Conference bridge NB was chosen, for want of one of the wanted security.',
      ],
    },
  ]);
});

test('SEC-14: a refusal comes with its cause and its reason', async () => {
  const [step] = await tryout(copyOf(await running()), ['1004: meet-me 5002']);
  expect(step?.refused).toBe('N: Device Not Authorized');
  expect(step?.refusals).toMatchObject([{ phone: 'N', cause: 58, rules: ['D-01'] }]);
});

test('the system that was copied does not notice', async () => {
  const system = await running();
  const before = snapshotOf(system.state);
  await tryout(copyOf(system), ['1001: remove 1004', '1002: hang up', 'SB: fails']);
  conferenceRemedies(system.state);
  expect(snapshotOf(system.state)).toBe(before);
});

test.each([
  ['nonsense', 'NAME: what it does'],
  ['1009: hold', '1009'],
  ['1001: dance', 'dance'],
])('%j is not tried, and is said to be wrong', async (step, message) => {
  await expect(tryout(copyOf(await running()), [step])).rejects.toThrow(message);
});

test('LST-04: remedies name the conference and what to do about it', async () => {
  expect(conferenceRemedies((await running()).state)).toEqual([
    {
      conference: 'ad-hoc on SB',
      level: 'nonsecure',
      keeping: {
        changes: ['Set the device security mode of N to Encrypted, with a certificate.'],
      },
      atOnce: { changes: [expect.stringContaining('(N)')] },
    },
  ]);
});

async function running(more = ''): Promise<Simulation> {
  const simulation = new Simulation();
  const { cluster, steps } = readScenario(`${SYSTEM}${more}`, 'system.yaml');
  await simulation.start(cluster);
  await playSteps({ cluster, steps }, simulation);
  return simulation;
}

function copyOf(system: Simulation): Simulation {
  return Simulation.from(system.state, 2_000_000);
}

function snapshotOf(state: State): string {
  return JSON.stringify(state, (_, value) => (value instanceof Map ? [...value] : value));
}
