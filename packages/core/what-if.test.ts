import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { expect, test } from 'vitest';
import type { Parameters } from './configuration.ts';
import { remediesOf } from './what-if.ts';

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

test('there is nothing to say of a conference that does not exist', () => {
  expect(remediesOf(conference(['E', 'E', 'E']).state, 99_999)).toBeUndefined();
});

const MODES = { E: 'encrypted', A: 'authenticated', N: 'nonsecure' } as const;

interface Setting {
  readonly bridge?: 'SB' | 'NB';
  readonly parameters?: Partial<Parameters>;
}

function conference(
  modes: readonly (keyof typeof MODES)[],
  last: Partial<PhoneSpec> = {},
  { bridge = 'SB', parameters = {} }: Setting = {},
): CoreWorld {
  const world = new CoreWorld({
    phones: modes.map((mode, index) => ({
      name: `P${index + 1}`,
      mode: MODES[mode],
      ...(index === modes.length - 1 && last),
    })),
    bridges: [{ name: bridge, secure: bridge === 'SB' }],
    parameters,
  });
  world.confer(...(modes.map((_, index) => `P${index + 1}`) as [string, ...string[]]));
  return world;
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
