import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { Parameters } from '../configuration.ts';
import { nextDeadlineMs } from '../step.ts';

/* Goal: what the service parameters and a phone's own settings change. */

const MINUTE_MS = 60_000;

describe('INT-10: Maximum Call Duration Timer', () => {
  test('a call ends when its time is over, and both read why', () => {
    const world = cast({ maximumCallDurationMinutes: 1 });
    world.call('A', 'B');
    expect(nextDeadlineMs(world.state)).toBe(world.nowMs + MINUTE_MS);
    pass(world, MINUTE_MS - 1);
    expect(world.icon('A')).toBe('encrypted');
    pass(world, 1);
    expect(world.state.legs.size).toBe(0);
    expect(world.notices).toEqual(['A:call-duration-exceeded', 'B:call-duration-exceeded']);
  });

  test('a conference ends as a whole', () => {
    const world = cast({ maximumCallDurationMinutes: 1 });
    world.act('A', { type: 'off-hook' });
    world.press('A', 'meet-me');
    world.dial('A', '5002');
    pass(world, MINUTE_MS / 2);
    world.act('B', { type: 'off-hook' });
    world.dial('B', '5002');
    pass(world, MINUTE_MS / 2);
    expect(world.state.legs.size).toBe(0);
    expect(world.state.conferences.size).toBe(0);
  });

  test('0 is no limit', () => {
    const world = cast({ maximumCallDurationMinutes: 0 });
    world.call('A', 'B');
    expect(nextDeadlineMs(world.state)).toBeUndefined();
  });
});

describe('Drop Ad Hoc Conference', () => {
  test.each([
    ['never', ['B', 'C', 'X']],
    ['when-conference-controller-leaves', []],
    ['when-no-on-net-parties-remain', ['B', 'C', 'X']],
  ] as const)('%s: the creator leaves, there remain %j', (dropAdHocConference, remain) => {
    const world = cast({ dropAdHocConference });
    world.confer('A', 'B', 'C', 'X');
    world.press('A', 'end-call');
    expect(talking(world)).toEqual(remain);
  });

  test('when-no-on-net-parties-remain: only parties behind a trunk are left', () => {
    const world = cast({ dropAdHocConference: 'when-no-on-net-parties-remain' });
    world.confer('A', 'X', 'Y');
    world.press('A', 'end-call');
    expect(talking(world)).toEqual([]);
  });
});

test.each([
  [true, 2],
  [false, 0],
] as const)('Party Entrance Tone %s', (partyEntranceTone, kinds) => {
  const world = cast({ partyEntranceTone });
  world.confer('A', 'B', 'C');
  world.press('C', 'end-call');
  const tones = world.log.flatMap((effect) => (effect.type === 'tone' ? effect.tone : []));
  expect(new Set(tones.filter((tone) => tone.startsWith('zip'))).size).toBe(kinds);
});

describe('protected devices', () => {
  test('play the secure tone, and the other one when the level falls', () => {
    const world = cast({ secureTone: true });
    world.call('A', 'P');
    world.add('A', 'N');
    const tones = world.log.flatMap((effect) =>
      effect.type === 'tone' && effect.device === 'P' ? effect.tone : [],
    );
    expect(tones.filter((tone) => tone.includes('secure'))).toEqual(['secure', 'nonsecure']);
  });

  test('start no conference', () => {
    const world = cast({ secureTone: true });
    world.call('P', 'A');
    world.press('P', 'confrn');
    expect(world.screen('P').map((leg) => leg.prompt)).toEqual(['key-not-active']);
    world.press('P', 'meet-me');
    expect(world.notices).toContain('P:key-not-active');
    expect(world.state.legs.size).toBe(2);
  });
});

function cast(parameters: Partial<Parameters>): CoreWorld {
  const trunk = { settings: { kind: 'mgcp-gateway', srtpAllowed: true } } as const;
  const phones: readonly PhoneSpec[] = [
    ...['A', 'B', 'C'].map((name) => ({ name, mode: 'encrypted' as const })),
    { name: 'N', mode: 'nonsecure' },
    { name: 'P', mode: 'encrypted', settings: { protectedDevice: true } },
    { name: 'X', mode: 'encrypted', ...trunk },
    { name: 'Y', mode: 'encrypted', ...trunk },
  ];
  return new CoreWorld({ phones, bridges: [{ name: 'SB', secure: true }], parameters });
}

function pass(world: CoreWorld, ms: number): void {
  world.nowMs += ms;
  world.happen({ type: 'clock' });
  world.settle();
}

function talking(world: CoreWorld): readonly string[] {
  return [...world.state.phones.keys()].filter((device) => world.icon(device) !== 'none');
}
