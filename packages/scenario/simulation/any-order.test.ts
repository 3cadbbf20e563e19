import fc from 'fast-check';
import { expect, test } from 'vitest';
import { play } from '../play.ts';
import { readScenario } from '../read/scenario-file.ts';
import type { Trace } from '../trace.ts';
import { Simulation } from './simulation.ts';

/*
 * Goal: whatever people and devices do, in any order: every step can be played, no icon is above the
 * level of its conference, and when everybody has hung up nothing is left. A counterexample is a file.
 */

const PHONES = ['A', 'B', 'T', 'T2', 'N', 'U', 'R'];

const WORDS = [
  ...['call X', 'dial X', 'answer', 'hang up', 'on hook', 'off hook', 'hold', 'resume'],
  ...['conference X', 'conference X, Y', 'join', 'join X', 'join conference', 'select X'],
  ...['transfer X', 'blind transfer X', 'direct transfer X', 'press Confrn', 'press Transfer'],
  ...['meet-me 5001', 'meet-me 5000', 'dial 5001', 'dial 5000', 'barge', 'cbarge'],
  ...['park', 'retrieve', 'list', 'remove X', 'remove last', 'remove conference'],
  ...['unregister', 'register', 'announcement starts', 'announcement stops'],
  ...['capture starts', 'capture stops'],
];

const OTHERS = [
  ...['SB: fail', 'SB: return', 'NB: fail', 'NB: return', 'wait: 20 s', 'all: hang up'],
  ...['R: remote holds', 'R: remote resumes', 'set: {advancedAdHocConference: false}'],
];

const CAST = `
parameters:
  advancedAdHocConference: true
  nonLinearLinking: true
  packetCaptureEnable: true
  suppressMusicToConference: false
bridges: {SB: secure, NB: nonsecure}
music: {MOH: secure}
phones:
  A: encrypted
  B: encrypted
  T: {number: 2000}
  T2: {number: 2000, security: authenticated}
  N: nonsecure
  U: authenticated
  R: {kind: h323-trunk, number: 9001, remote: encrypted}
steps:
`;

const END = `  - SB: return
  - all: hang up
  - expect: {conferences: 0, A, B, T, T2, N, U, R: idle}
`;

const phone = fc.constantFrom(...PHONES);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(phone, fc.constantFrom(...WORDS), phone, phone)
      .map(([who, words, x, y]) => `${who}: ${words.replace('X', x).replace('Y', y)}`),
  },
  { weight: 1, arbitrary: fc.constantFrom(...OTHERS) },
);

test('D-02, SEC-04: anything in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const source = `${CAST}${steps.map((each) => `  - ${each}\n`).join('')}${END}`;
      const trace = await play(readScenario(source, 'any.yaml'), new Simulation());
      expect(trace.steps.at(-1)?.failures).toEqual([]);
      expect(tooHigh(trace)).toEqual([]);
    }),
    { numRuns: 100, seed: 3 },
  );
});

/** Icons above the level of the only conference there is. */
function tooHigh(trace: Trace): readonly string[] {
  return trace.steps.flatMap(({ did, phones, conferences: [only, ...more] }) => {
    if (!only || more.length > 0) return [];
    const allowed = { encrypted: ['lock', 'shield', 'none'], authenticated: ['shield', 'none'] };
    const icons = allowed[only.level as keyof typeof allowed] ?? ['none'];
    return phones.flatMap(({ name, calls }) =>
      calls
        .filter((call) => call.with === 'Conference' && !icons.includes(call.icon))
        .map((call) => `${did}: ${name} has a ${call.icon} in a conference that is ${only.level}`),
    );
  });
}
