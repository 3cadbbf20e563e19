import { CoreWorld } from '@conclave/testkit';
import { expect, test } from 'vitest';
import {
  explainCall,
  explainConference,
  explainLeg,
  explainOwn,
  explainRefusal,
  shortReason,
} from './explain.ts';
import type { Limit } from './security/assessment.ts';

/* Goal: every level and every refusal can be proved, from the limits that decided, at any length. */

test('every leg is explained at the level that its phone shows', () => {
  const world = cast();
  world.confer('A', 'B', 'N');
  world.call('C', 'T');
  world.press('S', 'barge');
  for (const { id, device } of world.state.legs.values()) {
    const why = explainLeg(world.state, id);
    expect([device, why?.level]).toEqual([device, world.icon(device)]);
  }
});

test('STA-04: the proof goes down to the device, since when, and what would change it', () => {
  const world = cast();
  world.confer('A', 'B', 'N');
  const [id] = world.state.conferences.keys();
  const why = explainConference(world.state, id ?? 0);
  expect(why).toMatchObject({
    level: 'nonsecure',
    rules: ['D-01'],
    sentence: 'N signals in clear text (TCP 2000).',
    fixes: [expect.stringContaining('Set the device security mode of N to Encrypted')],
  });
  const party = why?.limits.find((limit) => limit.device === 'N');
  expect(party).toMatchObject({ rule: 'STA-04', sinceMs: expect.any(Number) });
  expect(party?.because?.map((limit) => limit.rule)).toContain('D-01');
});

test('SEC-03: audio that the bridge refused is told of, lowers nothing, and fixes nothing', () => {
  const world = cast();
  world.confer('A', 'B', 'C');
  const [id = 0] = world.state.conferences.keys();
  const [{ leg, device } = { leg: 0, device: '' }] = [
    ...(world.state.conferences.get(id)?.participants ?? []),
  ];
  const { bridge = '' } = world.state.conferences.get(id) ?? {};
  const refused = { type: 'media-refused', conference: id, leg } as const;
  const before = explainConference(world.state, id);
  world.happen({ ...refused, bridge: 'another', packets: 9 });
  world.happen({ ...refused, bridge, leg: 4711, packets: 9 });
  expect(explainConference(world.state, id)).toEqual(before);
  world.happen({ ...refused, bridge, packets: 7 });
  const sinceMs = world.nowMs;
  world.happen({ ...refused, bridge, packets: 12 });
  const why = explainConference(world.state, id);
  expect(why).toMatchObject({ level: 'encrypted', sentence: before?.sentence, fixes: [] });
  expect(flat(why?.limits ?? []).filter(({ rule }) => rule === 'SEC-03')).toEqual([
    {
      rule: 'SEC-03',
      level: 'encrypted',
      fact: `12 packets for the SRTP leg of ${device} were in clear or not authentic, and not mixed.`,
      device,
      sinceMs,
    },
  ]);
});

test('every reason says since when', () => {
  const world = cast();
  world.confer('A', 'B', 'N');
  world.call('C', 'T');
  world.press('S', 'barge');
  world.happen({ type: 'announcement', device: 'B', active: true });
  for (const { id } of world.state.legs.values()) {
    const limits = [explainLeg(world.state, id), explainOwn(world.state, id)];
    const all = limits.flatMap((why) => flat(why?.limits ?? []));
    expect(all.length).toBeGreaterThan(3);
    expect(all.filter((limit) => limit.sinceMs === undefined)).toEqual([]);
  }
});

test('BAR-01: what a leg is worth by itself, beside what its phone shows', () => {
  const world = cast();
  world.confer('A', 'B', 'N');
  world.call('C', 'T');
  world.press('S', 'barge');
  const own = [...world.state.legs.values()].map(({ id, device }) => [
    `${device} shows ${world.icon(device)}`,
    explainOwn(world.state, id)?.level,
  ]);
  expect(Object.fromEntries(own)).toEqual({
    'A shows nonsecure': 'encrypted',
    'B shows nonsecure': 'encrypted',
    'N shows nonsecure': 'nonsecure',
    'C shows authenticated': 'encrypted',
    'T shows authenticated': 'encrypted',
    'S shows authenticated': 'authenticated',
  });
});

test('SEC-11, D-03: below the bridge stand all that were looked at, and they lower nothing', () => {
  const world = new CoreWorld({
    phones: ['A', 'B', 'C'].map((name) => ({ name, mode: 'encrypted' })),
    bridges: [
      { name: 'SB', secure: true },
      { name: 'NB', secure: false },
    ],
  });
  world.happen({ type: 'device-unregistered', device: 'SB' });
  world.confer('A', 'B', 'C');
  const why = explainConference(world.state, [...world.state.conferences.keys()][0] ?? 0);
  expect(why?.rules).toEqual(['SEC-09']);
  const bridge = why?.limits.find((limit) => limit.rule === 'SEC-09');
  expect(bridge?.because?.map((limit) => limit.fact)).toEqual([
    'Conference bridge SB is not registered.',
    'Conference bridge NB is not of the wanted security.',
    'Conference bridge SB is not registered.',
    'Conference bridge NB was chosen, for want of one of the wanted security.',
  ]);
});

test('HLD-01, D-13, INT-01: held parties and a pinned meet-me have their reasons', () => {
  const world = cast();
  world.act('A', { type: 'off-hook' });
  world.press('A', 'meet-me');
  world.dial('A', '5000');
  world.press('A', 'hold');
  const [id] = world.state.conferences.keys();
  const why = explainConference(world.state, id ?? 0);
  expect(why?.rules).toEqual(['D-13']);
  expect(why?.limits.map((limit) => limit.fact)).toContain('A (A) is encrypted, on hold.');
});

test('CHN-02: over a link the proof goes on to the weak party in the other conference', () => {
  const world = new CoreWorld({
    phones: ['A', 'B', 'C', 'D', 'N'].map((name) => ({
      name,
      mode: name === 'N' ? 'nonsecure' : 'encrypted',
    })),
    bridges: [{ name: 'SB', secure: true }],
    parameters: { advancedAdHocConference: true },
  });
  world.confer('A', 'B', 'C');
  const [held] = [...world.state.legs.values()].filter(({ device }) => device === 'C');
  world.press('C', 'hold');
  world.confer('D', 'N', 'C');
  world.press('C', 'select', held?.id);
  world.press('C', 'join');
  const [here] = world.state.conferences.values();
  const why = explainConference(world.state, here?.id ?? 0);
  expect(why).toMatchObject({ level: 'nonsecure', rules: ['D-01'] });
  const link = why?.limits.find((limit) => limit.rule === 'CHN-02');
  const path = [link, link?.because?.find((limit) => limit.device === 'N')];
  expect(path.map((limit) => limit?.level)).toEqual(['nonsecure', 'nonsecure']);
  expect(path[1]?.because?.[0]).toMatchObject({ rule: 'D-01', device: 'N' });
});

test('a call between two lines that is encrypted has no bridge to praise', () => {
  const world = cast();
  world.call('A', 'B');
  const [id] = world.state.calls.keys();
  expect(explainCall(world.state, id ?? 0)?.sentence).toBe('Both parties are encrypted.');
});

test('a call between two lines is explained by both', () => {
  const world = cast();
  world.call('A', 'N');
  const [id] = world.state.calls.keys();
  expect(explainCall(world.state, id ?? 0)?.limits.map((limit) => limit.device)).toEqual([
    'A',
    'N',
  ]);
});

test('SEC-14: a refusal is explained by what was too low', () => {
  const world = cast();
  world.act('N', { type: 'off-hook' });
  world.press('N', 'meet-me');
  world.dial('N', '5002');
  const [refusal] = world.state.refusals;
  expect(refusal && explainRefusal(refusal)).toMatchObject({ level: 'nonsecure', rules: ['D-01'] });
});

test('SEC-13, D-03: a conference that found no bridge is explained by those that were looked at', () => {
  const world = cast();
  world.happen({ type: 'device-unregistered', device: 'SB' });
  world.confer('A', 'B', 'C');
  const refusal = world.state.refusals.at(-1);
  expect(refusal && explainRefusal(refusal)).toMatchObject({
    rules: ['D-03'],
    sentence: 'Conference bridge SB is not registered.',
  });
});

test.each([
  [[], 'Every party is encrypted.'],
  [['Ada Lovelace (SEP000000001001) is nonsecure.'], 'Ada Lovelace is nonsecure.'],
  [['One is nonsecure.', 'Another is nonsecure.'], 'One is nonsecure. (+1)'],
  [['x'.repeat(60)], `${'x'.repeat(46)}..`],
])('a phone is told %j as %s', (facts, text) => {
  const limits = facts.map((fact) => ({ rule: 'STA-04', level: 'nonsecure' as const, fact }));
  const level = facts.length === 0 ? 'encrypted' : 'nonsecure';
  expect(shortReason({ level, limits })).toBe(text);
});

test('the list on a phone says why', () => {
  const world = cast();
  world.confer('A', 'B', 'N');
  world.press('A', 'conf-list');
  expect(world.lists.get('A')?.because).toBe('N is nonsecure.');
});

function flat(limits: readonly Limit[]): readonly Limit[] {
  return limits.flatMap((limit) => [limit, ...flat(limit.because ?? [])]);
}

function cast(): CoreWorld {
  return new CoreWorld({
    phones: [
      ...['A', 'B', 'C'].map((name) => ({ name, mode: 'encrypted' as const })),
      { name: 'N', mode: 'nonsecure' },
      { name: 'T', mode: 'encrypted', number: '1100', settings: { builtInBridge: true } },
      { name: 'S', mode: 'authenticated', number: '1100' },
    ],
    bridges: [{ name: 'SB', secure: true }],
  });
}
