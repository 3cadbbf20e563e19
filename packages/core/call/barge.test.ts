import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { KnownLevel } from '../security/level.ts';

/* Goal: barge over a built-in bridge and cBarge over a shared one, with the level everybody is shown. */

const LINE = '1001';

interface Cast {
  readonly target?: KnownLevel;
  readonly barger?: KnownLevel;
  readonly peer?: KnownLevel;
  readonly targetSpec?: Partial<PhoneSpec>;
  readonly bargerSpec?: Partial<PhoneSpec>;
}

describe('a call between T and O, barged by B of the same line', () => {
  test.each([
    ['encrypted', 'encrypted', 'encrypted', 'encrypted'],
    ['encrypted', 'nonsecure', 'encrypted', 'nonsecure'],
    ['encrypted', 'authenticated', 'encrypted', 'authenticated'],
    ['authenticated', 'encrypted', 'authenticated', 'authenticated'],
    ['authenticated', 'nonsecure', 'authenticated', 'nonsecure'],
    ['encrypted', 'encrypted', 'nonsecure', 'nonsecure'],
  ] as const)(
    'SEC-16, SEC-18, SEC-19: target %s, barger %s, other %s: all three see %s',
    (target, barger, peer, level) => {
      const world = inCall({ target, barger, peer });
      world.press('B', 'barge');
      expect(['T', 'B', 'O'].map((each) => world.icon(each))).toEqual([level, level, level]);
    },
  );

  test('SEC-17, BRG-09: the barger has an SRTP stream of its own to the built-in bridge', () => {
    const world = inCall({});
    world.press('B', 'barge');
    const ends = [...world.state.connections.values()].at(-1)?.ends;
    expect(ends?.map((end) => [end.device, end.kind])).toEqual([
      ['T', 'built-in-bridge'],
      ['B', 'phone'],
    ]);
    expect([...world.state.connections.values()].at(-1)?.protection).toBe('srtp');
  });

  test('ICO-12: barger and barged have SRTP between them although the icons show nonsecure', () => {
    const world = inCall({ peer: 'nonsecure' });
    world.press('B', 'barge');
    expect([...world.state.connections.values()].at(-1)?.protection).toBe('srtp');
    expect(world.icon('B')).toBe('nonsecure');
  });

  test('the level returns only when the target has confirmed that the barger is gone', () => {
    const world = inCall({ barger: 'nonsecure' });
    world.press('B', 'barge');
    world.happen({
      type: 'phone',
      device: 'B',
      action: { type: 'softkey', key: 'end-call', line: 1 },
    });
    expect(world.icon('O')).toBe('nonsecure');
    world.settle();
    expect([world.icon('T'), world.icon('O'), world.icon('B')]).toEqual([
      'encrypted',
      'encrypted',
      'none',
    ]);
  });

  test('INT-06: the target hears a tone, which changes nothing', () => {
    const world = inCall({});
    world.press('B', 'barge');
    expect(world.log).toContainEqual(
      expect.objectContaining({ type: 'tone', tone: 'zip', device: 'T' }),
    );
    expect(world.icon('T')).toBe('encrypted');
  });

  test('the target hangs up: the barger goes on with the other party', () => {
    const world = inCall({});
    world.press('B', 'barge');
    world.press('T', 'end-call');
    expect([world.icon('T'), world.icon('B'), world.icon('O')]).toEqual([
      'none',
      'encrypted',
      'encrypted',
    ]);
    expect(world.state.calls.size).toBe(1);
    hangUp(world);
  });

  test('the other party hangs up: all three are released', () => {
    const world = inCall({});
    world.press('B', 'barge');
    world.press('O', 'end-call');
    expect(world.state.legs.size).toBe(0);
  });

  test('while the target holds, the barger hears nothing; at resume it does again', () => {
    const world = inCall({});
    world.press('B', 'barge');
    world.press('T', 'hold');
    expect(world.state.connections.size).toBe(0);
    world.press('T', 'resume');
    expect(world.state.connections.size).toBe(2);
    hangUp(world);
  });

  test('a second barge is refused with a text, and nothing changes', () => {
    const world = inCall({}, [{ name: 'C', mode: 'encrypted', number: LINE }]);
    world.press('B', 'barge');
    const legs = world.state.legs;
    world.press('C', 'barge');
    expect(world.state.legs).toEqual(legs);
    expect(world.state.refusals.at(-1)?.text).toBe('another-barge-exists');
  });

  test.each([
    ['the built-in bridge is off', { settings: {} }, {}, 'no-conference-bridge'],
    ['RES-04: an encrypted 7962G is barged', { model: '7962G' }, {}, 'barge-failed'],
    ['RES-04: an encrypted 7942 barges', {}, { model: '7942' }, 'barge-failed'],
    ['SEC-19: firmware before 8.3 barges', {}, { firmware: '8.2(1)' }, 'barge-failed'],
  ] as const)('%s: refused', (_what, targetSpec, bargerSpec, text) => {
    const world = inCall({ targetSpec, bargerSpec });
    world.press('B', 'barge');
    expect(world.state.refusals.at(-1)?.text).toBe(text);
    expect(world.icon('T')).toBe('encrypted');
    expect(world.state.legs.size).toBe(2);
  });

  test('privacy hides the call: there is nothing to barge', () => {
    const world = inCall({ targetSpec: { settings: { builtInBridge: true, privacy: true } } });
    expect(world.screen('B')).toEqual([]);
    world.press('B', 'barge');
    expect(world.state.legs.size).toBe(2);
  });
});

describe('a conference member is barged', () => {
  test('STA-08, BAR-01, BAR-02: the row of the target and all icons follow the barger', () => {
    const world = conference({ barger: 'authenticated' });
    world.press('O', 'conf-list');
    world.press('B', 'barge');
    expect(['T', 'O', 'P', 'B'].map((each) => world.icon(each))).toEqual(
      Array(4).fill('authenticated'),
    );
    const rows = world.lists.get('O')?.rows.map((row) => [row.name, row.level]);
    expect(rows).toContainEqual(['T', 'authenticated']);
    expect(rows).toContainEqual(['P', 'encrypted']);
    expect(rows).toHaveLength(3);
    const bridged = [...world.state.connections.values()].filter((each) =>
      each.ends.some((end) => end.kind === 'bridge'),
    );
    expect(bridged.map((each) => each.protection)).toEqual(['srtp', 'srtp', 'srtp']);
  });

  test('BAR-03: the icon of the barger follows the conference', () => {
    const world = conference({});
    world.press('B', 'barge');
    world.add('O', 'N');
    expect(world.icon('B')).toBe('nonsecure');
    world.press('N', 'end-call');
    expect(world.icon('B')).toBe('encrypted');
  });

  test.each([
    ['5002', 'authenticated', 'none', 58],
    ['5001', 'authenticated', 'authenticated', undefined],
  ] as const)(
    'MBA-01, MBA-02: on meet-me %s a barger that is %s leaves the target at %s',
    (number, barger, icon, cause) => {
      const world = cast({ barger });
      world.act('O', { type: 'off-hook' });
      world.press('O', 'meet-me');
      world.dial('O', number);
      world.act('T', { type: 'off-hook' });
      world.dial('T', number);
      world.press('B', 'barge');
      expect([world.icon('T'), world.icon('B')]).toEqual([icon, icon]);
      expect(world.icon('O')).toBe(cause ? 'encrypted' : icon);
      const causes = world.records.map((record) => record.originating.cause);
      expect(causes).toEqual(cause ? [cause, cause] : []);
    },
  );
});

describe('cBarge', () => {
  test('CBG-01, CBG-02, CBG-03: a conference of three, controlled by the target, on its bridge', () => {
    const world = inCall({ barger: 'nonsecure' });
    world.press('B', 'cbarge');
    const [only] = world.state.conferences.values();
    expect(only).toMatchObject({ kind: 'ad-hoc', bridge: 'SB' });
    const controller = world.state.legs.get(only?.controller ?? 0);
    expect(controller?.device).toBe('T');
    world.press('T', 'conf-list');
    expect(world.lists.get('T')?.rows.map((row) => row.name)).toEqual(['B', 'O', 'T']);
    expect(['T', 'O', 'B'].map((each) => world.icon(each))).toEqual(Array(3).fill('nonsecure'));
    hangUp(world);
  });

  test('a second cBarge joins the conference', () => {
    const world = inCall({}, [{ name: 'C', mode: 'encrypted', number: LINE }]);
    world.press('B', 'cbarge');
    world.press('C', 'cbarge');
    expect(world.icon('C')).toBe('encrypted');
    expect([...world.state.conferences.values()][0]?.participants).toHaveLength(4);
    hangUp(world);
  });

  test('without any bridge the call goes on and the one who pressed reads why', () => {
    const world = inCall({});
    world.happen({ type: 'device-unregistered', device: 'SB' });
    world.happen({ type: 'device-unregistered', device: 'NB' });
    world.press('B', 'cbarge');
    expect(world.icon('T')).toBe('encrypted');
    expect(world.state.legs.size).toBe(2);
    expect(world.state.refusals.at(-1)?.text).toBe('no-conference-bridge');
  });
});

function cast(
  { target = 'encrypted', barger = 'encrypted', peer = 'encrypted', ...more }: Cast,
  others: readonly PhoneSpec[] = [],
): CoreWorld {
  return new CoreWorld({
    phones: [
      {
        name: 'T',
        mode: target,
        number: LINE,
        settings: { builtInBridge: true },
        ...more.targetSpec,
      },
      { name: 'B', mode: barger, number: LINE, ...more.bargerSpec },
      { name: 'O', mode: peer },
      { name: 'P', mode: 'encrypted' },
      { name: 'N', mode: 'nonsecure' },
      ...others,
    ],
    bridges: [
      { name: 'SB', secure: true },
      { name: 'NB', secure: false },
    ],
  });
}

function inCall(levels: Cast, others: readonly PhoneSpec[] = []): CoreWorld {
  const world = cast(levels, others);
  world.call('T', 'O');
  return world;
}

function conference(levels: Cast): CoreWorld {
  const world = cast(levels);
  world.act('O', { type: 'off-hook' });
  world.dial('O', LINE);
  world.press('T', 'answer');
  world.add('O', 'P');
  return world;
}

/** Everybody leaves: nothing may be left behind. */
function hangUp(world: CoreWorld): void {
  expect(Object.values(world.everybodyLeaves()).every((size) => size === 0)).toBe(true);
}
