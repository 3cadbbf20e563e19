import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PACKET_TIMES_MS, SampleFramer } from './sample-framer.ts';

/*
 * Goal: nothing is lost, added or moved between two packet times. Method: numbered samples through
 * every pair of times.
 */

const PAIRS: readonly (readonly [number, number])[] = PACKET_TIMES_MS.flatMap((from) =>
  PACKET_TIMES_MS.map((to) => [from, to] as const),
);

test.each(PAIRS)(
  '%i ms to %i ms: the same samples in the same order, none held back',
  (from, to) => {
    const framer = new SampleFramer(to, 8000);
    const taken: number[] = [];
    const target = new Int16Array(8 * to);
    let next = 0;
    for (let count = 0; count < 60; count++) {
      framer.put(Int16Array.from({ length: 8 * from }, () => next++ % 30_000));
      while (framer.take(target)) taken.push(...target);
      expect(framer.waiting).toBeLessThan(8 * to);
    }
    expect(taken).toEqual(Array.from({ length: taken.length }, (_, index) => index % 30_000));
    expect(taken.length + framer.waiting).toBe(next);
  },
);

test('60 ms packets feed the mixer three ticks each', () => {
  const framer = new SampleFramer(20, 16_000);
  framer.put(new Int16Array(960));
  const frame = new Int16Array(320);
  expect([1, 2, 3, 4].map(() => framer.take(frame))).toEqual([true, true, true, false]);
});

test('bounded: when nobody takes, the newest 120 ms stay', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PACKET_TIMES_MS), { minLength: 13 }), (times) => {
      const framer = new SampleFramer(10, 8000);
      let next = 0;
      for (const time of times) {
        framer.put(Int16Array.from({ length: 8 * time }, () => next++));
        expect(framer.waiting).toBe(Math.min(next, 960));
      }
      const oldest = new Int16Array(80);
      expect(framer.take(oldest)).toBe(true);
      expect(oldest[0]).toBe(next - Math.min(next, 960));
    }),
  );
});

test('another packet time or target is our mistake', () => {
  expect(() => new SampleFramer(15, 8000)).toThrow('packet time');
  expect(() => new SampleFramer(20, 8000).take(new Int16Array(159))).toThrow('one packet');
});
