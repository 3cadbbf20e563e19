import type { State } from '@conclave/core';
import { PhoneError } from '@conclave/phone';
import { play, readScenario, Simulation } from '@conclave/scenario';
import { describe, expect, test } from 'vitest';
import { type Hearing, hearingOf, type Listener, mediaFaults } from './media-truth.ts';

/* Goal: who should hear whom follows from calls, conferences, links, holds and barges, and from nothing else. */

test('the two of a call hear each other, unless one holds', async () => {
  expect(await hearing('A: call B')).toEqual({ A: ['B'], B: ['A'], C: [], D: [], E: [] });
  expect(await hearing('A: call B', 'A: hold')).toMatchObject({ A: [], B: [] });
});

test('a call that rings is silent', async () => {
  expect(await hearing('A: off hook', 'A: dial B')).toMatchObject({ A: [], B: [] });
});

test('all of a conference hear each other, and who holds hears nobody', async () => {
  const conference = ['A: conference B, C', 'D: call E'];
  expect(await hearing(...conference)).toEqual({
    A: ['B', 'C'],
    B: ['A', 'C'],
    C: ['A', 'B'],
    D: ['E'],
    E: ['D'],
  });
  expect(await hearing(...conference, 'B: hold')).toMatchObject({ A: ['C'], B: [], C: ['A'] });
});

test('linked conferences are one in the ear', async () => {
  const steps = ['A: conference B, C', 'A: hold', 'A: conference D, E', 'A: join conference 1'];
  expect(await hearing(...steps)).toMatchObject({
    A: ['B', 'C', 'D', 'E'],
    B: ['A', 'C', 'D', 'E'],
    E: ['A', 'B', 'C', 'D'],
  });
});

test('who barges in hears both and is heard by both, until the target holds', async () => {
  const steps = ['A: call B', 'S: barge'];
  expect(await hearing(...steps)).toMatchObject({ A: ['B', 'S'], B: ['A', 'S'], S: ['A', 'B'] });
  expect(await hearing(...steps, 'A: hold')).toMatchObject({ A: [], B: [], S: [] });
});

describe('the ear finds', () => {
  const hearing = new Map([['A', ['B']]]);

  test('nothing when all is as it should be', async () => {
    expect(await faults(listener([600]), hearing)).toEqual([]);
  });

  test.each([
    [[], 'A hears nobody; it should hear B.'],
    [[600, 800], 'A hears B, C; it should hear B.'],
    [[400, 600], 'A hears A, B; it should hear B.'],
  ])('who is not heard, and who should not be: %o', async (tones, fault) => {
    expect(await faults(listener(tones), hearing)).toEqual([fault]);
  });

  test.each([
    ['rtp', 'srtp'],
    ['srtp', 'rtp'],
    ['srtp', 'none'],
  ] as const)('a lock over %s sent and %s received', async (sent, received) => {
    expect(await faults(listener([600], { sent, received }), hearing)).toEqual([
      `A shows a lock, but sends ${sent} and receives ${received}.`,
    ]);
  });

  test('a lock over clear media of somebody who is alone', async () => {
    const alone = new Map([['A', []]]);
    expect(await faults(listener([], { sent: 'rtp', received: 'rtp' }), alone)).toHaveLength(1);
    expect(await faults(listener([], { sent: 'none', received: 'none' }), alone)).toEqual([]);
  });

  test('packets that did not authenticate', async () => {
    expect(await faults(listener([600], { unauthenticated: 3 }), hearing)).toEqual([
      'A refused 3 packets that were not what they should be.',
    ]);
  });

  async function faults(phone: Listener, wanted: Hearing): Promise<readonly string[]> {
    const others = [listener([], {}, 600), listener([], {}, 800)];
    const [b = phone, c = phone] = others;
    return await mediaFaults(
      new Map([
        ['A', phone],
        ['B', b],
        ['C', c],
      ]),
      { hearing: wanted },
    );
  }
});

type Counted = Partial<ReturnType<Listener['counters']>>;
type Flows = Partial<Pick<NonNullable<ReturnType<Listener['statistics']>>, 'sent' | 'received'>>;

/** A phone in a call with a lock, that hears these tones; by default A's. */
function listener(tonesHz: readonly number[], facts: Counted & Flows = {}, toneHz = 400): Listener {
  const counters = { unauthenticated: 0, replayed: 0, malformed: 0, ...facts };
  const statistics = { sent: 'srtp', received: 'srtp', ...counters };
  return {
    options: { name: 'SEP', toneHz },
    focus: { reference: 7, remote: false },
    iconOf: () => 'lock',
    statistics: () => statistics,
    counters: () => counters,
    audio: { hears: (asked: readonly number[]) => asked.filter((each) => tonesHz.includes(each)) },
    waitFor: async (condition: () => boolean) => {
      if (!condition()) throw new PhoneError('PHONE_TIMEOUT', 'waited in vain');
    },
  } as unknown as Listener;
}

test('the party that is held hears the music server, and nobody else does', async () => {
  const steps = ['A: call B', 'A: hold'];
  expect(await hearing('M', ...steps)).toMatchObject({ A: [], B: ['MOH'], C: [] });
  expect(await hearing('M', ...steps, 'A: resume')).toMatchObject({ A: ['B'], B: ['A'] });
});

/** S shares the line of A, and with a first word M there is music: left out where nobody speaks of it. */
async function hearing(...words: readonly string[]): Promise<Record<string, readonly string[]>> {
  const steps = words.filter((word) => word !== 'M');
  const shared = steps.some((step) => step.startsWith('S'));
  const scenario = readScenario(
    [
      'name: hearing',
      'parameters: { advancedAdHocConference: true }',
      ...(words[0] === 'M' ? ['music: { MOH: secure }'] : []),
      'phones:',
      '  A: { number: "2001" }',
      ...['B', 'C', 'D', 'E'].map((name) => `  ${name}: encrypted`),
      ...(shared ? ['  S: { number: "2001" }'] : []),
      `steps: [${steps.map((step) => `{ ${step.replace(/: (.*)/, ': "$1"')} }`).join(', ')}]`,
    ].join('\n'),
    'hearing.yaml',
  );
  const simulation = new Watched();
  await play(scenario, simulation);
  if (!simulation.last) throw new Error('nothing was played');
  return Object.fromEntries(hearingOf(simulation.last));
}

/** Remembers the state at the end. */
class Watched extends Simulation {
  last: State | undefined;

  override async observe(): ReturnType<Simulation['observe']> {
    this.last = this.state;
    return await super.observe();
  }
}
