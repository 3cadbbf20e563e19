import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { explainConference } from './explain.ts';
import type { KnownLevel } from './security/level.ts';
import { nextDeadlineMs } from './step.ts';

/*
 * Goal: the rules of the ledger, by id, on whole conferences. Method: the pure core in a world whose
 * phones and bridges obey, watched after every effect by a witness that shares no code with the rules.
 */

const SECURE = { name: 'SB', secure: true };
const PLAIN = { name: 'NB', secure: false };

function phones(...modes: readonly KnownLevel[]): PhoneSpec[] {
  return modes.map((mode, index) => ({ name: `P${index + 1}`, mode }));
}

function world(
  modes: readonly KnownLevel[],
  bridges = [SECURE, PLAIN],
  parameters = {},
): CoreWorld {
  return new CoreWorld({ phones: phones(...modes), bridges, parameters });
}

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';

describe('two-party calls', () => {
  test.each([
    [E, E, E],
    [E, A, A],
    [A, A, A],
    [E, N, N],
    [A, N, N],
    [N, N, N],
  ] as const)('SEC-02 %s calls %s: %s', (one, other, level) => {
    const w = world([one, other]);
    w.call('P1', 'P2');
    expect([w.icon('P1'), w.icon('P2')]).toEqual([level, level]);
    w.press('P1', 'end-call');
    expect(w.records).toHaveLength(1);
    expect(w.records[0]).toMatchObject({ securedStatus: level, originating: { cause: 16 } });
    expect(w.state.legs.size + w.state.calls.size + w.state.connections.size).toBe(0);
  });

  test('hold stops the media, resume opens it again with new keys', () => {
    const w = world([E, E]);
    w.call('P1', 'P2');
    const before = new Set(keysIn(w));
    w.press('P2', 'hold');
    expect(w.state.connections.size).toBe(0);
    expect(w.screen('P2')[0]?.state).toBe('hold');
    w.press('P2', 'resume');
    expect(w.state.connections.size).toBe(1);
    expect(keysIn(w).filter((key) => !before.has(key))).toHaveLength(2);
    expect(w.icon('P2')).toBe(E);
  });
});

describe('ad hoc conferences', () => {
  test.each([
    [[E, E, E], E],
    [[E, E, A], A],
    [[E, A, E], A],
    [[E, E, N], N],
    [[A, E, E], A],
    [[A, A, A], A],
    [[N, E, E], N],
  ] as const)('SEC-04, SEC-05, STA-02, STA-04, ICO-05: %j confer as %s', (modes, level) => {
    const w = world(modes);
    w.confer('P1', 'P2', 'P3');
    expect(['P1', 'P2', 'P3'].map((p) => w.icon(p))).toEqual([level, level, level]);
    expect([...w.state.conferences.values()][0]?.participants).toHaveLength(3);
  });

  test.each([
    [E, 'SB'],
    [A, 'SB'],
    [N, 'NB'],
  ] as const)('SEC-07, SEC-08, TIP-04: initiator %s gets %s', (mode, bridge) => {
    const w = world([mode, E, E], [PLAIN, SECURE]);
    w.confer('P1', 'P2', 'P3');
    expect([...w.state.conferences.values()][0]?.bridge).toBe(bridge);
  });

  test('SEC-06, SEC-09, SEC-11: without a secure bridge the conference is on the other one, nonsecure', () => {
    const w = world([E, E, E], [PLAIN]);
    w.confer('P1', 'P2', 'P3');
    expect(w.icon('P1')).toBe(N);
    expect([...w.state.connections.values()].every((c) => c.protection === 'rtp')).toBe(true);
  });

  test('SEC-12, D-05, ICO-09: a nonsecure initiator on a secure bridge; SRTP for E; rises when he leaves', () => {
    const w = world([N, E, E, E], [SECURE], { advancedAdHocConference: true });
    w.confer('P1', 'P2', 'P3', 'P4');
    expect(w.icon('P2')).toBe(N);
    expect([...w.state.connections.values()].map((c) => c.protection).sort()).toEqual([
      'rtp',
      'srtp',
      'srtp',
      'srtp',
    ]);
    w.press('P1', 'end-call');
    expect(['P2', 'P3', 'P4'].map((p) => w.icon(p))).toEqual([E, E, E]);
  });

  test('SEC-13: no bridge at all: the key fails, both calls stay', () => {
    const w = world([E, E, E], []);
    w.confer('P1', 'P2', 'P3');
    expect(w.state.conferences.size).toBe(0);
    expect(w.state.calls.size).toBe(2);
    expect(w.state.counters.failedAllocations).toBe(1);
    expect(w.screen('P1').map((leg) => leg.prompt)).toContain('no-conference-bridge');
  });

  test('STA-01 ... STA-03: joins lower, leaves raise, in the order that fails safe', () => {
    const w = world([E, E, E, A, N]);
    w.confer('P1', 'P2', 'P3');
    w.add('P1', 'P4');
    expect(w.icon('P2')).toBe(A);
    w.add('P1', 'P5');
    expect(w.icon('P2')).toBe(N);
    w.log.length = 0;
    w.press('P5', 'end-call');
    expect(w.icon('P2')).toBe(A);
    const order = w.log.map((effect) => effect.type);
    expect(order.indexOf('close-receive')).toBeLessThan(order.indexOf('drop-participant'));
    expect(order.indexOf('drop-participant')).toBeLessThan(order.lastIndexOf('call-info'));
    w.press('P4', 'end-call');
    expect(w.icon('P2')).toBe(E);
  });

  test('fail-safe: the level stays down until the bridge confirms that the weak leg is gone', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3', 'P4');
    w.happen({ type: 'phone', device: 'P4', action: { type: 'on-hook' } });
    expect(w.icon('P2')).toBe(N);
    w.settle();
    expect(w.icon('P2')).toBe(E);
  });

  test('fail-safe: everybody is told before the bridge is asked to take the weaker party', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3');
    w.log.length = 0;
    w.add('P1', 'P4');
    const told = w.log.findLastIndex(
      (e) => e.type === 'call-info' && e.device !== 'P4' && e.level === N,
    );
    const asked = w.log.findIndex((e) => e.type === 'add-participant');
    const lastTold = w.log
      .slice(asked)
      .some((e) => e.type === 'call-info' && e.conference && e.level === N && e.device !== 'P4');
    expect(told).toBeGreaterThan(-1);
    expect(lastTold).toBe(false);
  });

  test('HLD-01, HLD-02, D-11: unknown while a party is being added, until it answers', () => {
    const w = world([E, E, E, E]);
    w.confer('P1', 'P2', 'P3');
    w.press('P1', 'confrn');
    expect(w.icon('P2')).toBe('unknown');
    w.dial('P1', '1004');
    expect(w.icon('P2')).toBe('unknown');
    w.press('P4', 'answer');
    expect(w.icon('P2')).toBe(E);
    w.press('P1', 'confrn');
    expect(w.icon('P4')).toBe(E);
    expect([...w.state.conferences.values()][0]?.participants).toHaveLength(4);
  });

  test('HLD-02: an abandoned consultation restores the level', () => {
    const w = world([E, E, E, E]);
    w.confer('P1', 'P2', 'P3');
    w.press('P1', 'confrn');
    w.press('P1', 'end-call');
    expect(w.icon('P2')).toBe(E);
  });

  test('INT-01, D-11: a user hold changes no level; resume brings the media back', () => {
    const w = world([E, E, E]);
    w.confer('P1', 'P2', 'P3');
    w.press('P2', 'hold');
    expect(w.icon('P1')).toBe(E);
    expect(w.state.connections.size).toBe(2);
    w.press('P2', 'resume');
    expect(w.state.connections.size).toBe(3);
  });

  test('BRG-09, BRG-10: six keys for three parties, none changes when one leaves', () => {
    const w = world([E, E, E, E]);
    w.confer('P1', 'P2', 'P3', 'P4');
    const before = [...w.state.connections.values()].flatMap((c) => c.ends);
    expect(new Set(before.map((end) => end.receiveKey)).size).toBe(8);
    w.log.length = 0;
    w.press('P4', 'end-call');
    expect(w.log.some((effect) => effect.type === 'open-receive')).toBe(false);
  });

  test('domain 1.2: two that remain become a call and the bridge is free', () => {
    const w = world([E, E, E]);
    w.confer('P1', 'P2', 'P3');
    w.press('P3', 'end-call');
    expect(w.state.conferences.size).toBe(0);
    expect(w.state.calls.size).toBe(1);
    expect([w.icon('P1'), w.icon('P2')]).toEqual([E, E]);
    w.press('P1', 'end-call');
    expect(w.state.legs.size).toBe(0);
  });

  test('Maximum Ad Hoc Conference: the one too many stays in its call', () => {
    const w = world([E, E, E, E], [SECURE], { maximumAdHocConference: 3 });
    w.confer('P1', 'P2', 'P3', 'P4');
    expect([...w.state.conferences.values()][0]?.participants).toHaveLength(3);
    expect(w.screen('P1').map((leg) => leg.prompt)).toContain('exceeds-maximum-parties');
  });
});

describe('conference list', () => {
  test('LST-01, LST-02, LST-03, LST-06: newest first, levels, held, controller', () => {
    const w = world([E, A, N]);
    w.confer('P1', 'P2', 'P3');
    w.press('P2', 'hold');
    w.press('P3', 'conf-list');
    const list = w.lists.get('P3');
    expect(list?.level).toBe(N);
    expect(list?.mayRemove).toBe(false);
    expect(list?.rows.map((row) => [row.name, row.level, row.held, row.controller])).toEqual([
      ['P3', N, false, false],
      ['P2', A, true, false],
      ['P1', E, false, true],
    ]);
  });

  test('LST-04, CDR: the initiator ejects the nonsecure party: cause 458752, level rises', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3', 'P4');
    w.press('P1', 'conf-list');
    const list = w.lists.get('P1');
    const target = list?.rows.find((row) => row.name === 'P4');
    w.act('P1', {
      type: 'list-choice',
      conference: list?.conference ?? 0,
      remove: target?.leg ?? 0,
    });
    expect(w.icon('P2')).toBe(E);
    expect(w.screen('P4')).toHaveLength(0);
    expect(w.records.at(-1)).toMatchObject({
      originating: { cause: 458752, device: 'P4' },
      securedStatus: N,
      conferenceSecuredStatus: N,
    });
    // A list on a screen follows the level: it would lie otherwise.
    expect(w.lists.get('P1')?.level).toBe(E);
  });

  test.each([
    [false, 4],
    [true, 3],
  ])('LST-05: others may eject only when Advanced is %s', (advancedAdHocConference, parties) => {
    const w = world([E, E, E, E], [SECURE], { advancedAdHocConference });
    w.confer('P1', 'P2', 'P3', 'P4');
    w.press('P2', 'rm-last-conf');
    expect([...w.state.conferences.values()][0]?.participants).toHaveLength(parties);
  });

  test('LST-07: RmLstC removes the party that joined last', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3', 'P4');
    w.press('P1', 'rm-last-conf');
    expect(w.screen('P4')).toHaveLength(0);
    expect(w.icon('P3')).toBe(E);
  });

  test('LST-02: a list on a screen follows who is in, also when the level stays', () => {
    const w = world([E, E, E, E]);
    w.confer('P1', 'P2', 'P3');
    w.press('P2', 'conf-list');
    w.add('P1', 'P4');
    expect(w.lists.get('P2')?.rows.map((row) => row.name)).toEqual(['P4', 'P3', 'P2', 'P1']);
    w.press('P4', 'end-call');
    expect(w.lists.get('P2')?.rows.map((row) => row.name)).toEqual(['P3', 'P2', 'P1']);
  });

  test('RES-03: no conference list on a 7911G', () => {
    const w = new CoreWorld({
      phones: [
        { name: 'P1', mode: E },
        { name: 'P2', mode: E },
        { name: 'P3', mode: E, model: '7911G' },
      ],
      bridges: [SECURE],
    });
    w.confer('P1', 'P2', 'P3');
    w.press('P3', 'conf-list');
    expect(w.lists.has('P3')).toBe(false);
  });
});

describe('meet-me', () => {
  function meetMe(w: CoreWorld, device: string, number: string): void {
    w.press(device, 'meet-me');
    w.dial(device, number);
  }

  test.each([
    ['5000', N, true],
    ['5000', E, true],
    ['5001', N, false],
    ['5001', A, true],
    ['5001', E, true],
    ['5002', N, false],
    ['5002', A, false],
    ['5002', E, true],
  ] as const)('SEC-14, MTM-04: %s begun by %s: %s', (number, mode, accepted) => {
    const w = world([mode]);
    meetMe(w, 'P1', number);
    expect(w.state.conferences.size).toBe(accepted ? 1 : 0);
    if (!accepted) expect(w.notices).toEqual(['P1:device-not-authorized']);
  });

  test.each([
    ['5000', N, true],
    ['5001', N, false],
    ['5001', A, true],
    ['5002', A, false],
    ['5002', E, true],
  ] as const)('MTM-02: %s joined by %s: %s', (number, mode, accepted) => {
    const w = world([E, mode]);
    meetMe(w, 'P1', number);
    const level = w.icon('P1');
    w.log.length = 0;
    w.dial('P2', number);
    expect([...w.state.conferences.values()][0]?.participants).toHaveLength(accepted ? 2 : 1);
    if (accepted) return;
    // A refused party never hears or feeds the mix, and nobody else notices.
    expect(w.log.some((e) => e.type === 'open-receive' || e.type === 'add-participant')).toBe(
      false,
    );
    expect(w.icon('P1')).toBe(level);
    expect(w.records).toHaveLength(1);
    // CDR-04.
    expect(w.records[0]).toMatchObject({
      finalCalledNumber: number,
      originating: { number: '1002', cause: 58, terminationOnBehalfOf: 6 },
      destination: { cause: 0, terminationOnBehalfOf: 6 },
      lastRedirectNumber: number,
      redirectReason: 0,
    });
    expect(w.records[0]?.connectedMs).toBeUndefined();
  });

  test('MTM-05, D-12: no secure bridge: cause 47, no fallback; D-04: minimum nonsecure falls back', () => {
    const w = world([E], [PLAIN]);
    meetMe(w, 'P1', '5001');
    expect(w.state.conferences.size).toBe(0);
    expect(w.records[0]).toMatchObject({ originating: { cause: 47 } });
    const other = world([E], [PLAIN]);
    meetMe(other, 'P1', '5000');
    expect(other.state.conferences.size).toBe(1);
  });

  test('MTM-06, D-13: minimum nonsecure pins the level, media stays SRTP', () => {
    const w = world([E, E]);
    meetMe(w, 'P1', '5000');
    w.dial('P2', '5000');
    expect(w.icon('P2')).toBe(N);
    expect([...w.state.connections.values()].every((c) => c.protection === 'srtp')).toBe(true);
    const [id] = w.state.conferences.keys();
    expect(explainConference(w.state, id ?? 0)?.sentence).toBe(
      'The minimum security level of 5000 is Non Secure.',
    );
  });

  test('MTM-04: dialling before anybody began leads nowhere', () => {
    const w = world([E]);
    w.act('P1', { type: 'off-hook' });
    w.dial('P1', '5001');
    expect(w.state.conferences.size).toBe(0);
    expect(w.screen('P1')[0]?.prompt).toBe('unknown-number');
  });

  test('the last one out frees the bridge', () => {
    const w = world([E, E]);
    meetMe(w, 'P1', '5002');
    w.dial('P2', '5002');
    w.press('P1', 'end-call');
    expect(w.state.conferences.size).toBe(1);
    w.press('P2', 'end-call');
    expect(w.state.conferences.size).toBe(0);
    expect(w.log.at(-1)?.type).toBe('delete-conference');
  });
});

describe('models', () => {
  test.each([
    ['7942', '9.4(2)', A, 'PHN-01'],
    ['7942G', '9.4(2)', E, 'D-17'],
    ['7961G', '8.2(1)', A, 'PHN-06'],
    ['7961G', '8.3(1)', E, 'PHN-05'],
  ] as const)('%s with %s counts as %s (%s)', (model, firmware, level, _rule) => {
    const w = new CoreWorld({
      phones: [...phones(E, E), { name: 'P3', mode: E, model, firmware }],
      bridges: [SECURE],
    });
    w.confer('P1', 'P2', 'P3');
    expect(w.icon('P1')).toBe(level);
  });

  test('PHN-08: an unlisted model is told no level, but its level counts', () => {
    const w = new CoreWorld({
      phones: [...phones(E, E), { name: 'P3', mode: N, model: '7912' }],
      bridges: [SECURE],
    });
    w.confer('P1', 'P2', 'P3');
    expect(w.icon('P3')).toBe('untold');
    expect(w.icon('P1')).toBe(N);
  });
});

describe('failures', () => {
  test('a bridge that does not answer: the conference is given up, both calls stay', () => {
    const w = world([E, E, E]);
    w.call('P1', 'P2');
    w.press('P1', 'confrn');
    w.dial('P1', '1003');
    w.press('P3', 'answer');
    w.happen({ type: 'phone', device: 'P1', action: { type: 'softkey', key: 'confrn', line: 1 } });
    w.pending.length = 0;
    expect(w.state.conferences.size).toBe(1);
    w.nowMs = nextDeadlineMs(w.state) ?? 0;
    w.happen({ type: 'clock' });
    expect(w.state.conferences.size).toBe(0);
    expect(w.state.calls.size).toBe(2);
    expect(w.log.at(-1)).toMatchObject({ type: 'alarm', name: 'ConferenceBridgeUnavailable' });
    expect(w.log.some((effect) => effect.type === 'delete-conference')).toBe(true);
    expect(nextDeadlineMs(w.state)).toBeUndefined();
  });

  test('a bridge that does not say who is left is asked again, and the level stays down', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3', 'P4');
    w.happen({ type: 'phone', device: 'P4', action: { type: 'on-hook' } });
    w.pending.length = 0;
    w.nowMs = nextDeadlineMs(w.state) ?? 0;
    w.happen({ type: 'clock' });
    expect(w.icon('P1')).toBe(N);
    w.settle();
    expect(w.icon('P1')).toBe(E);
    expect(nextDeadlineMs(w.state)).toBeUndefined();
  });

  test('a lost phone leaves; the level follows', () => {
    const w = world([E, E, E, N]);
    w.confer('P1', 'P2', 'P3', 'P4');
    w.happen({ type: 'device-unregistered', device: 'P4' });
    w.settle();
    expect(w.icon('P1')).toBe(E);
    expect(w.records.at(-1)).toMatchObject({ originating: { device: 'P4', cause: 27 } });
  });

  test('a lost bridge ends its conferences with records for everybody', () => {
    const w = world([E, E, E]);
    w.confer('P1', 'P2', 'P3');
    const before = w.records.length;
    w.happen({ type: 'device-unregistered', device: 'SB' });
    w.settle();
    expect(w.state.conferences.size + w.state.legs.size + w.state.connections.size).toBe(0);
    expect(w.records.slice(before).map((r) => r.originating.cause)).toEqual([41, 41, 41]);
  });

  test('a phone cannot act on another phone’s call', () => {
    const w = world([E, E, E]);
    w.call('P1', 'P2');
    const [leg] = w.state.legs.keys();
    w.press('P3', 'end-call', leg);
    expect(w.state.calls.size).toBe(1);
  });
});

test('CDR-01, CDR-02, D-21: an encrypted leg in a nonsecure conference', () => {
  const w = world([E, E, N]);
  w.confer('P1', 'P2', 'P3');
  w.press('P1', 'end-call');
  expect(
    w.records.find((r) => r.originating.device === 'P1' && r.redirectReason === 98),
  ).toMatchObject({
    securedStatus: E,
    conferenceSecuredStatus: N,
    conferenceLowestSecuredStatus: N,
  });
});

test('D-21: each record has its own highest level', () => {
  const w = new CoreWorld({
    phones: [...phones(E, E), { name: 'P3', mode: E, firmware: '8.2(1)' }],
    bridges: [SECURE],
  });
  w.confer('P1', 'P3', 'P2');
  w.press('P2', 'end-call');
  w.press('P1', 'end-call');
  const statuses = w.records
    .filter((r) => r.originating.device === 'P3' || r.destination.device === 'P3')
    .map((r) => [r.redirectReason, r.securedStatus]);
  // The call before, the leg of the conference (PHN-06), and the call that remained.
  expect(statuses).toEqual([
    [0, E],
    [98, A],
    [98, E],
  ]);
});

function keysIn(w: CoreWorld): readonly number[] {
  return w.log.flatMap((effect) =>
    effect.type === 'open-receive' && effect.format.key !== undefined ? [effect.format.key] : [],
  );
}
