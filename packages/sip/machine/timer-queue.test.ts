import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timed, TimerQueue } from './timer-queue.ts';

/*
 * Goal: the queue gives back whatever was put in, in the order of the deadlines it has now. Method:
 * random changes against a plain list.
 */

interface Item extends Timed {
  readonly name: number;
}

test('after any changes the earliest deadline is first, and everything comes out once', () => {
  const change = fc.record({
    item: fc.integer({ min: 0, max: 40 }),
    deadline: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.constant(Number.POSITIVE_INFINITY)),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const queue = new TimerQueue<Item>();
      const items = Array.from({ length: 41 }, (_, name) => newItem(name));
      const model = new Map<number, number>();
      for (const { item, deadline } of changes) {
        const target = items[item];
        if (!target) continue;
        queue.set(target, deadline);
        if (deadline === Number.POSITIVE_INFINITY) model.delete(item);
        else model.set(item, deadline);
        expect(queue.deadlineMs).toBe(Math.min(...model.values(), Number.POSITIVE_INFINITY));
      }
      expect(queue.size).toBe(model.size);
      const out: number[] = [];
      for (let next = queue.due(500); next; next = queue.due(500)) {
        expect(next.place).toBe(-1);
        out.push(model.get(next.name) ?? -1);
      }
      const wanted = [...model.values()].filter((each) => each <= 500).sort((a, b) => a - b);
      expect(out).toEqual(wanted);
      expect(queue.deadlineMs).toBeGreaterThan(500);
    }),
  );
});

function newItem(name: number): Item {
  return { name, deadlineMs: Number.POSITIVE_INFINITY, place: -1 };
}
