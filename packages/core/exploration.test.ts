import { CoreWorld } from '@conclave/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DropAdHocConference } from './configuration.ts';
import type { Softkey } from './event.ts';
import type { KnownLevel } from './security/level.ts';

/*
 * Goal: whatever people do, with every key there is, and in whatever order the answers come, no phone
 * shows more than the truth, and nothing is left when everybody is gone. The witness in the world checks
 * after every effect.
 */

const KEYS: readonly Softkey[] = [
  'end-call',
  'answer',
  'hold',
  'resume',
  'confrn',
  'meet-me',
  'conf-list',
  'rm-last-conf',
  'new-call',
  'select',
  'join',
  'transfer',
  'direct-transfer',
  'park',
  'barge',
  'cbarge',
];

/** P1 and P2 share a line, and so do P3 and P4. */
const LINES = ['1001', '1001', '1003', '1003', '1005', '1006'];
const DEVICES = LINES.map((_, index) => `P${index + 1}`);
const NUMBERS = [...new Set(LINES), '5000', '5001', '5002', '7100', '7101', '9'];

const device = fc.constantFrom(...DEVICES);
const which = fc.nat({ max: 3 });
const move = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('press' as const),
      device,
      key: fc.constantFrom(...KEYS),
      which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('dial' as const),
      device,
      number: fc.constantFrom(...NUMBERS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('answers' as const),
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('call' as const), device, other: device }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('confer' as const),
      device,
      other: device,
      third: device,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), device, which }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('resource' as const),
      name: fc.constantFrom('SB', 'NB', 'SB2', 'MS', ...DEVICES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clock' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('share' as const),
      device,
      key: fc.constantFrom<Softkey>('barge', 'cbarge', 'resume'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('chain' as const),
      device,
      others: fc.shuffledSubarray(DEVICES, { minLength: 4, maxLength: 4 }),
      key: fc.constantFrom<Softkey>('join', 'direct-transfer', 'confrn'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('meet' as const),
      device,
      number: fc.constantFrom('5000', '5001', '5002'),
    }),
  },
);

type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

const modes = fc.array(
  fc.constantFrom<KnownLevel>('encrypted', 'encrypted', 'authenticated', 'nonsecure'),
  { minLength: DEVICES.length, maxLength: DEVICES.length },
);

const parameters = fc.record({
  advancedAdHocConference: fc.boolean(),
  nonLinearLinking: fc.boolean(),
  suppressMusicToConference: fc.boolean(),
  dropAdHocConference: fc.constantFrom<DropAdHocConference>(
    'never',
    'when-no-on-net-parties-remain',
    'when-conference-controller-leaves',
  ),
});

test('the lock never lies, and nothing is left behind', () => {
  fc.assert(
    fc.property(modes, parameters, fc.array(move, { maxLength: 80, size: 'max' }), (...given) => {
      const [levels, settings, moves] = given;
      const world = new CoreWorld({
        phones: DEVICES.map((name, index) => ({
          name,
          mode: levels[index] ?? 'encrypted',
          number: LINES[index] ?? '',
          settings: { builtInBridge: index % 2 === 0 },
        })),
        bridges: [
          { name: 'SB', secure: true },
          { name: 'NB', secure: false },
        ],
        parameters: { maximumMeetMeConference: 8, ...settings },
      });
      for (const each of moves) play(world, levels, each);
      world.settle();
      world.nowMs += 60_000;
      world.happen({ type: 'clock' });
      world.settle();
      for (let round = 0; round < 3; round += 1) world.everybodyLeaves();
      expect(world.everybodyLeaves()).toEqual({
        legs: 0,
        calls: 0,
        conferences: 0,
        connections: 0,
        appearances: 0,
        parked: 0,
        screens: 0,
      });
    }),
    { numRuns: Number(process.env.CONCLAVE_RUNS ?? 400) },
  );
}, 600_000);

function play(world: CoreWorld, levels: readonly KnownLevel[], each: Move): void {
  switch (each.do) {
    case 'press': {
      const shown = [...(world.screens.get(each.device)?.keys() ?? [])];
      const leg = shown[each.which];
      const action = { type: 'softkey', key: each.key, line: 1 } as const;
      world.happen({
        type: 'phone',
        device: each.device,
        action: leg === undefined ? action : { ...action, leg },
      });
      return;
    }
    case 'dial':
      world.happen({
        type: 'phone',
        device: each.device,
        action: { type: 'dial', digits: each.number },
      });
      return;
    case 'answers':
      for (let count = 0; count < each.count; count += 1) {
        const event = world.pending.shift();
        if (event) world.happen(event);
      }
      return;
    case 'call':
      return world.call(each.device, each.other);
    case 'confer':
      return world.confer(each.device, each.other, each.third);
    case 'remove': {
      const leg = [...world.state.legs.values()].find((own) => own.device === each.device);
      const conference = world.state.conferences.get(leg?.conference ?? 0);
      const target = conference?.participants[each.which];
      if (conference && target) {
        world.happen({
          type: 'phone',
          device: each.device,
          action: { type: 'list-choice', conference: conference.id, remove: target.leg },
        });
      }
      return;
    }
    case 'resource':
      return toggle(world, levels, each.name);
    case 'share':
      return world.press(each.device, each.key);
    case 'chain':
      return chain(world, each.device, each.others, each.key);
    case 'meet':
      world.press(each.device, 'meet-me');
      return world.dial(each.device, each.number);
    case 'clock':
      world.nowMs += 6_000;
      return world.happen({ type: 'clock' });
  }
}

/** The phone is brought into two conferences and makes one of them. */
function chain(
  world: CoreWorld,
  member: string,
  [a, b, c, d]: readonly string[],
  key: Softkey,
): void {
  if (!a || !b || !c || !d) return;
  world.confer(a, b, member);
  const first = [...world.state.legs.values()].find((leg) => leg.device === member);
  world.press(member, 'hold');
  world.confer(c, d, member);
  if (key === 'confrn') world.press(member, key);
  world.press(member, key === 'confrn' ? 'resume' : 'select', first?.id);
  world.press(member, key);
}

/** What is registered goes, what is not comes. */
function toggle(world: CoreWorld, levels: readonly KnownLevel[], name: string): void {
  const { phones, bridges, musics } = world.state;
  if (phones.has(name) || bridges.has(name) || musics.has(name)) {
    world.happen({ type: 'device-unregistered', device: name });
    return;
  }
  const at = { name, sinceMs: world.nowMs, address: '127.0.0.1' };
  if (name === 'MS') {
    const registration = { ...at, secure: true, streamsMax: 4 };
    world.happen({ type: 'music-registered', registration });
  } else if (DEVICES.includes(name)) {
    world.registerPhone(name, levels[DEVICES.indexOf(name)] ?? 'encrypted');
  } else {
    world.registerBridge(name, name !== 'NB');
  }
}
