import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assess } from '../security/assessment.ts';
import { type KnownLevel, LEVELS, type Level, rank } from '../security/level.ts';
import type { Conference } from '../state.ts';
import { admits } from './minimum.ts';

/*
 * Goal: nothing below the minimum gets into a meet-me conference, and nothing that falls below stays;
 * the others notice nothing. Method: the core's world, one way in or down after the other.
 */

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';
const U = 'unknown';

const ICT = far('ICT', { kind: 'h323-trunk', srtpAllowed: true, ipsec: true });
const SIP = far('SIP', { kind: 'sip-trunk', srtpAllowed: true });

test('MTM-02, MTM-06: a minimum admits what reaches it, and nonsecure admits everything', () => {
  const minimum = fc.constantFrom<KnownLevel>(N, A, E);
  fc.assert(
    fc.property(minimum, fc.constantFrom<Level>(...LEVELS), (least, level) => {
      const assessment = assess([{ rule: 'D-01', level, fact: '' }]);
      expect(admits(least, assessment)).toBe(least === N || rank(level) >= rank(least));
    }),
  );
});

test('D-22: what passes by itself never decides over a minimum', () => {
  const level = fc.constantFrom<Level>(...LEVELS);
  fc.assert(
    fc.property(level, level, fc.constantFrom<KnownLevel>(N, A, E), (lasting, passing, least) => {
      const solid = { rule: 'D-01', level: lasting, fact: '' } as const;
      const transient = { rule: 'INT-12', level: passing, fact: '', transient: true } as const;
      const sum = { rule: 'SEC-04', level: passing, fact: '', because: [solid, transient] };
      expect(admits(least, assess([sum]))).toBe(admits(least, assess([solid])));
    }),
  );
});

describe('dialling in', () => {
  test.each([
    ['5000', [E, A, N], [E, A, N], N],
    ['5001', [E, A, N], [E, A], A],
    ['5002', [E, A, N], [E], E],
  ] as const)('MTM-01, MTM-02, CDR-04: into %s of %j come %j', (number, modes, admitted, level) => {
    const w = world(...modes.map((mode) => phone(mode, mode)));
    meetMe(w, 'P1', number);
    for (const mode of modes) w.dial(mode, number);
    expect(present(w)).toEqual(['P1', ...admitted]);
    expect(w.icon('P1')).toBe(level);
    const refused = modes.filter((mode) => !(admitted as readonly string[]).includes(mode));
    expect(w.records.map((record) => record.originating)).toMatchObject(
      refused.map((device) => ({ device, cause: 58, terminationOnBehalfOf: 6 })),
    );
    for (const record of w.records) {
      expect(record).toMatchObject({ finalCalledNumber: number, securedStatus: N });
      expect(record.destination).toMatchObject({ cause: 0, terminationOnBehalfOf: 6 });
    }
  });

  test('MTM-02: a refusal is kept with its proof', () => {
    const w = world(phone('OLD', E, { firmware: '8.2(1)' }));
    meetMe(w, 'P1', '5002');
    w.dial('OLD', '5002');
    expect(w.state.refusals).toEqual([
      expect.objectContaining({
        device: 'OLD',
        operation: 'meet-me',
        text: 'device-not-authorized',
        cause: 58,
        limits: expect.arrayContaining([
          expect.objectContaining({ rule: 'PHN-06', fix: expect.stringContaining('8.3') }),
        ]),
      }),
    ]);
  });

  test.each([
    ['7961G', 'SCCP', 'device-not-authorized'],
    ['7841', 'SIP', 'security-level-not-met'],
    ['7962G', 'SCCP', 'device-not-authorized'],
    ['7962G', 'SIP', undefined],
    ['7942', 'SIP', undefined],
  ] as const)('D-16, RES-09: a rejected %s over %s reads %s', (model, protocol, text) => {
    const w = world(phone('X', A, { model, settings: { protocol } }));
    meetMe(w, 'P1', '5002');
    w.dial('X', '5002');
    expect(w.notices).toEqual(text ? [`X:${text}`] : []);
    expect(w.state.refusals.at(-1)?.text).toBe(text);
    expect(w.screen('X')).toEqual([]);
  });

  test('RES-07, RES-08: over a SIP trunk the call is dropped with cause 58 and no text', () => {
    const w = world(SIP);
    meetMe(w, 'P1', '5001');
    w.dial('SIP', '5001');
    expect([present(w), w.notices]).toEqual([['P1'], []]);
    expect(w.records.at(-1)).toMatchObject({ originating: { device: 'SIP', cause: 58 } });
    w.press('P1', 'end-call');
    meetMe(w, 'P1', '5000');
    w.dial('SIP', '5000');
    expect(present(w)).toEqual(['P1', 'SIP']);
  });

  test('MTM-06: minimum nonsecure accepts even a party of unknown status', () => {
    const w = world(far('TS', { kind: 'sip-trunk', srtpAllowed: true, trustSecurityStatus: true }));
    meetMe(w, 'P1', '5000');
    w.dial('TS', '5000');
    expect([present(w), w.icon('P1')]).toEqual([['P1', 'TS'], U]);
  });

  test('D-20, INT-13: a policy that forbids RTP refuses with its proof', () => {
    const w = world(phone('OLD', E, { firmware: '8.2(1)' }));
    const { configuration } = w.state;
    const parameters = { ...configuration.parameters, mediaSecurityPolicy: 'enforce' } as const;
    w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
    meetMe(w, 'P1', '5001');
    w.dial('OLD', '5001');
    expect(present(w)).toEqual(['P1']);
    expect(w.state.refusals.at(-1)).toMatchObject({
      text: 'media-security-required',
      cause: 47,
      limits: expect.arrayContaining([expect.objectContaining({ rule: 'D-20' })]),
    });
  });
});

describe('starting one', () => {
  test.each([
    ['5001', N, 58],
    ['5001', A, undefined],
    ['5002', A, 58],
    ['5002', E, undefined],
    ['5000', N, undefined],
  ] as const)(
    'SEC-14, SEC-15, MTM-04: MeetMe to %s from a phone that is %s: cause %s',
    (number, mode, cause) => {
      const w = world(phone('X', mode));
      meetMe(w, 'X', number);
      expect(w.state.conferences.size).toBe(cause === undefined ? 1 : 0);
      expect(w.records.map((record) => record.originating.cause)).toEqual(cause ? [cause] : []);
      expect(w.state.counters.refusedJoins).toBe(cause === undefined ? 0 : 1);
      // Nothing was asked of a bridge.
      const asked = w.log.some((effect) => effect.type === 'create-conference');
      expect(asked).toBe(cause === undefined);
    },
  );

  test.each([
    ['5000', 'NB'],
    ['5001', undefined],
    ['5002', undefined],
  ] as const)(
    'SEC-15, MTM-05, D-04, D-12: without a secure bridge, %s gets %s',
    (number, bridge) => {
      const w = world();
      w.happen({ type: 'device-unregistered', device: 'SB' });
      w.registerBridge('NB', false);
      const { configuration } = w.state;
      const bridges = new Map(configuration.bridges);
      bridges.set('NB', { name: 'NB', type: 'any', securityMode: N });
      w.happen({ type: 'configuration', configuration: { ...configuration, bridges } });
      meetMe(w, 'P1', number);
      expect([...w.state.conferences.values()].map((each) => each.bridge)).toEqual(
        bridge ? [bridge] : [],
      );
      if (bridge) return;
      expect(w.records.at(-1)).toMatchObject({ originating: { device: 'P1', cause: 47 } });
      expect(w.state.refusals.at(-1)).toMatchObject({
        text: 'no-conference-bridge',
        limits: [
          {
            rule: 'SEC-13',
            because: [
              { rule: 'D-03', device: 'SB', fact: 'Conference bridge SB is not registered.' },
              { rule: 'D-03', device: 'NB', fact: expect.stringContaining('wanted security') },
            ],
          },
        ],
      });
    },
  );
});

describe('falling below', () => {
  test.each([
    ['5001', ['P1', 'P2']],
    ['5002', ['P1', 'P2']],
    ['5000', ['P1', 'P2', 'ICT']],
  ] as const)(
    'INT-04, CDR-05: a hold behind a trunk clears it from %s, or not: %j stay',
    (number, stay) => {
      const w = world(ICT);
      meetMe(w, 'P1', number);
      for (const device of ['P2', 'ICT']) w.dial(device, number);
      const keys = keysOf(w, 'P2');
      w.press('ICT', 'hold');
      expect(present(w)).toEqual(stay);
      expect(w.icon('P2')).toBe(number === '5000' ? U : E);
      expect(keysOf(w, 'P2')).toEqual(keys);
      if (number === '5000') return;
      expect(w.records).toHaveLength(1);
      expect(w.records[0]).toMatchObject({
        originating: { device: 'ICT', cause: 58, terminationOnBehalfOf: 6 },
      });
      expect(w.state.refusals.at(-1)).toMatchObject({
        device: 'ICT',
        cause: 58,
        limits: expect.arrayContaining([expect.objectContaining({ rule: 'INT-02' })]),
      });
    },
  );

  test('D-14: the minimum is that of the beginning; a new one counts for the next conference', () => {
    const w = world(phone('A1', A));
    meetMe(w, 'P1', '5001');
    w.dial('A1', '5001');
    const { configuration } = w.state;
    const meetMeNumbers = [{ pattern: '5001', minimum: E } as const];
    w.happen({ type: 'configuration', configuration: { ...configuration, meetMeNumbers } });
    expect(present(w)).toEqual(['P1', 'A1']);
  });

  test('D-13 changes nothing: with a computed status, minimum nonsecure evicts nobody either', () => {
    const w = world(ICT);
    const { configuration } = w.state;
    const parameters = { ...configuration.parameters, computeStatusForNonsecureMeetMe: true };
    w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
    meetMe(w, 'P1', '5000');
    w.dial('ICT', '5000');
    expect(w.icon('P1')).toBe(E);
    w.press('ICT', 'hold');
    expect([present(w), w.icon('P1')]).toEqual([['P1', 'ICT'], U]);
  });
});

describe('linked conferences', () => {
  test('D-14, MAH-01: a linked conference that takes in a weaker party is cut off first', () => {
    const w = linked(phone('N1', N));
    w.log.length = 0;
    w.add('P2', 'N1');
    expect(levels(w)).toEqual({ 'meet-me': [E, ['P1']], 'ad-hoc': [N, ['P2', 'P3', 'P4', 'N1']] });
    // Whoever is in the meet-me conference has never been shown less.
    const told = w.log.flatMap((effect) =>
      effect.type === 'call-info' && effect.device === 'P1' ? [effect.level] : [],
    );
    expect(told.filter((level) => level === N)).toEqual([]);
    expect(w.records.filter((each) => each.originating.cause === 58)).toHaveLength(2);
    expect(w.state.refusals.at(-1)).toMatchObject({ operation: 'meet-me', cause: 58 });
  });

  test('D-14: one whose party falls below is cut off, and only the link', () => {
    const w = linked(ICT);
    w.add('P2', 'ICT');
    expect(levels(w)['meet-me']?.[1]).toEqual(['P1', 'Conference']);
    w.press('ICT', 'hold');
    expect(levels(w)).toEqual({ 'meet-me': [E, ['P1']], 'ad-hoc': [U, ['P2', 'P3', 'P4', 'ICT']] });
  });

  test('D-22: adding a party makes the linked conference unknown for a while, and cuts nothing', () => {
    const w = linked();
    w.press('P2', 'confrn');
    expect(levels(w)).toEqual({
      'meet-me': [U, ['P1', 'Conference']],
      'ad-hoc': [U, ['P2', 'P3', 'P4', 'Conference']],
    });
  });

  test('MAH-01, D-09: a weaker conference that is linked to the linked one cuts the meet-me off first', () => {
    const w = linked(phone('A1', A), phone('A2', A));
    w.press('P3', 'hold');
    w.confer('P3', 'A1', 'A2');
    const [first, second] = [...w.state.legs.values()].filter((leg) => leg.device === 'P3');
    w.log.length = 0;
    w.press('P3', 'select', first?.id);
    w.press('P3', 'join', second?.id);
    const [meetMeOnly, ...others] = [...w.state.conferences.values()];
    expect(meetMeOnly).toMatchObject({ kind: 'meet-me', level: E });
    expect(meetMeOnly?.participants).toHaveLength(1);
    expect(others.map(({ level }) => level)).toEqual([A, A]);
    const told = w.log.filter((each) => each.type === 'call-info' && each.device === 'P1');
    expect(told).toEqual([]);
  });

  test('D-14, D-09: of two linked conferences only the one that takes in a weaker party is cut off', () => {
    const w = linked(phone('P5', E), phone('P6', E), phone('P7', E), phone('N1', N));
    w.confer('P5', 'P6', 'P7');
    w.press('P5', 'confrn');
    w.dial('P5', '5002');
    w.press('P5', 'confrn');
    expect(meetMeOf(w).participants.map((each) => each.link !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    w.add('P5', 'N1');
    expect(meetMeOf(w)).toMatchObject({ level: E });
    expect(meetMeOf(w).participants).toHaveLength(2);
    expect(w.icon('P2')).toBe(E);
    expect(w.icon('P5')).toBe(N);
    w.add('P2', 'P6');
    expect(meetMeOf(w).participants).toHaveLength(2);
  });

  test('D-14, D-09: what enters two links away cuts the meet-me off, and leaves the other link', () => {
    const w = linked(phone('P5', E), phone('P6', E), phone('N1', N));
    w.press('P3', 'hold');
    w.confer('P3', 'P5', 'P6');
    const [first, second] = [...w.state.legs.values()].filter((leg) => leg.device === 'P3');
    w.press('P3', 'select', first?.id);
    w.press('P3', 'join', second?.id);
    expect(meetMeOf(w).participants).toHaveLength(2);
    w.add('P5', 'N1');
    expect(meetMeOf(w)).toMatchObject({ level: E });
    expect(meetMeOf(w).participants).toHaveLength(1);
    // The two ad hoc conferences are still one: what N1 lowers, it lowers in both.
    expect([w.icon('P2'), w.icon('P5')]).toEqual([N, N]);
  });

  test('D-14: a new configuration leaves linked conferences and whoever is leaving as they are', () => {
    const w = linked(phone('A1', A));
    w.happen({ type: 'configuration', configuration: { ...w.state.configuration } });
    expect(levels(w)['meet-me']).toEqual([E, ['P1', 'Conference']]);
    w.add('P2', 'A1');
    w.happen({ type: 'phone', device: 'A1', action: { type: 'on-hook' } });
    const phones = new Map(w.state.configuration.phones);
    const a1 = phones.get('A1');
    if (a1) phones.set('A1', { ...a1, mediaPath: 'mtp' });
    w.happen({ type: 'configuration', configuration: { ...w.state.configuration, phones } });
    expect(w.icon('P2')).toBe(A);
  });

  function meetMeOf(w: CoreWorld): Conference {
    const found = [...w.state.conferences.values()].find((each) => each.kind === 'meet-me');
    if (!found) throw new Error('there is no meet-me conference');
    return found;
  }

  /** P1 in meet-me 5002; P2, P3 and P4 in an ad hoc conference that P2 has linked to it. */
  function linked(...extra: readonly PhoneSpec[]): CoreWorld {
    const w = world(...extra);
    meetMe(w, 'P1', '5002');
    w.confer('P2', 'P3', 'P4');
    w.press('P2', 'confrn');
    w.dial('P2', '5002');
    w.press('P2', 'confrn');
    return w;
  }

  function levels(w: CoreWorld): Record<string, [Level, readonly string[]]> {
    return Object.fromEntries(
      [...w.state.conferences.values()].map(({ kind, level, participants }) => [
        kind,
        [level, participants.map((each) => (each.link ? 'Conference' : each.device))],
      ]),
    );
  }
});

function world(...extra: readonly PhoneSpec[]): CoreWorld {
  const phones = ['P1', 'P2', 'P3', 'P4'].map((name) => phone(name, E));
  return new CoreWorld({
    phones: [...phones, ...extra],
    bridges: [{ name: 'SB', secure: true }],
    parameters: { advancedAdHocConference: true },
  });
}

function phone(name: string, mode: KnownLevel, change: Partial<PhoneSpec> = {}): PhoneSpec {
  return { name, mode, ...change };
}

function far(name: string, settings: NonNullable<PhoneSpec['settings']>): PhoneSpec {
  return { name, mode: E, model: '', firmware: '', settings };
}

function meetMe(w: CoreWorld, device: string, number: string): void {
  w.press(device, 'meet-me');
  w.dial(device, number);
}

function present(w: CoreWorld): readonly string[] {
  return [...w.state.conferences.values()].flatMap(({ participants }) =>
    participants.map((each) => each.device),
  );
}

function keysOf(w: CoreWorld, device: string): readonly (number | undefined)[] {
  return [...w.state.connections.values()]
    .filter(({ ends }) => ends.some((each) => each.device === device))
    .flatMap(({ ends }) => ends.map((each) => each.receiveKey));
}
