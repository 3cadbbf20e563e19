import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { explainConference } from '../explain.ts';
import type { KnownLevel } from '../security/level.ts';
import { nextDeadlineMs } from '../step.ts';

/*
 * Goal: what goes on for a while lowers the level that everybody is shown, and nothing else: no media,
 * no minimum level, no record (D-22).
 */

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';
const CAPTURING = { packetCaptureEnable: true };

describe('packet capture', () => {
  test.each(['P1', 'P3', 'SB'])(
    'INT-12, D-23, CAP-03: while %s is captured, all are shown nonsecure; the media stays SRTP',
    (device) => {
      const w = world({ parameters: CAPTURING });
      w.confer('P1', 'P2', 'P3');
      const media = w.state.connections;
      w.happen({ type: 'capture', device, active: true });
      expect(['P1', 'P2', 'P3'].map((phone) => w.icon(phone))).toEqual([N, N, N]);
      expect(w.state.connections).toBe(media);
      const [id] = w.state.conferences.keys();
      const why = explainConference(w.state, id ?? 0);
      expect(why?.sentence).toBe(`A packet capture runs on ${device}.`);
      expect(why?.fixes).toEqual([`Stop the packet capture on ${device}.`]);
      w.happen({ type: 'capture', device, active: false });
      expect(['P1', 'P2', 'P3'].map((phone) => w.icon(phone))).toEqual([E, E, E]);
    },
  );

  test('CAP-01: without the parameter no capture takes place; switched on, it counts at once', () => {
    const w = world({});
    w.confer('P1', 'P2', 'P3');
    w.happen({ type: 'capture', device: 'P2', active: true });
    expect(w.icon('P1')).toBe(E);
    const { configuration } = w.state;
    const parameters = { ...configuration.parameters, ...CAPTURING };
    w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
    expect(w.icon('P1')).toBe(N);
    w.happen({ type: 'configuration', configuration });
    expect(w.icon('P1')).toBe(E);
  });

  test('INT-12: a call of two, and one that begins under a capture, are shown nonsecure', () => {
    const w = world({ parameters: CAPTURING });
    w.call('P1', 'P2');
    w.happen({ type: 'capture', device: 'P2', active: true });
    expect([w.icon('P1'), w.icon('P2')]).toEqual([N, N]);
    w.press('P1', 'end-call');
    w.call('P1', 'P2');
    expect(w.icon('P1')).toBe(N);
    w.happen({ type: 'capture', device: 'P2', active: false });
    expect(w.icon('P1')).toBe(E);
  });

  test('D-21, D-22: records tell the level that was real', () => {
    const w = world({ parameters: CAPTURING });
    w.happen({ type: 'capture', device: 'P2', active: true });
    w.confer('P1', 'P2', 'P3');
    for (const phone of ['P1', 'P2', 'P3']) w.press(phone, 'end-call');
    const legs = w.records.filter((record) => record.conferenceSecuredStatus !== undefined);
    expect(legs).toHaveLength(3);
    for (const record of w.records.filter((each) => each.connectedMs !== undefined)) {
      expect(record.securedStatus).toBe(E);
    }
    for (const record of legs) {
      expect([record.conferenceSecuredStatus, record.conferenceLowestSecuredStatus]).toEqual([
        E,
        E,
      ]);
    }
  });

  test('D-22: a meet-me with minimum encrypted keeps and admits a captured phone', () => {
    const w = world({ parameters: CAPTURING });
    meetMe(w, 'P1', '5002');
    w.happen({ type: 'capture', device: 'P1', active: true });
    w.happen({ type: 'capture', device: 'SB', active: true });
    w.dial('P2', '5002');
    expect(present(w)).toEqual(['P1', 'P2']);
    expect(w.icon('P2')).toBe(N);
    expect(w.state.counters.refusedJoins).toBe(0);
  });

  test('INT-12: nothing is told of it where it does not run, nor while a call rings', () => {
    const w = world({ parameters: CAPTURING });
    w.confer('P1', 'P2', 'P3');
    w.press('P2', 'conf-list');
    w.act('P4', { type: 'off-hook' });
    w.dial('P4', w.numberOf('P1B'));
    w.log.length = 0;
    w.happen({ type: 'capture', device: 'P4', active: true });
    w.happen({ type: 'announcement', device: 'P4', active: true });
    expect(w.log).toEqual([]);
    w.happen({ type: 'capture', device: 'P3', active: true });
    const told = w.log.map((each) => (each.type === 'level' ? each.to : each.type));
    expect(told).toEqual([N, 'call-info', 'call-info', 'call-info', 'conference-list']);
  });

  test('devices that nobody configured have no capture; one that is taken away loses it', () => {
    const w = world({ parameters: CAPTURING });
    w.happen({ type: 'capture', device: 'Nobody', active: true });
    expect(w.state.captures.size).toBe(0);
    w.happen({ type: 'capture', device: 'P3', active: true });
    const { configuration } = w.state;
    const phones = new Map(configuration.phones);
    phones.delete('P3');
    w.happen({ type: 'configuration', configuration: { ...configuration, phones } });
    expect(w.state.captures.size).toBe(0);
  });
});

describe('announcements', () => {
  test('INT-05: a precedence tone to one makes the conference nonsecure for as long as it plays', () => {
    const w = world({});
    w.confer('P1', 'P2', 'P3');
    w.happen({ type: 'announcement', device: 'P2', active: true });
    expect(['P1', 'P2', 'P3'].map((phone) => w.icon(phone))).toEqual([N, N, N]);
    w.happen({ type: 'announcement', device: 'P2', active: false });
    expect(['P1', 'P2', 'P3'].map((phone) => w.icon(phone))).toEqual([E, E, E]);
  });

  test('INT-05, D-22: it evicts nobody from a meet-me with a minimum', () => {
    const w = world({});
    meetMe(w, 'P1', '5002');
    w.dial('P2', '5002');
    w.happen({ type: 'announcement', device: 'P2', active: true });
    expect([present(w), w.icon('P1')]).toEqual([['P1', 'P2'], N]);
  });

  test('INT-05: the announcement of a phone that goes is over; an unknown phone hears none', () => {
    const w = world({});
    w.happen({ type: 'announcement', device: 'Nobody', active: true });
    expect(w.state.announcements.size).toBe(0);
    w.happen({ type: 'announcement', device: 'P2', active: true });
    w.happen({ type: 'device-unregistered', device: 'P2' });
    expect(w.state.announcements.size).toBe(0);
  });
});

describe('the tone of a barge', () => {
  test.each([
    ['SCCP', 'INT-06', E],
    ['SIP', 'INT-07', N],
  ] as const)(
    '%s target, %s: during the tone the call is %s, after it encrypted',
    (protocol, _id, level) => {
      const w = world({ protocol });
      w.call('P1', 'P3');
      const target = [...w.state.legs.values()].find((leg) => leg.device === 'P1');
      w.press('P1B', 'barge', target?.id);
      expect(['P1', 'P3', 'P1B'].map((phone) => w.icon(phone))).toEqual([level, level, level]);
      w.happen({ type: 'clock' });
      expect(w.icon('P3')).toBe(level);
      const deadlineMs = nextDeadlineMs(w.state);
      expect(deadlineMs === undefined).toBe(protocol === 'SCCP');
      w.nowMs = deadlineMs ?? w.nowMs;
      w.happen({ type: 'clock' });
      expect(['P1', 'P3', 'P1B'].map((phone) => w.icon(phone))).toEqual([E, E, E]);
      expect(nextDeadlineMs(w.state)).toBeUndefined();
    },
  );

  test('INT-07, D-22: it evicts nobody from a meet-me with a minimum', () => {
    const w = world({ protocol: 'SIP' });
    meetMe(w, 'P1', '5002');
    const target = [...w.state.legs.values()].find((leg) => leg.device === 'P1');
    w.dial('P3', '5002');
    w.press('P1B', 'barge', target?.id);
    expect([present(w), w.icon('P3')]).toEqual([['P1', 'P3'], N]);
  });
});

test.each([
  ['mgcp-gateway', false, 1],
  ['mgcp-gateway', true, 0],
  ['h323-trunk', false, 1],
] as const)(
  'SEC-03: %s with IPsec %s: the call works, with %s alarm that keys travel in clear',
  (kind, ipsec, alarms) => {
    const settings = { kind, ipsec, srtpAllowed: true };
    const w = world({ extra: [{ name: 'GW', mode: ipsec ? E : N, settings }] });
    w.call('P1', 'GW');
    w.press('P1', 'hold');
    w.press('P1', 'resume');
    expect(w.log.filter(({ type }) => type === 'alarm')).toHaveLength(alarms);
    expect([...w.state.connections.values()].map((each) => each.protection)).toEqual(['srtp']);
    expect(w.icon('P1')).toBe(ipsec ? E : N);
  },
);

test.each([
  ['P1', 'P1'],
  ['P3', 'P1B'],
] as const)(
  'D-22: a capture is shown when it begins on %s while %s is told of a barge',
  (device, shows) => {
    const w = world({ parameters: CAPTURING });
    w.call('P1', 'P3');
    const target = [...w.state.legs.values()].find((leg) => leg.device === 'P1');
    w.press('P1B', 'barge', target?.id);
    w.happen({ type: 'capture', device, active: true });
    expect(w.icon(shows)).toBe(N);
    w.happen({ type: 'capture', device, active: false });
    w.happen({ type: 'capture', device: 'P1B', active: true });
    expect([w.icon('P1'), w.icon('P3')]).toEqual([N, N]);
  },
);

function world(spec: {
  readonly parameters?: object;
  readonly protocol?: 'SCCP' | 'SIP';
  readonly extra?: readonly PhoneSpec[];
}): CoreWorld {
  const phone = (name: string, mode: KnownLevel = E): PhoneSpec => ({ name, mode });
  const shared = { number: '1001', model: '8961', settings: { builtInBridge: true } };
  const { protocol = 'SCCP' } = spec;
  const settings = { ...shared.settings, protocol };
  const model = protocol === 'SIP' ? '8961' : '7961G';
  return new CoreWorld({
    phones: [
      { ...phone('P1'), ...shared, model, settings },
      phone('P2'),
      phone('P3'),
      phone('P4', A),
      { ...phone('P1B'), ...shared, model: '7961G' },
      ...(spec.extra ?? []),
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters: spec.parameters ?? {},
  });
}

function meetMe(w: CoreWorld, device: string, number: string): void {
  w.press(device, 'meet-me');
  w.dial(device, number);
}

function present(w: CoreWorld): readonly string[] {
  return [...w.state.conferences.values()].flatMap(({ participants }) =>
    participants.filter((each) => each.state === 'present').map((each) => each.device),
  );
}
