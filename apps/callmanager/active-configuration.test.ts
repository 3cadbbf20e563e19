/*
 * Goal: what is saved never ends a call: a device goes on with what it had until it carries none, a bridge with the
 * mode that it had until somebody applies the new one (D-25, TIP-23). Method: random saves, calls and applications,
 * beside a list of what was saved.
 */
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActiveConfiguration } from './active-configuration.ts';

const BRIDGE = 'CFB-SECURE';
const PHONE = 'SEP000000001001';
const IDLE = () => false;
const BUSY = () => true;

describe('TIP-23: the security mode of a bridge', () => {
  test('stays what it was until the call manager is restarted', () => {
    const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
    house.saved = withBridge({ securityMode: 'nonsecure' });
    expect(house.settle(IDLE)).toEqual(new Set());
    expect(modeOf(house.active)).toBe('encrypted');
    expect(house.waiting).toEqual(new Map([[BRIDGE, 'restart']]));
    expect(modeOf(new ActiveConfiguration(house.saved).active)).toBe('nonsecure');
  });

  test('applied, it comes into force when its last conference has ended', () => {
    const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
    house.saved = withBridge({ securityMode: 'nonsecure' });
    house.settle(BUSY);
    house.apply(BRIDGE);
    expect(house.settle(BUSY)).toEqual(new Set());
    expect(modeOf(house.active)).toBe('encrypted');
    expect(house.waiting).toEqual(new Map([[BRIDGE, 'calls']]));
    expect([house.isIdle(BUSY), house.isIdle(IDLE)]).toEqual([false, true]);
    expect(house.settle(IDLE)).toEqual(new Set([BRIDGE]));
    expect(modeOf(house.active)).toBe('nonsecure');
    expect(house.waiting.size).toBe(0);
  });

  test('another change waits for an application of its own', () => {
    const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
    house.saved = withBridge({ securityMode: 'nonsecure' });
    house.settle(IDLE);
    house.apply(BRIDGE);
    house.settle(IDLE);
    house.saved = withBridge({ securityMode: 'encrypted' });
    expect(house.settle(IDLE)).toEqual(new Set());
    expect(modeOf(house.active)).toBe('nonsecure');
  });
});

test('what only the call manager knows of a device is in force at once, in the middle of a call', () => {
  const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
  house.saved = withPhone({ mediaPath: 'mtp', description: 'desk', firmware: '9' });
  expect(house.settle(BUSY)).toEqual(new Set());
  expect(phoneOf(house.active)).toEqual({
    ...phoneOf(SAMPLE_CONFIGURATION),
    ...{ mediaPath: 'mtp', description: 'desk' },
  });
  expect(house.waiting).toEqual(new Map([[PHONE, 'calls']]));
  expect(house.settle(IDLE)).toEqual(new Set([PHONE]));
  expect(house.active).toEqual(house.saved);
});

test('a device that is removed goes at once, and so does everything when the cluster changes its mode', () => {
  const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
  house.saved = { ...SAMPLE_CONFIGURATION, phones: SAMPLE_CONFIGURATION.phones.slice(1) };
  expect(house.settle(BUSY)).toEqual(new Set([SAMPLE_CONFIGURATION.phones[0]?.name]));
  house.saved = {
    ...withBridge({ securityMode: 'nonsecure' }),
    cluster: { ...SAMPLE_CONFIGURATION.cluster, securityMode: 'nonsecure' },
  };
  const all = house.settle(BUSY);
  expect(all).toContain(BRIDGE);
  expect(all).toContain(PHONE);
  expect(house.active).toEqual(house.saved);
});

test('D-25: no save and no application makes a device with a call register anew; at rest all is in force', () => {
  const step = fc.record({
    firmware: fc.constantFrom('1', '2'),
    securityMode: fc.constantFrom('nonsecure', 'encrypted'),
    busy: fc.uniqueArray(fc.constantFrom(BRIDGE, PHONE)),
    applies: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const house = new ActiveConfiguration(SAMPLE_CONFIGURATION);
      for (const { firmware, securityMode, busy, applies } of steps) {
        const isBusy = (device: string): boolean => busy.some((each) => each === device);
        const { bridges } = withBridge({ securityMode });
        house.saved = { ...withPhone({ firmware }), bridges };
        const before = house.active;
        if (applies) house.apply(BRIDGE);
        for (const device of house.settle(isBusy)) expect(isBusy(device)).toBe(false);
        if (isBusy(PHONE)) expect(phoneOf(house.active)).toEqual(phoneOf(before));
        if (isBusy(BRIDGE)) expect(modeOf(house.active)).toBe(modeOf(before));
      }
      house.apply(BRIDGE);
      house.settle(IDLE);
      expect(house.active).toEqual(house.saved);
    }),
  );
});

function withBridge(change: object): StoredConfiguration {
  const bridges = SAMPLE_CONFIGURATION.bridges.map((each) =>
    each.name === BRIDGE ? { ...each, ...change } : each,
  );
  return { ...SAMPLE_CONFIGURATION, bridges };
}

function withPhone(change: object): StoredConfiguration {
  const phones = SAMPLE_CONFIGURATION.phones.map((each) =>
    each.name === PHONE ? { ...each, ...change } : each,
  );
  return { ...SAMPLE_CONFIGURATION, phones };
}

function modeOf({ bridges }: StoredConfiguration): string | undefined {
  return bridges.find(({ name }) => name === BRIDGE)?.securityMode;
}

function phoneOf({ phones }: StoredConfiguration): object | undefined {
  return phones.find(({ name }) => name === PHONE);
}
