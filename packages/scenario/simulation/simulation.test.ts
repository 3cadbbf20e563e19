import { describe, expect, test } from 'vitest';
import { play, playSteps } from '../play.ts';
import { namesOf } from '../read/names.ts';
import { readScenario, readStepsOf } from '../read/scenario-file.ts';
import type { Trace } from '../trace.ts';
import { Simulation } from './simulation.ts';

/* Goal: ideal devices and a virtual clock; a simulation can begin anywhere; what fails says why. */

const TRIO = `
phones: {A: encrypted, B: encrypted, C: encrypted, N: nonsecure}
steps:
  - A: conference B, C
`;

describe('from a given state', () => {
  test('what if: the steps are played on a copy, and the screens are as they were', async () => {
    const live = new Simulation();
    const { cluster, steps } = readScenario(TRIO, 'trio.yaml');
    await live.start(cluster);
    await playSteps({ cluster, steps }, live);
    const copy = Simulation.from(live.state, 2_000_000);
    const [shown] = (await copy.observe()).phones;
    expect(shown?.calls).toMatchObject([{ state: 'connected', icon: 'lock', conference: true }]);
    const names = namesOf(copy.cluster.configuration, []);
    const more = readStepsOf('- A: conference N\n  expect: {all: none}', 'what-if', names);
    const [, step] = await playSteps({ cluster: copy.cluster, steps: more }, copy);
    expect(step?.failures).toEqual([]);
    expect(step?.conferences).toMatchObject([{ level: 'nonsecure' }]);
    expect([...live.state.conferences.values()].map((each) => each.level)).toEqual(['encrypted']);
  });
});

test('everybody hangs up, and nothing is left', async () => {
  const trace = await run(`${TRIO}  - all: hang up\n    expect: {A, B, C: idle, conferences: 0}`);
  expect(failures(trace)).toEqual([]);
});

test('a new call while another rings leaves that one ringing', async () => {
  const trace = await run(`phones: {A: encrypted, B: encrypted, C: encrypted}
steps:
  - A: dial B
  - B: call C
    expect: {B with A: ringing, B with C: lock connected, A: calling}
  - B: answer
    expect: {A: lock connected, B with C: hold}
`);
  expect(failures(trace)).toEqual([]);
});

test('a new call ends one that came to nothing', async () => {
  const trace = await run(`phones: {A: encrypted, B: encrypted}
steps:
  - A: dial 5001
    expect: {refused: Unknown Number, A: congestion}
  - A: meet-me 5001
    expect: {A: {icon: lock, calls: 1}}
`);
  expect(failures(trace)).toEqual([]);
});

describe('time', () => {
  test('it passes only when it is told to: no answer is overdue, no text has gone', async () => {
    const trace = await run(`${TRIO}
  - B: remove last
    expect: {B: {prompt: Key Is Not Active}}
  - wait: 10 s
    expect: {B: {prompt: Connected}}
`);
    expect(failures(trace)).toEqual([]);
  });
});

describe('what is not as expected', () => {
  test('says the step, what was expected, what is seen and why', async () => {
    const trace = await run(`${TRIO}
  - A: conference N
    expect:
      B: lock
`);
    expect(trace.ok).toBe(false);
    expect(trace.steps.at(-1)?.failures).toEqual([
      {
        step: 2,
        line: 8,
        expected: 'B: lock',
        seen: 'B has connected with Conference, icon none',
        why: 'N signals in clear text (TCP 2000).',
      },
    ]);
  });

  test.each([
    ['A: idle', 'A has connected with Conference, icon lock'],
    ['N: lock', 'N has no call (if that is meant, expect `idle`)'],
    ['A with B: lock', 'A has no call with B; A has connected with Conference, icon lock'],
    ['A: {with: B}', 'A has connected with Conference, icon lock'],
    ['A: {calls: 2}', 'A has 1 calls'],
    ['A: {text: Busy}', 'A shows "Connected"'],
    ['A: {list: [A]}', 'A shows no conference list'],
    ['A: {offers: Redial}', 'A has connected with Conference, icon lock offering Hold'],
    ['A: {why: SEC-09}', 'A has connected with Conference, icon lock because of no rule'],
    ['A: {media: rtp}', 'A has connected with Conference, icon lock, media srtp'],
    ['A: {music: true}', 'A has connected with Conference, icon lock, hearing no music'],
    ['conference: shield', 'FILE'],
    ['conference: {bridge: NB}', 'ad-hoc, encrypted, on SB (secure), members A, B, C'],
    ['conference 2: encrypted', 'there is no such conference'],
    ['conferences: 2', '1 conferences'],
    ['refused: true', 'it was carried out'],
    ['cause: 16', 'causes 393216'],
    ['record: {calling: 4}', 'callingPartyNumber 1001'],
    ['why: SEC-09', 'rules none'],
  ])('%s is seen to be wrong', async (wanted, seen) => {
    const source = `${TRIO}    expect: {${wanted}}`;
    if (seen === 'FILE') {
      expect(() => readScenario(source, 'f')).toThrow('must be one of encrypted');
      return;
    }
    const trace = await run(source);
    expect(failures(trace)).toHaveLength(1);
    expect(failures(trace)[0]).toContain(seen);
  });

  test('a step that is turned down fails, unless that was expected', async () => {
    const step = '  - B: remove last';
    expect(failures(await run(`${TRIO}${step}`))).toEqual(['B: Key Is Not Active']);
    const expected = `${TRIO}${step}\n    expect: {refused: true}`;
    expect(failures(await run(expected))).toEqual([]);
  });

  test.each([
    ['A: answer', 'A has no call that rings'],
    ['N: hold', 'N has no call that it is in'],
    ['N: barge', 'N shows no call of another phone of its line'],
    ['A: hold N', 'A has no call with N for this'],
    ['A: remove N', 'the list on A has no row N'],
    ['B: remove C', 'the list on B does not offer Remove'],
    ['N: retrieve', 'nothing was parked'],
  ])('%s cannot be done, and says so', async (step, why) => {
    const trace = await run(`${TRIO}  - ${step}`);
    expect(failures(trace)).toEqual([why]);
  });
});

async function run(source: string): Promise<Trace> {
  return await play(readScenario(source, 'file.yaml'), new Simulation());
}

function failures(trace: Trace): readonly string[] {
  return trace.steps.flatMap((step) => step.failures.map((each) => each.seen));
}
