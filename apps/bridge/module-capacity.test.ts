import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CODECS, capacityOf, MODULE_NAMES, sessionsOf } from './module-capacity.ts';
import { parseCommandLine } from './options.ts';

/* Goal: a bridge offers what its module can do with the codecs of its profile, and half when secure. */

test.each([
  ['pvdm2-16', ['g711'], 8, 4],
  ['pvdm2-16', ['g729'], 2, 1],
  ['pvdm2-32', ['g729'], 4, 2],
  ['pvdm2-64', ['g711', 'g729'], 8, 4],
  ['pvdm2-64', ['g711', 'g722'], 8, 4],
  ['pvdm2-64', [], 32, 16],
] as const)(
  'BRG-08, BRG-11: %s with %j: %s conferences, %s secure ones',
  (module, codecs, plain, secure) => {
    const sessions = sessionsOf(module, codecs) ?? 0;
    expect([capacityOf(sessions, false), capacityOf(sessions, true)]).toEqual([plain, secure]);
  },
);

test('BRG-11: the secure capacity is one half, rounded down', () => {
  fc.assert(
    fc.property(fc.nat(4096), (sessions) => {
      const secure = capacityOf(sessions, true);
      expect(sessions - 2 * secure).toBe(sessions % 2);
    }),
  );
});

test('BRG-08: another codec never adds capacity, and every module carries something', () => {
  for (const module of MODULE_NAMES) {
    const plain = sessionsOf(module, []) ?? 0;
    for (const codec of CODECS) {
      const sessions = sessionsOf(module, [codec]) ?? 0;
      expect(sessions).toBeLessThanOrEqual(plain);
      expect(sessions).toBeGreaterThan(0);
    }
  }
  expect(sessionsOf('pvdm9', ['g711'])).toBeUndefined();
});

test('BRG-08: the registered capacity follows the codec list', () => {
  const words = ['--name', 'CFB2', '--mode', 'nonsecure', '--module', 'pvdm2-16'];
  const sessions = (...more: readonly string[]): number | undefined =>
    parseCommandLine([...words, ...more])?.bridge.sessions;
  expect([sessions(), sessions('--codecs', 'g711,g729')]).toEqual([8, 2]);
  const wideband = (...more: readonly string[]): boolean | undefined =>
    parseCommandLine([...words, ...more])?.bridge.wideband;
  expect([wideband(), wideband('--codecs', 'g711,g722')]).toEqual([false, true]);
  expect(parseCommandLine(words.slice(0, 4))?.bridge.wideband).toBe(true);
  expect(() => sessions('--codecs', 'g728')).toThrow(/--codecs is a list of g711, g722, g729/);
  expect(() => parseCommandLine([...words.slice(0, 4), '--module', 'pvdm9'])).toThrow(
    /--module is one of pvdm2-8/,
  );
  expect(() => sessions('--sessions', '4')).toThrow(/--sessions or --module, not both/);
  expect(() => parseCommandLine([...words.slice(0, 4), '--codecs', 'g711'])).toThrow(/--module/);
});
