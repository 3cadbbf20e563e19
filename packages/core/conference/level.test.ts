import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { expect, test } from 'vitest';
import { decisive, type Limit } from '../security/assessment.ts';
import type { KnownLevel } from '../security/level.ts';
import { assessConference } from './level.ts';

/* Goal: the proof of a conference's level names the rule, the device, the time and the remedy. */

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';

test.each([
  [[E, E, E], ['SEC-04', 'SEC-04', 'SEC-04'], []],
  [
    [E, E, A],
    ['SEC-04', 'SEC-04', 'SEC-04'],
    ['D-01 P3', 'D-01 P3'],
  ],
  [[E, N, A], ['SEC-04', 'STA-04', 'SEC-04'], ['D-01 P2']],
] as const)(
  'SEC-04, STA-04: a conference of %j rests on %j, decided by %j',
  (modes, rules, reasons) => {
    const w = world(modes);
    w.confer('P1', 'P2', 'P3');
    const [bridge, ...parties] = proof(w);
    expect(bridge).toMatchObject({ rule: 'ICO-04', device: 'SB' });
    expect(parties.map((limit) => limit.rule)).toEqual(rules);
    expect(parties.map((limit) => limit.device)).toEqual(['P1', 'P2', 'P3']);
    for (const party of parties) expect(party.sinceMs).toBeGreaterThan(1_000_000);
    expect(deciding(w).map((limit) => `${limit.rule} ${limit.device}`)).toEqual(reasons);
  },
);

test('STA-04: each party is told of with name, level, hold and departure', () => {
  const w = world([E, N, E, E]);
  w.confer('P1', 'P2', 'P3', 'P4');
  w.press('P3', 'hold');
  w.happen({ type: 'phone', device: 'P4', action: { type: 'on-hook' } });
  expect(proof(w).map((limit) => limit.fact)).toEqual([
    'Conference bridge SB registered over TLS and is secure.',
    'P1 (P1) is encrypted.',
    'P2 (P2) is nonsecure.',
    'P3 (P3) is encrypted, on hold.',
    'P4 (P4) is encrypted, and leaving.',
  ]);
});

test('HLD-01, D-11: while a party is added, who adds it and since when', () => {
  const w = world([E, E, E]);
  w.confer('P1', 'P2', 'P3');
  w.press('P1', 'confrn');
  expect(deciding(w)).toEqual([
    {
      rule: 'HLD-01',
      level: 'unknown',
      device: 'P1',
      fact: 'P1 is adding a party; the level is unknown until that party answers.',
      sinceMs: w.nowMs,
      transient: true,
    },
  ]);
  const [conference] = w.state.conferences.values();
  expect(conference && assessConference(w.state, conference).lasting).toBe(E);
});

test('D-13: the number that pins a meet-me conference, with the remedy', () => {
  const w = world([E, E]);
  w.press('P1', 'meet-me');
  w.dial('P1', '5000');
  expect(deciding(w)).toEqual([
    expect.objectContaining({
      rule: 'D-13',
      fact: 'The minimum security level of 5000 is Non Secure.',
      sinceMs: w.nowMs,
      fix: expect.stringContaining('minimum security level'),
    }),
  ]);
});

test('CHN-02, SEC-02: a link is worth its own media and the whole other side', () => {
  const w = world([E, E, E, E]);
  w.press('P1', 'meet-me');
  w.dial('P1', '5001');
  w.confer('P2', 'P3', 'P4');
  const { configuration } = w.state;
  const parameters = { ...configuration.parameters, mediaSecurityPolicy: 'disable-srtp' } as const;
  w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
  w.press('P2', 'confrn');
  w.dial('P2', '5001');
  w.press('P2', 'confrn');
  // Every leg kept its SRTP; what goes between the bridges has none, and that is shown.
  const [meetMe] = w.state.conferences.values();
  const link = meetMe && assessConference(w.state, meetMe).limits.at(-1);
  expect(link).toMatchObject({ rule: 'CHN-02', level: A });
  expect(link?.because?.[0]).toMatchObject({ rule: 'SEC-02', level: A });
});

test('D-08: a conference whose bridge is not registered is unknown', () => {
  const w = world([E, E, E]);
  w.confer('P1', 'P2', 'P3');
  const [conference] = w.state.conferences.values();
  const now = conference && assessConference({ ...w.state, bridges: new Map() }, conference);
  expect(now && decisive(now)).toMatchObject([{ rule: 'D-08', level: 'unknown', device: 'SB' }]);
  expect(now?.lasting).toBe('unknown');
});

test('INT-02: since when a party behind a trunk is unknown, and what to do', () => {
  const settings = { kind: 'h323-trunk', srtpAllowed: true, ipsec: true } as const;
  const w = world([E, E], [{ name: 'ICT', mode: E, settings }]);
  w.confer('P1', 'P2', 'ICT');
  w.press('ICT', 'hold');
  expect(deciding(w)).toEqual([
    expect.objectContaining({
      rule: 'INT-02',
      device: 'ICT',
      sinceMs: w.nowMs,
      fix: expect.stringContaining('resume'),
    }),
  ]);
});

function world(modes: readonly KnownLevel[], extra: readonly PhoneSpec[] = []): CoreWorld {
  const phones = modes.map((mode, index) => ({ name: `P${index + 1}`, mode }));
  const bridges = [{ name: 'SB', secure: true }];
  const parameters = { advancedAdHocConference: true };
  return new CoreWorld({ phones: [...phones, ...extra], bridges, parameters });
}

function proof(w: CoreWorld): readonly Limit[] {
  const [conference] = w.state.conferences.values();
  return conference ? assessConference(w.state, conference).limits : [];
}

function deciding(w: CoreWorld): readonly Limit[] {
  const [conference] = w.state.conferences.values();
  return conference ? decisive(assessConference(w.state, conference)) : [];
}
