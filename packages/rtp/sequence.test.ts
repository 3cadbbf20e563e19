import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  estimateRolloverCounter,
  isNewerSequence,
  packetIndexOf,
  ROLLOVER_COUNTER_MAX,
  sequenceDistance,
} from './sequence.ts';

/*
 * Goal: sequence numbers compare on a circle, and the rollover counter follows any packet that is
 * less than half a turn away from the newest one.
 */

describe('distance on the circle', () => {
  test.each([
    //  from    to  distance
    [0, 0, 0],
    [0, 1, 1],
    [1, 0, -1],
    [65535, 0, 1],
    [0, 65535, -1],
    [65530, 10, 16],
    [0, 32767, 32767],
    [0, 32768, -32768],
    [40000, 7232, -32768],
  ])('from %i to %i is %i', (from, to, distance) => {
    expect(sequenceDistance(from, to)).toBe(distance);
    expect(isNewerSequence(to, from)).toBe(distance > 0);
  });

  test('going there by the distance arrives', () => {
    fc.assert(
      fc.property(sequenceNumbers(), sequenceNumbers(), (from, to) => {
        expect((from + sequenceDistance(from, to)) & 0xffff).toBe(to);
      }),
    );
  });
});

describe('estimate of the rollover counter', () => {
  test.each([
    //  ROC  highest  received  estimate
    [0, 100, 101, 0],
    [0, 65535, 0, 1],
    [5, 65535, 0, 6],
    [6, 0, 65535, 5],
    [6, 32767, 65535, 6],
    [6, 32766, 65535, 5],
    [6, 32768, 0, 6],
    [6, 32769, 0, 7],
    // Before the first turn there is nothing, and after the last one neither.
    [0, 0, 65535, 0],
    [ROLLOVER_COUNTER_MAX, 65535, 0, ROLLOVER_COUNTER_MAX],
  ])('ROC %i, highest %i, received %i: %i', (rolloverCounter, highest, received, estimate) => {
    expect(estimateRolloverCounter(rolloverCounter, highest, received)).toBe(estimate);
  });

  test('is right for every packet less than half a turn away', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0x8000, max: 2 ** 48 - 0x8000 }),
        fc.integer({ min: -0x7fff, max: 0x7fff }),
        (newestIndex, distance) => {
          const index = newestIndex + distance;
          const estimate = estimateRolloverCounter(
            Math.floor(newestIndex / 0x1_0000),
            newestIndex % 0x1_0000,
            index % 0x1_0000,
          );
          expect(packetIndexOf(estimate, index % 0x1_0000)).toBe(index);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function sequenceNumbers(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 0xffff });
}
