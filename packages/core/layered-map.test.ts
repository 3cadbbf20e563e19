import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LayeredMap } from './layered-map.ts';

/*
 * Goal: nobody can tell it from a Map that was copied whole: contents, order, size, and that what was
 * forked from stays as it was. Method: the same random history for both.
 */

const KEYS = 200;

const history = fc.array(
  fc.record({ key: fc.nat(KEYS - 1), isDeleted: fc.boolean(), isForked: fc.boolean() }),
  { maxLength: 300 },
);

test('the same history gives the same map, and leaves every map before it alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: KEYS }), history, (size, steps) => {
      let plain = new Map(Array.from({ length: size }, (_, key) => [key, `first ${key}`]));
      let layered: ReadonlyMap<number, string> = plain;
      let own = LayeredMap.fork(layered);
      const earlier: [ReadonlyMap<number, string>, readonly (readonly [number, string])[]][] = [];
      for (const [at, { key, isDeleted, isForked }] of steps.entries()) {
        if (isForked) {
          layered = own;
          earlier.push([layered, [...plain]]);
          own = LayeredMap.fork(layered);
          plain = new Map(plain);
        }
        if (isDeleted) {
          own.delete(key);
          plain.delete(key);
        } else {
          own.set(key, `${at}`);
          plain.set(key, `${at}`);
        }
        expect([own.get(key), own.has(key), own.size]).toEqual([
          ...[plain.get(key), plain.has(key), plain.size],
        ]);
      }
      expect([...own]).toEqual([...plain]);
      expect([...own.keys()]).toEqual([...plain.keys()]);
      expect([...own.values()]).toEqual([...plain.values()]);
      for (const [map, entries] of earlier) expect([...map]).toEqual(entries);
    }),
  );
});

test('a dump writes it as a Map', () => {
  const plain = new Map(Array.from({ length: KEYS }, (_, key) => [key, 'x']));
  const own = LayeredMap.fork(plain);
  own.delete(3);
  plain.delete(3);
  const write = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);
  expect(JSON.stringify({ own }, write)).toBe(JSON.stringify({ own: plain }, write));
});

test('forEach', () => {
  const plain = new Map(Array.from({ length: KEYS }, (_, key) => [key, key]));
  const own = LayeredMap.fork(plain);
  own.delete(3);
  const seen: number[] = [];
  for (const [key] of own) seen.push(key);
  const told: number[] = [];
  own.forEach((value, key) => {
    expect(value).toBe(key);
    told.push(key);
  });
  expect(told).toEqual(seen);
  expect(told).not.toContain(3);
});
