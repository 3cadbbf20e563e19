/*
 * Goal: the live view shows what the phones show, who is in, who is called, and every level there was with its reason;
 * nothing is worked out twice. Method: conferences of the rules; what is shown beside what the phones show.
 */
import type { LiveConference } from '@conclave/api';
import { CoreWorld } from '@conclave/testkit';
import { expect, test } from 'vitest';
import { CHANGES_MAX, LiveView } from './live-view.ts';

class Watched extends CoreWorld {
  #heard = 0;
  readonly view = new LiveView(
    () => this.state,
    () => this.nowMs,
  );

  get all(): readonly LiveConference[] {
    for (const effect of this.log.slice(this.#heard)) {
      if (effect.type === 'level') this.view.follow(effect);
    }
    this.#heard = this.log.length;
    return this.view.conferences();
  }
}

function world(): Watched {
  return new Watched({
    phones: [
      ...['P1', 'P2', 'P3', 'P4'].map((name) => ({ name, mode: 'encrypted' }) as const),
      { name: 'N', mode: 'nonsecure' },
    ],
    bridges: [{ name: 'SB', secure: true }],
  });
}

test('a conference with its parties, its level over time, and why', () => {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  w.add('P1', 'N');
  w.press('N', 'end-call');
  const [conference] = w.all;
  expect(conference).toMatchObject({ kind: 'ad-hoc', bridge: 'SB', level: w.icon('P2') });
  expect(conference?.timeline.map(({ level }) => level).slice(-3)).toEqual([
    'encrypted',
    'nonsecure',
    'encrypted',
  ]);
  expect(conference?.timeline.at(-2)?.because).toMatch(/^N /);
  expect(conference?.parties[0]?.because).toBe('Its signalling and its media are encrypted.');
  expect(
    conference?.parties.map(({ device, level, isController }) => [device, level, isController]),
  ).toEqual([
    ['P1', 'encrypted', true],
    ['P2', 'encrypted', false],
    ['P3', 'encrypted', false],
  ]);
});

test('who is called, who holds, who is muted, and that it is locked', () => {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  const [before] = w.all;
  const leg = before?.parties.find(({ device }) => device === 'P3')?.leg ?? 0;
  const conference = before?.id ?? 0;
  w.happen({ type: 'mute', conference, leg, muted: true });
  w.happen({ type: 'lock', conference, locked: true, by: 'ada' });
  w.press('P2', 'hold');
  const [now] = w.all;
  expect(now?.parties.find(({ device }) => device === 'P2')?.held).toBe(true);
  expect(now?.parties.find(({ device }) => device === 'P3')?.muted).toBe(true);
  expect(now?.locked?.by).toBe('ada');
  w.happen({ type: 'lock', conference, locked: false, by: 'ada' });
  w.press('P1', 'confrn');
  w.dial('P1', w.numberOf('P4'));
  expect(w.all[0]?.ringing).toEqual([{ device: 'P4', number: w.numberOf('P4') }]);
});

test('what has not changed is not worked out again', () => {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  const [first] = w.all;
  expect(w.all[0]).toBe(first);
  w.call('P4', 'N');
  expect(w.all[0]).toBe(first);
  w.press('P2', 'hold');
  expect(w.all[0]).not.toBe(first);
});

test('levels of a conference that is gone are forgotten, and those of one that goes on are bounded', () => {
  const w = world();
  w.confer('P1', 'P2', 'P3');
  const [conference] = w.all;
  const note = { type: 'level', conference: conference?.id ?? 0, from: '', because: '' } as const;
  for (let at = 0; at < CHANGES_MAX + 5; at++) w.view.follow({ ...note, to: 'nonsecure' });
  expect(w.all[0]?.timeline).toHaveLength(CHANGES_MAX);
  for (const phone of ['P1', 'P2', 'P3']) w.press(phone, 'end-call');
  expect(w.all).toEqual([]);
});
