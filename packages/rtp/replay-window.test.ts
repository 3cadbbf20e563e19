import fc from 'fast-check';
import { expect, test } from 'vitest';
import { REPLAY_WINDOW_PACKETS, ReplayWindow } from './replay-window.ts';

/*
 * Goal: the window says of every index what a complete memory of all accepted packets would say.
 * Method: examples at the edges, then a set of indices as the model.
 */

test('everything is new to an empty window', () => {
  const window = new ReplayWindow();
  expect(window.check(0)).toBe('new');
  expect(window.check(2 ** 48 - 1)).toBe('new');
  expect(window.highestIndex).toBe(-1);
});

test('the edge of the window: the oldest packet inside, and the one behind it', () => {
  const window = new ReplayWindow();
  window.accept(1000);
  expect(window.check(1000)).toBe('replayed');
  expect(window.check(1000 - REPLAY_WINDOW_PACKETS + 1)).toBe('new');
  expect(window.check(1000 - REPLAY_WINDOW_PACKETS)).toBe('too-old');
});

test('a check remembers nothing', () => {
  const window = new ReplayWindow();
  window.check(7);
  expect(window.check(7)).toBe('new');
});

test('only a new packet is accepted', () => {
  const window = new ReplayWindow();
  window.accept(7);
  expect(() => window.accept(7)).toThrow('only a new packet is accepted');
});

test('RFC 3711 §3.3.2: agrees with a complete memory, for any steps forward and back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 300, max: 2 ** 47 }),
      fc.array(fc.oneof(fc.integer({ min: -200, max: 200 }), fc.integer({ min: 1, max: 5 })), {
        maxLength: 300,
      }),
      (start, steps) => {
        const window = new ReplayWindow();
        const accepted = new Set<number>();
        let highest = start;
        for (const step of steps) {
          const index = highest + step;
          if (index < 0) continue;
          const isTooOld = accepted.size > 0 && highest - index >= REPLAY_WINDOW_PACKETS;
          const expected = isTooOld ? 'too-old' : accepted.has(index) ? 'replayed' : 'new';
          expect(window.check(index)).toBe(expected);
          if (expected !== 'new') continue;
          window.accept(index);
          highest = accepted.size === 0 ? index : Math.max(highest, index);
          accepted.add(index);
        }
      },
    ),
  );
});
