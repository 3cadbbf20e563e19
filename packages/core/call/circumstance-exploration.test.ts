import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assessConference, assessParticipant } from '../conference/level.ts';
import { admits } from '../conference/minimum.ts';
import type { MediaSecurityPolicy, Parameters, PhoneConfiguration } from '../configuration.ts';
import type { Softkey } from '../event.ts';
import { type KnownLevel, LEVELS, rank } from '../security/level.ts';
import { abilityOf } from '../security/phone-model.ts';
import { Transaction } from '../transaction.ts';
import { assessCall } from './call-media.ts';

/*
 * Goal: whatever is told of remote parties, captured, announced or configured while people talk, nothing
 * that is shown is out of date or above the truth, and no meet-me conference keeps what is below its
 * minimum. Method: random moves in the core's world; the witness checks every effect, and after every
 * step all levels are computed anew from the state.
 */

const FAR: readonly PhoneSpec[] = [
  far('ICT', '9001', { kind: 'h323-trunk', srtpAllowed: true, ipsec: true }),
  far('SIP', '9002', { kind: 'sip-trunk', srtpAllowed: true }),
  far('TRU', '9003', { kind: 'sip-trunk', srtpAllowed: true, trustSecurityStatus: true }),
  far('GW', '9004', { kind: 'mgcp-gateway', srtpAllowed: true, ipsec: true }),
  far('CTI', '9005', { kind: 'cti-port', licensed: true }),
];
const OURS = ['P1', 'P2', 'P3', 'P4'];
const DEVICES = [...OURS, ...FAR.map(({ name }) => name)];
const NUMBERS = [
  '1001',
  '1003',
  '1004',
  '9001',
  '9002',
  '9003',
  '9004',
  '9005',
  '5000',
  '5001',
  '5002',
];
const KEYS: readonly Softkey[] = [
  'answer',
  'end-call',
  'hold',
  'resume',
  'confrn',
  'transfer',
  'select',
  'join',
  'barge',
  'cbarge',
];

const device = fc.constantFrom(...DEVICES);
const ours = fc.constantFrom(...OURS);
const active = fc.boolean();
const move = fc.oneof(
  { weight: 4, arbitrary: step('key', { device, key: fc.constantFrom(...KEYS), nth: fc.nat(2) }) },
  { weight: 2, arbitrary: step('dial', { device, number: fc.constantFrom(...NUMBERS) }) },
  { weight: 3, arbitrary: step('answers', { count: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: step('confer', { device: ours, other: device, third: device }) },
  { weight: 2, arbitrary: step('meet', { device: ours, number: fc.constantFrom('5001', '5002') }) },
  { weight: 3, arbitrary: step('told', { device, level: fc.constantFrom(...LEVELS) }) },
  { weight: 2, arbitrary: step('capture', { device: fc.constantFrom(...DEVICES, 'SB'), active }) },
  { weight: 2, arbitrary: step('announcement', { device, active }) },
  { weight: 1, arbitrary: step('policy', { change: policies() }) },
  { weight: 1, arbitrary: step('settings', { device, change: settings() }) },
  {
    weight: 2,
    arbitrary: step('chain', { device: ours, number: fc.constantFrom('5001', '5002') }),
  },
  { weight: 1, arbitrary: step('clock', {}) },
);

type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

const modes = fc.array(fc.constantFrom<KnownLevel>('encrypted', 'encrypted', 'authenticated'), {
  minLength: OURS.length,
  maxLength: OURS.length,
});

test('D-14, D-22, INT-02, INT-05, INT-07, INT-12: what is shown follows what happens around it', () => {
  fc.assert(
    fc.property(modes, fc.array(move, { maxLength: 60, size: 'max' }), (levels, moves) => {
      const world = new CoreWorld({
        phones: [...OURS.map((name, index) => phone(name, index, levels)), ...FAR],
        bridges: [
          { name: 'SB', secure: true },
          { name: 'NB', secure: false },
        ],
        parameters: { packetCaptureEnable: true, advancedAdHocConference: true },
      });
      for (const each of moves) {
        play(world, each);
        check(world);
      }
    }),
    { numRuns: Number(process.env.CONCLAVE_RUNS ?? 300) },
  );
}, 600_000);

function play(world: CoreWorld, each: Move): void {
  const event = { device: '', ...each };
  const legs = [...world.state.legs.values()].filter((leg) => leg.device === event.device);
  switch (each.do) {
    case 'key': {
      const shown = [...(world.screens.get(each.device)?.keys() ?? [])][each.nth];
      const named = shown === undefined ? {} : { leg: shown };
      const action = { type: 'softkey', key: each.key, line: 1, ...named } as const;
      return world.happen({ type: 'phone', device: each.device, action });
    }
    case 'dial':
      return world.happen({
        type: 'phone',
        device: each.device,
        action: { type: 'dial', digits: each.number },
      });
    case 'answers':
      for (let count = 0; count < each.count; count += 1) {
        const answer = world.pending.shift();
        if (answer) world.happen(answer);
      }
      return;
    case 'confer':
      return world.confer(each.device, each.other, each.third);
    case 'meet':
      world.press(each.device, 'meet-me');
      return world.dial(each.device, each.number);
    case 'told':
      return world.happen({
        type: 'remote-status',
        device: each.device,
        leg: legs[0]?.id ?? 0,
        level: each.level,
      });
    case 'capture':
      return world.happen({ type: 'capture', device: each.device, active: each.active });
    case 'announcement':
      return world.happen({ type: 'announcement', device: each.device, active: each.active });
    case 'policy': {
      const { configuration } = world.state;
      const parameters = { ...configuration.parameters, ...each.change };
      return world.happen({
        type: 'configuration',
        configuration: { ...configuration, parameters },
      });
    }
    case 'settings': {
      const { configuration } = world.state;
      const phones = new Map(configuration.phones);
      const before = phones.get(each.device);
      if (before) phones.set(each.device, { ...before, ...each.change });
      return world.happen({ type: 'configuration', configuration: { ...configuration, phones } });
    }
    case 'chain':
      world.press(each.device, 'confrn');
      world.dial(each.device, each.number);
      return world.press(each.device, 'confrn');
    case 'clock':
      world.nowMs += 2_000;
      return world.happen({ type: 'clock' });
  }
}

function check(world: CoreWorld): void {
  const { state } = world;
  const tx = new Transaction(state, world.nowMs);
  for (const conference of state.conferences.values()) {
    const now = assessConference(state, conference);
    if (conference.participants.length > 0) expect(conference.level).toBe(now.level);
    expect(rank(now.level)).toBeLessThanOrEqual(rank(now.lasting));
    for (const participant of conference.participants) {
      // Who is leaving is worth what it was worth when that began.
      if (participant.state === 'leaving') continue;
      expect(admits(conference.minimum, assessParticipant(state, participant))).toBe(true);
      const captured = state.captures.has(participant.device) || state.captures.has('SB');
      const limited = participant.device === 'SIP' || (captured && conference.bridge === 'SB');
      if (limited && state.configuration.parameters.packetCaptureEnable) {
        expect(rank(conference.level)).toBeLessThanOrEqual(rank('nonsecure'));
      }
    }
  }
  for (const call of state.calls.values()) {
    const [caller, callee] = [call.caller, call.callees[0] ?? 0].map((id) => state.legs.get(id));
    // A call on hold keeps the level that it had (D-11), whatever would be agreed now.
    if (call.connection === undefined || !caller || !callee) continue;
    expect(call.assessment?.level).toBe(assessCall(tx, caller, callee).assessment.level);
  }
  for (const leg of state.legs.values()) {
    const level = state.conferences.get(leg.conference ?? 0)?.level;
    const configuration = state.configuration.phones.get(leg.device);
    if (level === undefined || !configuration || !abilityOf(configuration).icon) continue;
    expect(leg.told).toBe(level);
  }
}

function step<K extends string, T extends object>(
  name: K,
  rest: { [P in keyof T]: fc.Arbitrary<T[P]> },
): fc.Arbitrary<{ readonly do: K } & T> {
  return fc.record<T>(rest).map((values) => ({ do: name, ...values }));
}

function settings(): fc.Arbitrary<Partial<PhoneConfiguration>> {
  return fc.oneof(
    fc.record({ ipsec: fc.boolean() }),
    fc.record({ licensed: fc.boolean() }),
    fc.record({ srtpAllowed: fc.boolean() }),
    fc.record({ mediaPath: fc.constantFrom('direct', 'mtp', 'rsvp-agent') }),
    fc.record({ video: fc.constantFrom('srtp', 'rtp') }),
    fc.record({ firmware: fc.constantFrom('8.2(1)', '9.4(2)') }),
  );
}

function policies(): fc.Arbitrary<Partial<Parameters>> {
  return fc.oneof(
    fc.record({
      mediaSecurityPolicy: fc.constantFrom<MediaSecurityPolicy>(
        'best-effort',
        'enforce',
        'disable-srtp',
      ),
    }),
    fc.record({ packetCaptureEnable: fc.boolean() }),
  );
}

/** P1 and P2 share a line. */
function phone(name: string, index: number, levels: readonly KnownLevel[]): PhoneSpec {
  const protocol = index === 0 ? 'SIP' : 'SCCP';
  return {
    name,
    mode: levels[index] ?? 'encrypted',
    number: index < 2 ? '1001' : `100${index + 1}`,
    settings: { builtInBridge: true, protocol },
  };
}

function far(name: string, number: string, settings: PhoneSpec['settings']): PhoneSpec {
  return {
    name,
    number,
    mode: 'encrypted',
    model: '',
    firmware: '',
    ...(settings && { settings }),
  };
}
