import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { Level } from '../security/level.ts';

/*
 * Goal: parties behind trunks and gateways, from the call to the conference and through a hold over
 * there. Method: the core's world; a trunk is a device each of whose lines is one remote party.
 */

const E = 'encrypted';
const N = 'nonsecure';
const U = 'unknown';

const ICT = trunk('ICT', { kind: 'h323-trunk', srtpAllowed: true, ipsec: true });
const SIP = trunk('SIP', { kind: 'sip-trunk', srtpAllowed: true });
const GW = trunk('GW', { kind: 'mgcp-gateway', srtpAllowed: true, ipsec: true });

describe('calls and conferences with remote parties', () => {
  test.each([
    ['ICT', E],
    ['GW', E],
    ['SIP', N],
  ] as const)('TRK-01, TRK-03, INT-09, RES-06: %s in a call and a conference: %s', (far, level) => {
    const w = world(ICT, SIP, GW);
    w.call('P1', far);
    expect(w.icon('P1')).toBe(level);
    w.add('P1', 'P2');
    expect([w.icon('P1'), w.icon('P2')]).toEqual([level, level]);
    expect(protections(w)).toEqual(['srtp', 'srtp', 'srtp']);
  });

  test('TRK-01: without permission for SRTP an H.323 leg is RTP and nonsecure', () => {
    const w = world(trunk('ICT', { kind: 'h323-trunk', ipsec: true }));
    w.confer('P1', 'P2', 'ICT');
    expect(w.icon('P1')).toBe(N);
    expect(protections(w)).toEqual(['rtp', 'srtp', 'srtp']);
  });

  test('TRK-02, PHN-05, PHN-06, D-18: firmware 8.2 is RTP and nonsecure over H.323, authenticated here', () => {
    const old = { name: 'OLD', mode: E, firmware: '8.2(1)' } as const;
    const w = world(ICT, old);
    w.call('OLD', 'ICT');
    expect(w.log).toContainEqual(
      expect.objectContaining({ type: 'alarm', name: 'FirmwareOutdated', device: 'OLD' }),
    );
    expect([w.icon('OLD'), protections(w)]).toEqual([N, ['rtp']]);
    w.press('OLD', 'end-call');
    w.confer('P1', 'P2', 'OLD');
    expect(w.icon('P1')).toBe('authenticated');
  });

  test('RES-13: a conference of another cluster is one ordinary leg', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    w.press('P1', 'conf-list');
    const rows = w.lists.get('P1')?.rows ?? [];
    expect(rows.map((row) => [row.name, row.conference, row.level])).toEqual([
      ['ICT', false, E],
      ['P2', false, E],
      ['P1', false, E],
    ]);
  });

  test('RES-10, RES-11, TRK-04: H.323 is told the level and no list, SIP and MGCP nothing', () => {
    const w = world(ICT, SIP, GW);
    w.confer('P1', 'P2', 'ICT', 'GW', 'SIP');
    expect(['ICT', 'GW', 'SIP'].map((far) => w.icon(far))).toEqual([N, 'untold', 'untold']);
    for (const far of ['ICT', 'SIP', 'GW']) w.press(far, 'conf-list');
    expect([...w.lists.keys()]).toEqual([]);
  });

  test('each line of a trunk is another party: they do not hold each other', () => {
    const lines = [1, 2, 3].map((index) => ({
      index,
      directoryNumber: `900${index}`,
      partition: '',
      displayName: `Remote ${index}`,
      label: '',
    }));
    const w = world({ ...ICT, settings: { ...ICT.settings, lines } });
    w.call('P1', 'ICT');
    for (const line of [2, 3]) {
      w.press('P1', 'confrn');
      w.dial('P1', `900${line}`);
      w.act('ICT', { type: 'softkey', key: 'answer', line });
      w.press('P1', 'confrn');
    }
    const [conference] = w.state.conferences.values();
    expect(conference?.participants.map((each) => [each.name, each.held])).toEqual([
      ['P1', false],
      ['Remote 1', false],
      ['Remote 2', false],
      ['Remote 3', false],
    ]);
    expect(w.icon('P1')).toBe(E);
  });
});

describe('what the other side tells', () => {
  test('INT-02, INT-03: a hold there stops the media and makes the conference unknown, until resumed', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    w.press('ICT', 'hold');
    expect(w.icon('P1')).toBe(U);
    expect(protections(w)).toEqual(['srtp', 'srtp']);
    w.press('ICT', 'resume');
    expect(w.icon('P1')).toBe(E);
    expect(protections(w)).toEqual(['srtp', 'srtp', 'srtp']);
  });

  test('INT-02, INT-03: the same in a call of two', () => {
    const w = world(ICT);
    w.call('P1', 'ICT');
    tell(w, 'ICT', U);
    expect([w.icon('P1'), w.state.connections.size]).toEqual([U, 0]);
    tell(w, 'ICT', E);
    expect([w.icon('P1'), w.state.connections.size]).toEqual([E, 1]);
  });

  test('INT-02: a hold there lowers the level before the media changes', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    w.log.length = 0;
    w.press('ICT', 'hold');
    const order = w.log.map((effect) => effect.type);
    expect(order.indexOf('call-info')).toBeLessThan(order.indexOf('close-receive'));
    expect(order).toContain('close-receive');
  });

  test('JOI-02, ICO-10: who joins with an unknown status makes the conference unknown', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'P3');
    w.press('P1', 'hold');
    w.call('P1', 'ICT');
    tell(w, 'ICT', U);
    const [first, second] = [...w.state.legs.values()].filter((leg) => leg.device === 'P1');
    w.press('P1', 'select', first?.id);
    w.press('P1', 'join', second?.id);
    const [conference] = w.state.conferences.values();
    expect(conference?.participants.map((each) => each.name)).toContain('ICT');
    expect([conference?.level, w.icon('P2')]).toEqual([U, U]);
  });

  test.each([
    ['authenticated', N],
    [N, N],
    [E, E],
  ] as const)('RES-12: %s over H.323 counts as %s', (told, level) => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    tell(w, 'ICT', told);
    expect(w.icon('P2')).toBe(level);
  });

  test('D-19: a SIP trunk is believed only when it is to be trusted', () => {
    const trusted = trunk('TS', {
      kind: 'sip-trunk',
      srtpAllowed: true,
      trustSecurityStatus: true,
    });
    const w = world(SIP, trusted);
    w.confer('P1', 'P2', 'TS');
    expect(w.icon('P1')).toBe(U);
    tell(w, 'TS', E);
    expect(w.icon('P1')).toBe(E);
    w.add('P1', 'SIP');
    tell(w, 'SIP', E);
    expect(w.icon('P1')).toBe(N);
  });

  test('a phone has no such status, and nobody speaks for the party of another device', () => {
    const w = world(ICT, GW);
    w.confer('P1', 'P2', 'ICT');
    const before = w.state;
    const leg = legOf(w, 'P2');
    w.happen({ type: 'remote-status', device: 'P2', leg, level: U });
    w.happen({ type: 'remote-status', device: 'GW', leg: legOf(w, 'ICT'), level: U });
    w.happen({ type: 'remote-status', device: 'ICT', leg: 9999, level: U });
    expect(w.state).toEqual(before);
  });

  test('a party that leaves is worth until the end what was told of it', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'P3', 'ICT');
    tell(w, 'ICT', N);
    w.happen({ type: 'phone', device: 'ICT', action: { type: 'on-hook' } });
    expect(w.icon('P1')).toBe(N);
    w.settle();
    expect(w.icon('P1')).toBe(E);
  });

  test('INT-03: what is agreed at the resume counts; media that stayed open is worth what it is', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    const { configuration } = w.state;
    const parameters = {
      ...configuration.parameters,
      mediaSecurityPolicy: 'disable-srtp',
    } as const;
    w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
    tell(w, 'ICT', N);
    tell(w, 'ICT', E);
    expect([w.icon('P1'), protections(w)]).toEqual([E, ['srtp', 'srtp', 'srtp']]);
    w.press('ICT', 'hold');
    w.press('ICT', 'resume');
    expect([w.icon('P1'), protections(w)]).toEqual([N, ['rtp', 'srtp', 'srtp']]);
  });

  test('INT-02: while we hold the party ourselves, what it does changes no media', () => {
    const w = world(ICT);
    w.confer('P1', 'P2', 'ICT');
    w.press('P2', 'hold');
    w.log.length = 0;
    tell(w, 'ICT', N);
    tell(w, 'ICT', E);
    expect(w.log.filter(({ type }) => type === 'close-receive' || type === 'open-receive')).toEqual(
      [],
    );
    expect(w.icon('P1')).toBe(E);
  });

  test('D-21: a leg that rises in a conference has the higher level in its record', () => {
    const w = world(ICT);
    w.call('P1', 'ICT');
    tell(w, 'ICT', N);
    w.add('P1', 'P2');
    tell(w, 'ICT', E);
    w.act('ICT', { type: 'on-hook' });
    const left = w.records.find(
      (each) => each.originating.device === 'ICT' && each.conferenceSecuredStatus,
    );
    expect(left).toMatchObject({
      securedStatus: E,
      conferenceSecuredStatus: E,
      conferenceLowestSecuredStatus: N,
    });
  });

  test('D-21: the record of a remote leg has the highest level that was real', () => {
    const w = world(ICT);
    w.call('P1', 'ICT');
    tell(w, 'ICT', N);
    w.press('P1', 'end-call');
    expect(w.records.at(-1)?.securedStatus).toBe(E);
  });
});

test('CTI-01: a CTI port without a licence never registers; with one it is in the lock', () => {
  const port = (name: string, licensed: boolean): PhoneSpec => ({
    ...trunk(name, { kind: 'cti-port', licensed }),
    model: 'CTI Port',
  });
  const w = world(port('CTI1', true), port('CTI2', false));
  expect([...w.state.phones.keys()]).toEqual(['P1', 'P2', 'P3', 'CTI1']);
  expect(w.log).toContainEqual(
    expect.objectContaining({ type: 'alarm', device: 'CTI2', reason: 'no-licence' }),
  );
  expect(w.state.refusals.at(-1)).toMatchObject({
    device: 'CTI2',
    limits: [expect.objectContaining({ rule: 'CTI-01' })],
  });
  w.confer('P1', 'P2', 'CTI1');
  expect([w.icon('P1'), w.icon('CTI1')]).toEqual([E, E]);
});

test('CTI-02: an application observes the level of its own calls, and of those of its line', () => {
  const port = trunk('CTI', { kind: 'cti-port', licensed: true });
  const w = world({ ...port, number: '1001' }, { name: 'N1', mode: N }, SIP);
  w.confer('P1', 'P2', 'P3');
  const observed = (): unknown => w.screen('CTI').map(({ state, level }) => [state, level]);
  expect(observed()).toEqual([['remote-in-use', E]]);
  w.add('P1', 'N1');
  expect(observed()).toEqual([['remote-in-use', N]]);
  w.press('N1', 'end-call');
  expect(observed()).toEqual([['remote-in-use', E]]);
  w.press('P1', 'end-call');
  w.call('CTI', 'P1');
  expect(w.icon('CTI')).toBe(E);
});

function trunk(name: string, settings: NonNullable<PhoneSpec['settings']>): PhoneSpec {
  return { name, mode: E, model: '', firmware: '', settings };
}

function world(...extra: readonly PhoneSpec[]): CoreWorld {
  const phones = ['P1', 'P2', 'P3'].map((name) => ({ name, mode: E }) as const);
  return new CoreWorld({ phones: [...phones, ...extra], bridges: [{ name: 'SB', secure: true }] });
}

function legOf(w: CoreWorld, device: string): number {
  return [...w.state.legs.values()].find((leg) => leg.device === device)?.id ?? 0;
}

function tell(w: CoreWorld, device: string, level: Level): void {
  w.happen({ type: 'remote-status', device, leg: legOf(w, device), level });
  w.settle();
}

function protections(w: CoreWorld): readonly string[] {
  return [...w.state.connections.values()].map((each) => each.protection).toSorted();
}
