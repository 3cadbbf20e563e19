import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highest, LEVELS, lowest, meets, rank, shown } from './level.ts';

/* Goal: levels have one order, and nobody is ever told more than the lowest. */

const level = fc.constantFrom(...LEVELS);

test('the order is unknown, nonsecure, authenticated, encrypted', () => {
  const order = ['unknown', 'nonsecure', 'authenticated', 'encrypted'] as const;
  expect(order.map(rank)).toEqual([0, 1, 2, 3]);
});

test('SEC-04, D-02: the lowest is one of them and above none of them', () => {
  fc.assert(
    fc.property(fc.array(level, { minLength: 1 }), (levels) => {
      const result = lowest(levels);
      expect(levels).toContain(result);
      for (const each of levels) expect(rank(result)).toBeLessThanOrEqual(rank(each));
    }),
  );
});

test('nothing limits an empty set', () => {
  expect(lowest([])).toBe('encrypted');
});

test('CDR-01: the highest of two is one of them and below neither', () => {
  fc.assert(
    fc.property(level, level, (one, other) => {
      expect([one, other]).toContain(highest(one, other));
      expect(rank(highest(one, other))).toBe(Math.max(rank(one), rank(other)));
    }),
  );
});

test.each([
  ['encrypted', 'authenticated', true],
  ['authenticated', 'authenticated', true],
  ['authenticated', 'encrypted', false],
  ['nonsecure', 'authenticated', false],
  ['nonsecure', 'nonsecure', true],
  ['unknown', 'nonsecure', false],
  ['unknown', 'encrypted', false],
] as const)('MTM-01: %s meets the minimum %s: %s', (have, minimum, meetsIt) => {
  expect(meets(have, minimum)).toBe(meetsIt);
});

test('D-08, ICO-10: unknown is shown as nonsecure, everything else as it is', () => {
  expect(LEVELS.map(shown)).toEqual(['nonsecure', 'nonsecure', 'authenticated', 'encrypted']);
});
