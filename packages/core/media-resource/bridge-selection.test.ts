import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BridgeConfiguration,
  type Configuration,
  DEFAULT_PARAMETERS,
} from '../configuration.ts';
import type { BridgeRegistration } from '../registration.ts';
import {
  type Allocation,
  type BridgeLoad,
  type BridgeWish,
  selectBridge,
} from './bridge-selection.ts';

/* Goal: security is wanted before order, order before load, and every step can be explained. */

interface Bridge {
  readonly secure?: boolean;
  readonly registered?: boolean;
  readonly draining?: true;
  readonly conferencesMax?: number;
  readonly partiesMax?: number;
  readonly streamsMax?: number;
  readonly load?: Partial<BridgeLoad>;
}

interface House {
  readonly bridges: Readonly<Record<string, Bridge>>;
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

const PAIR: House = {
  bridges: { SB: { secure: true }, NB: {} },
  groups: { G: ['SB', 'NB'] },
  lists: { L: ['G'] },
};

describe('the wanted security', () => {
  test.each([
    ['SEC-07: a secure initiator gets a secure bridge', true, 'SB'],
    ['SEC-08: a nonsecure one a nonsecure bridge, though the secure one is first', false, 'NB'],
  ])('%s', (_rule, secure, name) => {
    const found = select(PAIR, { secure });
    expect(found.bridge?.name).toBe(name);
    expect(found.fellBack).toBe(false);
  });

  test('D-03: security wins over the order of the list', () => {
    const house: House = {
      bridges: { NB: {}, SB: { secure: true } },
      groups: { G1: ['NB'], G2: ['SB'] },
      lists: { L: ['G1', 'G2'] },
    };
    expect(select(house, { secure: true }).bridge?.name).toBe('SB');
    expect(select({ ...house, lists: { L: ['G2', 'G1'] } }, { secure: false }).bridge?.name).toBe(
      'NB',
    );
  });

  test('BRG-01: what counts is how the bridge registered, not what is configured', () => {
    const house: House = { ...PAIR, bridges: { SB: { secure: false }, NB: {} } };
    const found = select(house, { secure: true, fallback: false });
    expect(found.bridge).toBeUndefined();
  });
});

describe('falling back', () => {
  test.each([
    ['SEC-11: unregistered', { registered: false }],
    ['D-25: about to change its configuration', { draining: true }],
    ['SEC-11: full of conferences', { load: { conferences: 8 } }],
    ['SEC-11: full of streams', { load: { streams: 126 } }],
    ['SEC-11: too small for so many', { partiesMax: 2 }],
  ] as const)('%s: the secure bridge is passed over for the nonsecure one', (_rule, change) => {
    const house: House = { ...PAIR, bridges: { SB: { secure: true, ...change }, NB: {} } };
    const found = select(house, { secure: true, parties: 3 });
    expect(found.bridge?.name).toBe('NB');
    expect(found.fellBack).toBe(true);
  });

  test('SEC-12: without a nonsecure bridge a secure one is taken', () => {
    const house: House = { ...PAIR, bridges: { SB: { secure: true }, NB: { registered: false } } };
    const found = select(house, { secure: false });
    expect([found.bridge?.name, found.fellBack]).toEqual(['SB', true]);
  });

  test('MTM-05, D-04: without falling back a nonsecure bridge is not looked at', () => {
    const house: House = { ...PAIR, bridges: { SB: { secure: true, registered: false }, NB: {} } };
    const found = select(house, { secure: true, fallback: false });
    expect(found.bridge).toBeUndefined();
    expect(found.fellBack).toBe(false);
    expect(found.candidates.every(({ pass }) => pass === 'wanted')).toBe(true);
  });

  test('SEC-13: with no bridge at all there is none, and it is told why', () => {
    const house: House = {
      ...PAIR,
      bridges: { SB: { secure: true, registered: false }, NB: { load: { conferences: 8 } } },
    };
    const found = select(house, { secure: true });
    expect(found.bridge).toBeUndefined();
    expect(found.candidates).toEqual([
      { bridge: 'SB', pass: 'wanted', passedOver: 'not-registered' },
      { bridge: 'NB', pass: 'wanted', passedOver: 'other-security' },
      { bridge: 'SB', pass: 'fallback', passedOver: 'not-registered' },
      { bridge: 'NB', pass: 'fallback', passedOver: 'full' },
    ]);
  });
});

describe('lists and groups', () => {
  const two: House = {
    bridges: {
      A1: { secure: true },
      A2: { secure: true, load: { conferences: 1 } },
      B1: { secure: true },
      FREE: { secure: true },
    },
    groups: { A: ['A2', 'A1'], B: ['B1'] },
    lists: { L: ['A', 'B'], M: ['B'] },
  };

  test('SEC-10: the list of the initiator decides', () => {
    expect(select(two, { list: 'L' }).bridge?.name).toBe('A1');
    expect(select(two, { list: 'M' }).bridge?.name).toBe('B1');
  });

  test('D-03: in a group the least loaded wins, for its size; the explanation says so', () => {
    const found = select(two, { list: 'L' });
    expect(found.candidates).toEqual([
      { bridge: 'A2', pass: 'wanted', passedOver: 'more-loaded' },
      { bridge: 'A1', pass: 'wanted' },
    ]);
    const bigger: House = {
      ...two,
      bridges: {
        ...two.bridges,
        A1: { secure: true, conferencesMax: 4, load: { conferences: 1 } },
        A2: { secure: true, conferencesMax: 100, load: { conferences: 2 } },
      },
    };
    expect(select(bigger, { list: 'L' }).bridge?.name).toBe('A2');
  });

  test('D-03: a group is exhausted before the next is touched', () => {
    const busy: House = {
      ...two,
      bridges: {
        ...two.bridges,
        A1: { secure: true, load: { conferences: 7 } },
        A2: { secure: true, load: { conferences: 7 } },
      },
    };
    expect(select(busy, { list: 'L' }).bridge?.name).toMatch(/^A/);
    const full: House = {
      ...two,
      bridges: {
        ...two.bridges,
        A1: { secure: true, load: { conferences: 8 } },
        A2: { secure: true, load: { conferences: 8 } },
      },
    };
    expect(select(full, { list: 'L' }).bridge?.name).toBe('B1');
  });

  test('SEC-10: bridges in no group are the default resources, after every list', () => {
    expect(select(two, { list: undefined }).bridge?.name).toBe('FREE');
    expect(select(two, { list: 'NO-SUCH-LIST' }).bridge?.name).toBe('FREE');
    const none = { registered: false, secure: true };
    const only: House = {
      ...two,
      bridges: { A1: none, A2: none, B1: none, FREE: { secure: true } },
    };
    expect(select(only, { list: 'L' }).bridge?.name).toBe('FREE');
    expect(
      select({ ...only, bridges: { ...only.bridges, FREE: none } }, { list: 'L' }).bridge,
    ).toBe(undefined);
  });

  test('BRG-07: a bridge in a group that is not on the list is not taken', () => {
    const house: House = {
      bridges: { A1: { secure: true, registered: false }, B1: { secure: true } },
      groups: { A: ['A1'], B: ['B1'] },
      lists: { L: ['A'] },
    };
    expect(select(house, { list: 'L' }).bridge).toBeUndefined();
  });
});

test('whatever the house: the chosen one has room, none of the wanted kind was left for it', () => {
  const bridge = fc.record({
    secure: fc.boolean(),
    registered: fc.boolean(),
    conferencesMax: fc.nat({ max: 3 }),
    partiesMax: fc.nat({ max: 5 }),
    streamsMax: fc.nat({ max: 8 }),
    load: fc.record({ conferences: fc.nat({ max: 3 }), streams: fc.nat({ max: 8 }) }),
  });
  const names = ['A', 'B', 'C', 'D'];
  const bridges = fc.tuple(bridge, bridge, bridge, bridge);
  const wish = fc.record({
    secure: fc.boolean(),
    fallback: fc.boolean(),
    parties: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(bridges, wish, (given, wanted) => {
      const house: House = {
        bridges: Object.fromEntries(names.map((name, index) => [name, given[index] ?? {}])),
        groups: { G: ['A', 'B'], H: ['C'] },
        lists: { L: ['G', 'H'] },
      };
      const usable = names.filter((_, index) => {
        const each = given[index];
        if (!each?.registered) return false;
        const { load, conferencesMax, streamsMax, partiesMax } = each;
        const streams = load.streams + wanted.parties;
        const room = load.conferences < conferencesMax && streams <= streamsMax;
        return room && wanted.parties <= partiesMax;
      });
      const right = usable.filter((name) => house.bridges[name]?.secure === wanted.secure);
      const found = select(house, { ...wanted, list: 'L' });
      const expected = right.length > 0 ? right : wanted.fallback ? usable : [];
      expect(found.bridge !== undefined).toBe(expected.length > 0);
      if (found.bridge) expect(expected).toContain(found.bridge.name);
      expect(found.fellBack).toBe(found.bridge !== undefined && right.length === 0);
      const chosen = found.candidates.filter((each) => each.passedOver === undefined);
      expect(chosen.map((each) => each.bridge)).toEqual(found.bridge ? [found.bridge.name] : []);
    }),
    { numRuns: 1_000 },
  );
});

function select(house: House, wish: Partial<BridgeWish>): Allocation {
  return selectBridge(
    configurationOf(house),
    { secure: true, fallback: true, parties: 3, list: 'L', ...wish },
    (name) => registrationOf(name, house.bridges[name]),
    (name) => ({ conferences: 0, streams: 0, ...house.bridges[name]?.load }),
  );
}

function configurationOf({ bridges, groups = {}, lists = {} }: House): Configuration {
  const type = 'Cisco IOS Enhanced Conference Bridge';
  const configured = Object.entries(bridges).map(
    ([name, { draining }]): [string, BridgeConfiguration] => [
      name,
      { name, type, securityMode: 'encrypted', ...(draining && { draining }) },
    ],
  );
  return {
    clusterId: 'StandAloneCluster',
    mixedMode: true,
    phones: new Map(),
    bridges: new Map(configured),
    groups: new Map(Object.entries(groups)),
    lists: new Map(Object.entries(lists)),
    meetMeNumbers: [],
    parameters: DEFAULT_PARAMETERS,
  };
}

function registrationOf(name: string, bridge: Bridge | undefined): BridgeRegistration | undefined {
  if (!bridge || bridge.registered === false) return undefined;
  return {
    name,
    secure: bridge.secure ?? false,
    sinceMs: 0,
    address: '127.0.0.1',
    conferencesMax: bridge.conferencesMax ?? 8,
    partiesMax: bridge.partiesMax ?? 32,
    streamsMax: bridge.streamsMax ?? 128,
  };
}
