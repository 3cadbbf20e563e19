import { CoreWorld, type WorldSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { Parameters } from '../configuration.ts';
import type { Softkey } from '../event.ts';

/* Goal: Join, and conferences that are linked: who may, what level all of them show, how they part. */

describe('Join', () => {
  test('JOI-01: selected calls become a conference, controlled by who joined them', () => {
    const world = cast();
    twoCalls(world, 'A', 'B', 'C');
    world.press('A', 'join');
    const [only] = world.state.conferences.values();
    expect(only).toMatchObject({ bridge: 'SB', level: 'encrypted' });
    expect(world.state.legs.get(only?.controller ?? 0)?.device).toBe('A');
    expect(['A', 'B', 'C'].map((each) => world.icon(each))).toEqual(Array(3).fill('encrypted'));
    leaveAll(world);
  });

  test('Join without a second call is refused and changes nothing', () => {
    const world = cast();
    world.call('A', 'B');
    const before = world.state.legs;
    world.press('A', 'join');
    expect(world.state.legs).toEqual(before);
    expect(world.screen('A')[0]?.prompt).toBe('cannot-complete-conference');
  });

  test.each([
    [true, 'B', 4],
    [false, 'A', 3],
  ] as const)(
    'JOI-03, JOI-04, D-10: advanced %s: %s controls after B joined D, %i parties',
    (advancedAdHocConference, controller, parties) => {
      const world = cast({ advancedAdHocConference });
      world.confer('A', 'B', 'C');
      const member = legOf(world, 'B');
      world.press('B', 'hold');
      world.call('B', 'D');
      world.press('B', 'select', member);
      world.press('B', 'join');
      const [only] = world.state.conferences.values();
      expect(world.state.legs.get(only?.controller ?? 0)?.device).toBe(controller);
      expect(only?.participants).toHaveLength(parties);
      leaveAll(world);
    },
  );
});

describe('linked conferences', () => {
  test('STA-05, CHN-01, CHN-02, D-09: the lower of both, and a row for the other one', () => {
    const world = linked();
    const levels = ['A', 'B', 'C', 'D', 'U'].map((each) => world.icon(each));
    expect(levels).toEqual(Array(5).fill('authenticated'));
    world.press('A', 'conf-list');
    const rows = world.lists.get('A')?.rows;
    expect(rows?.map((row) => [row.name, row.conference, row.level])).toEqual([
      ['Conference', true, 'authenticated'],
      ['B', false, 'encrypted'],
      ['A', false, 'encrypted'],
    ]);
    leaveAll(world);
  });

  test('STA-06: whoever joins one of them is seen in the other', () => {
    const world = linked();
    world.add('D', 'N');
    expect(['A', 'B', 'C', 'D', 'U', 'N'].map((each) => world.icon(each))).toEqual(
      Array(6).fill('nonsecure'),
    );
    world.press('N', 'end-call');
    expect(world.icon('A')).toBe('authenticated');
    world.press('U', 'end-call');
    expect(world.icon('A')).toBe('encrypted');
    leaveAll(world);
  });

  test('the audio of the link is SRTP between the bridges, keyed like any leg', () => {
    const world = linked();
    const between = [...world.state.connections.values()].filter((each) =>
      each.ends.every((end) => end.kind === 'bridge'),
    );
    expect(between.map((each) => each.protection)).toEqual(['srtp']);
  });

  test('CHN-03: removing "Conference" parts them, and each has its own level again', () => {
    const world = linked();
    const [conference] = world.state.conferences.values();
    const link = conference?.participants.find((each) => each.link);
    world.act('A', {
      type: 'list-choice',
      conference: conference?.id ?? 0,
      remove: link?.leg ?? 0,
    });
    expect(world.icon('A')).toBe('encrypted');
    expect(world.icon('D')).toBe('authenticated');
    expect([...world.state.conferences.values()].flatMap((each) => each.participants)).toSatisfy(
      (all: readonly { link?: unknown }[]) => all.every((each) => !each.link),
    );
    leaveAll(world);
  });

  test('STA-10: refused unless advanced, and nothing changes', () => {
    const world = linkable({ advancedAdHocConference: false });
    const legs = world.state.legs;
    world.press('C', 'join');
    expect(world.state.legs).toEqual(legs);
    expect(world.screen('C').some((leg) => leg.prompt === 'cannot-link-conferences')).toBe(true);
  });

  test('RES-05: a 7931G cannot link', () => {
    const world = linkable({}, '7931G');
    world.press('C', 'join');
    expect([...world.state.conferences.values()].flatMap((each) => each.participants)).toHaveLength(
      6,
    );
  });

  test('D-09: two linked conferences are not linked twice', () => {
    const world = linked();
    const [one, other] = [...world.state.conferences.values()];
    expect(one && other).toBeDefined();
    world.call('B', 'E');
    const conferences = world.state.conferences.size;
    expect(conferences).toBe(2);
    leaveAll(world);
  });

  test('a transfer links them too, and its phone is in neither', () => {
    const world = linkable({});
    world.press('C', 'direct-transfer');
    expect(world.icon('C')).toBe('none');
    expect(world.icon('A')).toBe('authenticated');
    leaveAll(world);
  });

  test('a bridge that dies takes its conference along; the other one goes on', () => {
    const world = linked();
    const other = [...world.state.conferences.values()].at(-1);
    world.happen({ type: 'device-unregistered', device: other?.bridge ?? '' });
    world.settle();
    expect(world.state.conferences.size).toBeLessThan(2);
    leaveAll(world);
  });
});

describe('a link that is refused says why, and changes nothing', () => {
  test('STA-10: conferences are not advanced', () => {
    const world = linkable({ advancedAdHocConference: false });
    expectRefused(world, 'C', 'join', {
      rule: 'STA-10',
      fact: 'Advanced Ad Hoc Conference is off, so conferences are not linked.',
      fix: 'Enable Advanced Ad Hoc Conference.',
    });
  });

  test('RES-05: the model cannot', () => {
    expectRefused(linkable({}, '7931G'), 'C', 'join', {
      rule: 'RES-05',
      fact: 'Model 7931G of C does not support linking.',
    });
  });

  test('D-09: they are linked already', () => {
    const world = linked();
    // A, who is in the one, is brought into the other as well.
    world.add('D', 'A');
    const [first, second] = legsOf(world, 'A');
    world.press('A', 'select', first);
    expectRefused(
      world,
      'A',
      'join',
      {
        rule: 'D-09',
        fact: 'These conferences are linked already.',
      },
      second,
    );
  });

  test.each([
    [false, 2],
    [true, 3],
  ])('D-09: a third conference on one that has two, non-linear %s', (nonLinearLinking, links) => {
    const world = cast({ advancedAdHocConference: true, nonLinearLinking });
    world.confer('A', 'B', 'C');
    for (const number of ['5000', '5001', '5002']) {
      const guest = number === '5000' ? 'D' : number === '5001' ? 'U' : 'E';
      world.press(guest, 'meet-me');
      world.dial(guest, number);
      world.press('A', 'confrn');
      world.dial('A', number);
      world.press('A', 'confrn');
    }
    const adHoc = [...world.state.conferences.values()].find((each) => each.kind === 'ad-hoc');
    const linked = adHoc?.participants.filter((each) => each.link) ?? [];
    expect(linked.length).toBeLessThanOrEqual(links);
    leaveAll(world);
  });
});

test.each([
  [true, 'off-hook'],
  [false, 'connected'],
])(
  'MAH-01: from a meet-me conference Confrn leads on only where linking may come of it: %s',
  (advancedAdHocConference, state) => {
    const world = cast({ advancedAdHocConference });
    world.press('A', 'meet-me');
    world.dial('A', '5002');
    world.press('A', 'confrn');
    expect(world.screen('A').at(-1)?.state).toBe(state);
    leaveAll(world);
  },
);

describe('meet-me and ad hoc', () => {
  test('MAH-02: a meet-me conference brought into an ad hoc one', () => {
    const world = cast();
    world.act('U', { type: 'off-hook' });
    world.press('U', 'meet-me');
    world.dial('U', '5001');
    world.confer('A', 'B', 'C');
    world.press('A', 'confrn');
    world.dial('A', '5001');
    world.press('A', 'confrn');
    expect(['A', 'B', 'C', 'U'].map((each) => world.icon(each))).toEqual(
      Array(4).fill('authenticated'),
    );
    leaveAll(world);
  });

  test('MAH-01, CDR-05: below the minimum the linking leg is dropped with 58, both go on', () => {
    const world = cast();
    world.act('D', { type: 'off-hook' });
    world.press('D', 'meet-me');
    world.dial('D', '5002');
    world.confer('A', 'B', 'U');
    world.press('A', 'confrn');
    world.dial('A', '5002');
    world.press('A', 'confrn');
    expect(world.icon('D')).toBe('encrypted');
    expect(world.icon('B')).toBe('authenticated');
    expect(world.state.conferences.size).toBe(2);
    expect(world.records.map((record) => record.originating.cause)).toContain(58);
    leaveAll(world);
  });

  test('a call and a meet-me conference become an ad hoc conference linked to it', () => {
    const world = cast();
    world.act('D', { type: 'off-hook' });
    world.press('D', 'meet-me');
    world.dial('D', '5002');
    world.call('A', 'B');
    world.press('A', 'confrn');
    world.dial('A', '5002');
    world.press('A', 'confrn');
    expect(world.state.conferences.size).toBe(2);
    expect(['A', 'B', 'D'].map((each) => world.icon(each))).toEqual(Array(3).fill('encrypted'));
    leaveAll(world);
  });
});

function cast(parameters: Partial<Parameters> = {}, model?: string): CoreWorld {
  const spec: WorldSpec = {
    phones: [
      ...['A', 'B', 'C', 'D', 'E'].map((name) => ({
        name,
        mode: 'encrypted' as const,
        ...(name === 'C' && model !== undefined && { model }),
      })),
      { name: 'U', mode: 'authenticated' },
      { name: 'N', mode: 'nonsecure' },
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters: { maximumMeetMeConference: 8, ...parameters },
  };
  return new CoreWorld(spec);
}

/** `host` has a call with each, the first one held and selected. */
function twoCalls(world: CoreWorld, host: string, held: string, active: string): void {
  world.call(host, held);
  const first = legOf(world, host);
  world.press(host, 'hold');
  world.call(host, active);
  world.press(host, 'select', first);
}

/** C is in a conference with A and B and in one with D and U, and has selected both. */
function linkable(parameters: Partial<Parameters>, model?: string): CoreWorld {
  const world = cast({ advancedAdHocConference: true, ...parameters }, model);
  world.confer('A', 'B', 'C');
  const first = legOf(world, 'C');
  world.press('C', 'hold');
  world.confer('D', 'U', 'C');
  world.press('C', 'select', first);
  return world;
}

function linked(): CoreWorld {
  const world = linkable({});
  world.press('C', 'join');
  return world;
}

function legOf(world: CoreWorld, device: string): number {
  return [...world.state.legs.values()].find((leg) => leg.device === device)?.id ?? 0;
}

function legsOf(world: CoreWorld, device: string): readonly number[] {
  return [...world.state.legs.values()].filter((leg) => leg.device === device).map((leg) => leg.id);
}

function expectRefused(
  world: CoreWorld,
  device: string,
  key: Softkey,
  limit: { readonly rule: string; readonly fact: string; readonly fix?: string },
  leg?: number,
): void {
  const { legs, conferences } = world.state;
  world.press(device, key, leg);
  expect(world.state.legs).toEqual(legs);
  expect([...world.state.conferences.keys()]).toEqual([...conferences.keys()]);
  const refusal = world.state.refusals.at(-1);
  expect(refusal).toMatchObject({ device, text: 'cannot-link-conferences' });
  expect(refusal?.limits).toContainEqual(expect.objectContaining(limit));
}

/** Everybody leaves: nothing may be left behind. */
function leaveAll(world: CoreWorld): void {
  expect(Object.values(world.everybodyLeaves()).every((size) => size === 0)).toBe(true);
}
