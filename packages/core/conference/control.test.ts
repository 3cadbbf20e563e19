/*
 * Goal: an administrator's lock keeps everybody else out, by every way in, and changes nothing for who is in; a muted
 * party feeds nothing into the mix. Method: the rules, with the witness looking on.
 */
import { CoreWorld } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';

const E = 'encrypted';

function world(): CoreWorld {
  return new CoreWorld({
    phones: [
      { name: 'P1', mode: E, number: '1001', settings: { builtInBridge: true, privacy: false } },
      ...['P2', 'P3', 'P4', 'P5', 'P6', 'P7'].map((name) => ({ name, mode: E }) as const),
      { name: 'S1', mode: E, number: '1001', settings: { builtInBridge: true, privacy: false } },
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters: { advancedAdHocConference: true },
  });
}

function partiesOf(w: CoreWorld, at = 0): readonly string[] {
  const conference = [...w.state.conferences.values()][at];
  return conference?.participants.flatMap(({ device, link }) => (link ? [] : [device])) ?? [];
}

function lock(w: CoreWorld, locked: boolean): void {
  const [conference] = w.state.conferences.keys();
  w.happen({ type: 'lock', conference: conference ?? 0, locked, by: 'ada' });
}

function locked(): CoreWorld {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  lock(w, true);
  return w;
}

/** P3 is in a conference with P1 and P2 and in one with P4 and P5, and has selected both. */
function linkable(): CoreWorld {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  const first = [...w.state.legs.values()].find(({ device }) => device === 'P3')?.id ?? 0;
  w.press('P3', 'hold');
  w.confer('P4', 'P5', 'P3');
  w.press('P3', 'select', first);
  return w;
}

function why(w: CoreWorld): string | undefined {
  return w.state.refusals.at(-1)?.limits[0]?.rule;
}

describe('a locked conference', () => {
  test('takes in nobody who is added, until it is unlocked', () => {
    const w = locked();
    w.add('P1', 'P4');
    expect(partiesOf(w)).toEqual(['P1', 'P2', 'P3']);
    expect(why(w)).toBe('LOCK');
    w.press('P1', 'end-call');
    lock(w, false);
    w.add('P2', 'P4');
    expect(partiesOf(w)).toContain('P4');
  });

  test('takes in nobody who dials its meet-me number', () => {
    const w = world();
    w.press('P4', 'meet-me');
    for (const phone of ['P4', 'P5']) w.dial(phone, '5000');
    lock(w, true);
    w.dial('P6', '5000');
    expect(partiesOf(w)).toEqual(['P4', 'P5']);
    expect(why(w)).toBe('LOCK');
  });

  test('is not barged, neither by the built-in bridge nor by cBarge', () => {
    const w = locked();
    for (const key of ['barge', 'cbarge'] as const) {
      w.press('S1', key);
      expect([key, why(w), partiesOf(w)]).toEqual([key, 'LOCK', ['P1', 'P2', 'P3']]);
    }
    expect([...w.state.legs.values()].some(({ barge }) => barge)).toBe(false);
  });

  test('is not linked to another one', () => {
    const w = linkable();
    lock(w, true);
    w.press('P3', 'join');
    expect(why(w)).toBe('LOCK');
    const links = [...w.state.conferences.values()].flatMap(({ participants }) =>
      participants.filter(({ link }) => link),
    );
    expect(links).toEqual([]);
  });

  test('gives nobody a place of another by transfer', () => {
    const w = locked();
    w.press('P2', 'transfer');
    expect(w.state.refusals.at(-1)?.limits[0]?.fact).toContain('locked by ada');
    expect(partiesOf(w)).toEqual(['P1', 'P2', 'P3']);
  });

  test('lets who is in hold, resume on another phone of the line, and leave', () => {
    const w = locked();
    w.press('P1', 'hold');
    w.press('S1', 'resume');
    expect(partiesOf(w)).toEqual(['P2', 'P3', 'S1']);
    w.press('P3', 'end-call');
    expect(partiesOf(w)).not.toContain('P3');
  });

  test('is locked with what it is linked to', () => {
    const w = linkable();
    w.press('P3', 'join');
    lock(w, true);
    expect(w.state.conferences.size).toBe(2);
    expect([...w.state.conferences.values()].map((each) => each.locked?.by)).toEqual([
      'ada',
      'ada',
    ]);
    lock(w, false);
    expect([...w.state.conferences.values()].some((each) => each.locked)).toBe(false);
  });
});

test('a party that an administrator mutes is not listened to, hears, and counts', () => {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  const [conference] = w.state.conferences.values();
  const leg = conference?.participants.find(({ device }) => device === 'P2')?.leg ?? 0;
  const mute = (muted: boolean): void => {
    w.log.length = 0;
    w.happen({ type: 'mute', conference: conference?.id ?? 0, leg, muted });
  };
  mute(true);
  expect(w.log).toContainEqual(
    expect.objectContaining({
      type: 'close-receive',
      end: expect.objectContaining({ kind: 'bridge', leg }),
    }),
  );
  expect(w.icon('P1')).toBe(E);
  expect(partiesOf(w)).toContain('P2');
  mute(true);
  expect(w.log).toEqual([]);
  mute(false);
  expect(w.log).toContainEqual(expect.objectContaining({ type: 'open-receive' }));
  w.happen({ type: 'mute', conference: 99, leg, muted: true });
  w.happen({ type: 'mute', conference: conference?.id ?? 0, leg: 99, muted: true });
});
