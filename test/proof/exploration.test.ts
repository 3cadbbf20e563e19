import { type CoreWorld, explore, Witness } from '@conclave/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { BEGINNINGS, cluster, clusters } from './clusters.ts';

/*
 * Goal: for small clusters, whatever is done in whatever order, the invariants hold in every state; and
 * the exploration would find it if they did not. `npm run prove` explores farther.
 */

const STATES = 250;

afterEach(() => {
  vi.restoreAllMocks();
});

test.each(Object.keys(BEGINNINGS))(
  'SEC-02, SEC-04, STA-03, MTM-02: all levels, from %s',
  (name) => {
    const { prelude } = BEGINNINGS[name] ?? { prelude: () => {} };
    // Every third combination of levels; the long run has all.
    for (const [index, spec] of clusters().entries()) {
      if (index % 3 !== name.length % 3) continue;
      const { violation, states } = explore(spec, { statesMax: STATES, prelude });
      expect(violation).toBeUndefined();
      expect(states).toBeGreaterThan(0);
    }
  },
);

test('the same with answers that arrive late and in any order', () => {
  const spec = cluster(['encrypted', 'nonsecure', 'encrypted', 'authenticated']);
  for (const { prelude } of Object.values(BEGINNINGS)) {
    const bounds = { statesMax: 1_500, prelude, answers: 'interleaved' } as const;
    expect(explore(spec, bounds).violation).toBeUndefined();
  }
});

test('a rule that is broken is found, on a shortest way', () => {
  // A bridge that is believed before it has answered: the weak party still counts for the witness.
  const { event } = Witness.prototype;
  vi.spyOn(Witness.prototype, 'event').mockImplementation(function (this: Witness, each) {
    if (each.type !== 'participants-audited') event.call(this, each);
  });
  const prelude = (world: CoreWorld): void => {
    world.confer('P3', 'P1', 'P4', 'P2');
  };
  const spec = cluster(['encrypted', 'nonsecure', 'encrypted', 'encrypted']);
  const { violation } = explore(spec, { statesMax: 5_000, prelude });
  expect(violation?.message).toMatch(/shows encrypted .* while P2 is nonsecure/);
  expect(violation?.steps).toHaveLength(1);
});
