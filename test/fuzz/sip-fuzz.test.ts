import { mutate } from '@conclave/testkit';
import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { CODEC, DESCRIPTIONS, LINES, USER_AGENT } from './sip-campaigns.ts';
import { sipCorpus } from './sip-corpus.ts';

/*
 * Goal: no message, however mutated, breaks what our stack promises; fuzzing is repeatable and would
 * find a fault. Method: a fixed range of seeds; targets that fail on purpose.
 */

test.each([
  [CODEC.name, CODEC, 15_000],
  [DESCRIPTIONS.name, DESCRIPTIONS, 40_000],
  [USER_AGENT.name, USER_AGENT, 3000],
  [LINES.name, LINES, 1500],
])(
  'every seed and its mutations keep the promises: %s',
  { timeout: 300_000 },
  async (_, campaign, rounds) => {
    const failures = await fuzz(campaign, {
      seed: 1,
      goesOn: (done) => done < rounds,
      failuresMax: 1,
    });
    expect(failures).toEqual([]);
  },
);

test('the same seed gives the same bytes, another one others', () => {
  const corpus = sipCorpus().map(({ bytes }) => bytes);
  const [message = new Uint8Array(0)] = corpus;
  const mutations = Array.from({ length: 50 }, (_, seed) => mutate(seed, message, corpus));
  expect(mutations).toEqual(mutations.map((_, seed) => mutate(seed, message, corpus)));
  expect(new Set(mutations.map((each) => Buffer.from(each).toString('hex'))).size).toBeGreaterThan(
    40,
  );
});

test.each([
  [
    'throws',
    () => {
      throw new Error('on purpose');
    },
  ],
  ['rejects', () => Promise.reject(new Error('on purpose'))],
])('a target that %s is reported with what brings the failure back', async (_, fails) => {
  const corpus = sipCorpus().slice(0, 1);
  const [{ name, bytes } = { name: '', bytes: new Uint8Array(0) }] = corpus;
  const failures = await fuzz(
    {
      name: 'on purpose',
      corpus,
      mutate,
      target: (message) => (message.length === bytes.length ? undefined : fails()),
    },
    { seed: 7, goesOn: () => true, failuresMax: 3 },
  );
  expect(failures).toHaveLength(3);
  for (const failure of failures) {
    expect(failure.seedName).toBe(name);
    expect(mutate(failure.seed, bytes, [bytes])).toEqual(failure.message);
  }
});
