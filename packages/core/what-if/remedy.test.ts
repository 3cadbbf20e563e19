import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Parameters } from '../configuration.ts';
import { remediesOf } from './remedy.ts';

/* Goal: the smallest change that makes a conference encrypted, and nothing that would not. */

test('an encrypted conference needs no change', () => {
  expect(remedies(['E', 'E', 'E'])).toEqual({
    level: 'encrypted',
    keeping: { changes: [] },
    atOnce: { changes: [] },
  });
});

test('LST-04: one weak party: secure it, or remove it', () => {
  expect(remedies(['E', 'E', 'N'])).toEqual({
    level: 'nonsecure',
    keeping: {
      changes: ['Set the device security mode of P3 to Encrypted, with a certificate.'],
    },
    atOnce: { changes: ['Remove P3 (P3).'] },
  });
});

test('PHN-01, PHN-06: a model and a firmware that cannot, each with its own cure', () => {
  expect(remedies(['E', 'E', 'E'], { model: '7942' })?.keeping).toEqual({
    changes: ['Replace P3 by a model that supports encrypted conferences.'],
  });
  expect(remedies(['E', 'E', 'E'], { firmware: '8.2(1)' })?.keeping).toEqual({
    changes: ['Upgrade P3 to firmware 8.3 or later.'],
  });
});

test('SEC-09: on a nonsecure bridge removing people does not help', () => {
  const found = remedies(['E', 'E', 'N'], {}, { bridge: 'NB' });
  expect(found?.keeping?.changes).toEqual([
    'Hold the conference on a secure bridge instead of NB.',
    'Set the device security mode of P3 to Encrypted, with a certificate.',
  ]);
  expect(found?.atOnce).toBeUndefined();
});

test('many weak parties: as many changes as there are', () => {
  const found = remedies(['E', 'N', 'A', 'N', 'N', 'A']);
  expect(found?.keeping?.changes).toHaveLength(5);
  expect(found?.atOnce).toBeUndefined();
});

test('INT-12: a capture is ended', () => {
  const world = conference(['E', 'E', 'E'], {}, { parameters: { packetCaptureEnable: true } });
  world.happen({ type: 'capture', device: 'P2', active: true });
  expect(of(world)).toMatchObject({
    level: 'nonsecure',
    keeping: { changes: ['End the packet capture on P2.'] },
  });
});

test('SEC-18, BAR-01: a barger is secured, or leaves; the party that it barged may stay', () => {
  const world = barged('nonsecure');
  expect(of(world)).toMatchObject({
    level: 'nonsecure',
    keeping: {
      changes: ['Set the device security mode of S to Encrypted, with a certificate.'],
    },
    atOnce: { changes: ['Have S leave the call of T that it has barged.'] },
  });
});

test('TIP-02: what barges an encrypted phone whose built-in bridge cannot encrypt is no remedy', () => {
  const world = barged('encrypted', { model: '6911' });
  expect(of(world)?.keeping?.changes).toEqual([
    'Replace T by a model that supports encrypted conferences.',
  ]);
});

test('HLD-01: a party that is being added is waited for', () => {
  const world = conference(['E', 'E', 'E', 'E']);
  world.press('P1', 'confrn');
  expect(of(world)).toEqual({
    level: 'unknown',
    keeping: { changes: ['Wait until the party that is being added has answered.'] },
    atOnce: { changes: ['Wait until the party that is being added has answered.'] },
  });
});

test('D-13: a meet-me without a minimum is given one', () => {
  const world = new CoreWorld({
    phones: ['P1', 'P2'].map((name) => ({ name, mode: 'encrypted' })),
    bridges: [{ name: 'SB', secure: true }],
  });
  world.act('P1', { type: 'off-hook' });
  world.press('P1', 'meet-me');
  for (const device of ['P1', 'P2']) {
    world.act(device, { type: 'off-hook' });
    world.dial(device, '5000');
  }
  const found = of(world);
  expect(found?.keeping?.changes).toEqual([
    'Give meet-me number 5000 the minimum security level Encrypted.',
  ]);
  expect(found?.atOnce).toBeUndefined();
});

test('STA-06, CHN-03: a linked conference is secured or unlinked', () => {
  const world = new CoreWorld({
    phones: ['A', 'B', 'C', 'D', 'E', 'N'].map((name) => ({
      name,
      mode: name === 'N' ? 'nonsecure' : 'encrypted',
    })),
    bridges: [{ name: 'SB', secure: true }],
    parameters: { advancedAdHocConference: true },
  });
  world.confer('A', 'B', 'C');
  const [held] = [...world.state.legs.values()].filter(({ device }) => device === 'C');
  world.press('C', 'hold');
  world.confer('D', 'E', 'N', 'C');
  world.press('C', 'select', held?.id);
  world.press('C', 'join');
  const found = of(world);
  expect(found?.keeping?.changes).toEqual([
    'Set the device security mode of N to Encrypted, with a certificate.',
  ]);
  expect(found?.atOnce?.changes).toEqual(['Remove N (N).']);
});

test('TRK-03, D-19: behind a SIP trunk it takes trust, protected media, and a secure party', () => {
  const trunk = { kind: 'sip-trunk' } as const;
  const found = remedies(['E', 'E', 'N'], { settings: trunk });
  expect(found?.keeping?.changes).toEqual([
    'Have the party behind P3 call from an encrypted phone.',
    'Have SIP trunk P3 signal over TLS, encrypted.',
    'Trust the security status of SIP trunk P3.',
  ]);
  expect(found?.atOnce?.changes).toEqual(['Remove P3 (P3).']);
});

test('INT-02: a remote party that holds is waited for', () => {
  const settings = { kind: 'h323-trunk', srtpAllowed: true, ipsec: true } as const;
  const world = conference(['E', 'E', 'E'], { settings });
  expect(of(world)?.level).toBe('encrypted');
  const leg = [...world.state.legs.values()].find(({ device }) => device === 'P3')?.id ?? 0;
  world.happen({ type: 'remote-status', device: 'P3', leg, level: 'unknown' });
  expect(of(world)).toMatchObject({
    level: 'unknown',
    keeping: { changes: ['Wait until the party behind P3 resumes from an encrypted phone.'] },
  });
});

test('as many parties as a conference can have are no trouble', () => {
  const modes = Array.from({ length: 32 }, (_, index) => (index < 2 ? 'E' : 'N'));
  const world = conference(modes, {}, { parameters: { maximumAdHocConference: 64 } });
  const found = of(world);
  expect(found?.keeping?.changes).toHaveLength(30);
  expect(found?.atOnce?.changes).toHaveLength(30);
});

test('D-01, PHN-01, PHN-06: as many changes as there are obstacles, and never one more', () => {
  const party = fc.record({
    mode: fc.constantFrom(...Object.values(MODES)),
    model: fc.constantFrom('7961G', '7962'),
    firmware: fc.constantFrom('9.4(2)', '8.2(1)'),
  });
  fc.assert(
    fc.property(
      fc.array(party, { minLength: 3, maxLength: 6 }),
      fc.constantFrom<'SB' | 'NB'>('SB', 'NB'),
      (parties, bridge) => {
        const phones = parties.map((each, index) => ({ name: `P${index + 1}`, ...each }));
        const world = new CoreWorld({
          phones,
          bridges: [{ name: bridge, secure: bridge === 'SB' }],
          parameters: { maximumAdHocConference: 8 },
        });
        world.confer(...(phones.map(({ name }) => name) as [string, ...string[]]));
        const obstacles = phones.flatMap(({ mode, model, firmware }) => [
          mode !== 'encrypted',
          model === '7962',
          firmware === '8.2(1)',
        ]);
        const expected = [...obstacles, bridge === 'NB'].filter(Boolean).length;
        const found = of(world);
        expect(found?.keeping?.changes).toHaveLength(expected);
        const weak = phones.filter((_, index) =>
          obstacles.slice(index * 3, index * 3 + 3).some(Boolean),
        ).length;
        const possible = bridge === 'SB' && phones.length - weak >= 2;
        expect(found?.atOnce?.changes.length).toBe(possible ? weak : undefined);
      },
    ),
  );
});

test('LST-04, STA-03: what is promised comes true when it is done', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('E', 'A', 'N'), { minLength: 3, maxLength: 6 }),
      fc.constantFrom<PhoneSpec['mode'] | undefined>(undefined, 'nonsecure', 'authenticated'),
      fc.boolean(),
      (modes, barger, captured) => {
        const world = conference(
          modes,
          { number: '1100', settings: { builtInBridge: true } },
          {
            parameters: { maximumAdHocConference: 8, packetCaptureEnable: true },
            ...(barger && { barger }),
          },
        );
        if (barger) world.press('S', 'barge');
        if (captured) world.happen({ type: 'capture', device: 'P2', active: true });
        const changes = of(world)?.atOnce?.changes;
        if (!changes) return;
        for (const change of changes) enact(world, change);
        const left = [...world.state.legs.values()].filter((leg) => !leg.barge);
        expect(left.length).toBeGreaterThanOrEqual(2);
        for (const { device } of left)
          expect([device, world.icon(device)]).toEqual([device, 'encrypted']);
      },
    ),
  );
});

test('there is nothing to say of a conference that does not exist', () => {
  expect(remediesOf(conference(['E', 'E', 'E']).state, 99_999)).toBeUndefined();
});

const MODES = { E: 'encrypted', A: 'authenticated', N: 'nonsecure' } as const;

interface Setting {
  /** A phone on the line of the last one. */
  readonly barger?: PhoneSpec['mode'];
  readonly bridge?: 'SB' | 'NB';
  readonly parameters?: Partial<Parameters>;
}

function conference(
  modes: readonly (keyof typeof MODES)[],
  last: Partial<PhoneSpec> = {},
  { bridge = 'SB', parameters = {}, barger }: Setting = {},
): CoreWorld {
  const world = new CoreWorld({
    phones: [
      ...modes.map((mode, index) => ({
        name: `P${index + 1}`,
        mode: MODES[mode],
        ...(index === modes.length - 1 && last),
      })),
      ...(barger ? [{ name: 'S', mode: barger, number: '1100' }] : []),
    ],
    bridges: [{ name: bridge, secure: bridge === 'SB' }],
    parameters,
  });
  world.confer(...(modes.map((_, index) => `P${index + 1}`) as [string, ...string[]]));
  return world;
}

/** A conference of A, B and T, which S has barged. */
function barged(mode: PhoneSpec['mode'], target: Partial<PhoneSpec> = {}): CoreWorld {
  const settings = { builtInBridge: true };
  const world = new CoreWorld({
    phones: [
      { name: 'A', mode: 'encrypted' },
      { name: 'B', mode: 'encrypted' },
      { name: 'T', mode: 'encrypted', number: '1100', settings, ...target },
      { name: 'S', mode, number: '1100' },
    ],
    bridges: [{ name: 'SB', secure: true }],
  });
  world.confer('A', 'B', 'T');
  world.press('S', 'barge');
  return world;
}

/** Does what a remedy says that can be done at once. */
function enact(world: CoreWorld, change: string): void {
  const captured = /^End the packet capture on (\w+)\.$/.exec(change)?.[1];
  if (captured !== undefined) {
    world.happen({ type: 'capture', device: captured, active: false });
    return;
  }
  const device = /^(?:Remove (\w+) |Have (\w+) leave)/.exec(change)?.slice(1).find(Boolean);
  expect(device).toBeDefined();
  world.press(device ?? '', 'end-call');
}

function of(world: CoreWorld): ReturnType<typeof remediesOf> {
  const [id] = world.state.conferences.keys();
  return remediesOf(world.state, id ?? 0);
}

function remedies(
  modes: readonly (keyof typeof MODES)[],
  last: Partial<PhoneSpec> = {},
  setting: Setting = {},
): ReturnType<typeof remediesOf> {
  return of(conference(modes, last, setting));
}
