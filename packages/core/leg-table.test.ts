import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstConnectedMs, LegTable, legsOfDevice, specialLegs } from './leg-table.ts';
import type { Leg } from './state.ts';

/*
 * Goal: however many legs there are, they are a Map to who reads it, and what is asked of the index is what a search
 * would find. Method: the same random history for both, with a clock that is set back now and then.
 */

const change = fc.record({
  id: fc.integer({ min: 1, max: 120 }),
  device: fc.constantFrom('A', 'B', 'C', 'D'),
  kind: fc.constantFrom('delete', 'plain', 'connected', 'digits', 'barge', 'detached'),
  aheadMs: fc.integer({ min: -2, max: 20 }),
});

function leg({ id, device, kind }: { id: number; device: string; kind: string }, ms: number): Leg {
  const base = { id, device, line: 1, number: '', partition: '', displayName: '', digits: '' };
  return {
    ...{ ...base, state: 'connected', startedMs: 0, meetMe: false, highest: 'unknown' },
    ...(kind === 'connected' && { connectedMs: ms }),
    ...(kind === 'digits' && { digitDeadlineMs: ms }),
    ...(kind === 'detached' && { detached: true as const, connectedMs: ms }),
    ...(kind === 'barge' && { transferFor: id }),
  };
}

function answersOf(legs: ReadonlyMap<number, Leg>): readonly unknown[] {
  return [
    [...legs],
    [...legs.keys()],
    [...legs.values()],
    legs.size,
    ...['A', 'B', 'C', 'D'].map((device) =>
      legsOfDevice(legs, device)
        .map(({ id }) => id)
        .toSorted((a, b) => a - b),
    ),
    specialLegs(legs)
      .map(({ id }) => id)
      .toSorted((a, b) => a - b),
    firstConnectedMs(legs),
  ];
}

test('it answers as a Map does in which everything is looked for, and earlier ones stay as they were', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.array(change, { maxLength: 200 }),
      (size, all) => {
        let ms = 1_000;
        let plain = new Map<number, Leg>();
        for (let id = 1; id <= size; id++)
          plain.set(id, leg({ id, device: 'A', kind: 'connected' }, id));
        let sealed: ReadonlyMap<number, Leg> = plain;
        for (const each of all) {
          ms += each.aheadMs;
          const before = answersOf(sealed);
          const own = LegTable.fork(sealed);
          plain = new Map(plain);
          if (each.kind === 'delete') {
            own.delete(each.id);
            plain.delete(each.id);
          } else {
            own.set(each.id, leg(each, ms));
            plain.set(each.id, leg(each, ms));
          }
          expect(answersOf(own)).toEqual(answersOf(plain));
          expect(answersOf(sealed)).toEqual(before);
          sealed = own;
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('legs of a device come in the order of their beginning', () => {
  const all = Array.from({ length: 80 }, (_, at) => at + 1);
  const legs = LegTable.fork(
    new Map(all.map((id) => [id, leg({ id, device: id % 2 ? 'A' : 'B', kind: 'plain' }, 0)])),
  );
  expect(legs).toBeInstanceOf(LegTable);
  expect(legsOfDevice(legs, 'A').map(({ id }) => id)).toEqual(all.filter((id) => id % 2));
});

test('a dump writes it as a Map', () => {
  const plain = new Map(
    Array.from(
      { length: 70 },
      (_, id) => [id, leg({ id, device: 'A', kind: 'plain' }, 0)] as const,
    ),
  );
  const write = (_: string, value: unknown) => (value instanceof Map ? [...value] : value);
  expect(JSON.stringify(LegTable.fork(plain), write)).toBe(JSON.stringify(plain, write));
});
