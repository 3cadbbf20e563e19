/** The small clusters that are explored, and where each exploration begins. */
import type { KnownLevel } from '@conclave/core';
import type { CoreWorld, WorldSpec } from '@conclave/testkit';

const LEVELS: readonly KnownLevel[] = ['encrypted', 'authenticated', 'nonsecure'];

/** P1 and P2 share a line, and P1 can be barged; every combination of four levels. */
export function clusters(): readonly WorldSpec[] {
  return LEVELS.flatMap((one) =>
    LEVELS.flatMap((two) =>
      LEVELS.flatMap((three) => LEVELS.map((four) => cluster([one, two, three, four]))),
    ),
  );
}

export function cluster([one, two, three, four]: readonly [
  KnownLevel,
  KnownLevel,
  KnownLevel,
  KnownLevel,
]): WorldSpec {
  return {
    phones: [
      { name: 'P1', mode: one, number: '1001', settings: { builtInBridge: true } },
      { name: 'P2', mode: two, number: '1001' },
      { name: 'P3', mode: three, number: '1003' },
      { name: 'P4', mode: four, number: '1004' },
    ],
    bridges: [
      { name: 'SB', secure: true },
      { name: 'NB', secure: false },
    ],
    parameters: { advancedAdHocConference: true, maximumMeetMeConference: 8 },
  };
}

export interface Beginning {
  readonly prelude: (world: CoreWorld) => void;
  /** The same as steps of a scenario. */
  readonly steps: readonly string[];
}

/** Where an exploration begins: what it takes many steps to reach. */
export const BEGINNINGS: Readonly<Record<string, Beginning>> = {
  'everybody idle': { prelude: () => {}, steps: [] },
  'a conference of three': {
    prelude: (world) => world.confer('P3', 'P1', 'P4'),
    steps: ['P3: conference P1, P4'],
  },
  'a barged call': {
    prelude: (world) => {
      world.call('P3', 'P1');
      world.press('P2', 'barge');
    },
    steps: ['P3: call P1', 'P2: barge P1'],
  },
  'a meet-me conference of two': {
    prelude: (world) => {
      for (const device of ['P3', 'P4']) {
        world.press(device, 'meet-me');
        world.dial(device, '5001');
      }
    },
    steps: ['P3: meet-me 5001', 'P4: meet-me 5001'],
  },
  'a conference and a meet-me conference that one phone is in': {
    prelude: (world) => {
      world.confer('P3', 'P1', 'P4');
      world.press('P2', 'meet-me');
      world.dial('P2', '5000');
      world.press('P3', 'confrn');
      world.dial('P3', '5000');
    },
    steps: ['P3: conference P1, P4', 'P2: meet-me 5000', 'P3: press Confrn', 'P3: dial 5000'],
  },
};
