/*
 * Goal: from the command line a conference and its party are meant by the names that people know, nobody else is hit,
 * and what cannot be done is said and changes nothing; all of it is in the audit trail. Method: conferences of the
 * rules, with the witness looking on.
 */
import type { Store } from '@conclave/store';
import { CoreWorld } from '@conclave/testkit';
import { beforeEach, expect, test } from 'vitest';
import { audited, control, controlByName } from './conference-control.ts';

let w: CoreWorld;

beforeEach(() => {
  w = new CoreWorld({
    phones: [
      ...['P1', 'P2', 'P3'].map((name) => ({ name, mode: 'encrypted' }) as const),
      { name: 'S3', mode: 'encrypted', number: '1003' },
    ],
    bridges: [{ name: 'SB', secure: true }],
  });
  w.press('P1', 'meet-me');
  for (const phone of ['P1', 'P2', 'P3']) w.dial(phone, '5000');
});

function ask(verb: string, party?: string, conference = '5000'): void {
  controlByName(w, { verb, conference, party });
  w.settle();
}

function conference() {
  const [only] = w.state.conferences.values();
  return only;
}

function muted(): readonly string[] {
  return conference()?.participants.flatMap((each) => (each.muted ? [each.device] : [])) ?? [];
}

test('a party by its device or its number, a conference by its number or id', () => {
  ask('mute', 'P2');
  expect(muted()).toEqual(['P2']);
  ask('unmute', w.numberOf('P2'), String(conference()?.id));
  expect(muted()).toEqual([]);
  ask('lock');
  expect(conference()?.locked?.by).toBe('the command line');
  ask('unlock');
  expect(conference()?.locked).toBeUndefined();
  ask('eject', 'P3');
  expect(conference()?.participants.map(({ device }) => device)).toEqual(['P1', 'P2']);
});

test('what is not there, not known or meant twice is said, and nothing changes', () => {
  w.dial('S3', '5000');
  const before = w.state;
  expect(() => ask('eject', 'P9')).toThrow('P9 is not in this conference');
  expect(() => ask('eject', 'P1', '5001')).toThrow('there is no conference 5001');
  expect(() => ask('explode', 'P1')).toThrow('verb must be one of');
  expect(() => ask('mute', '1003')).toThrow('2 times');
  expect(() => controlByName(w, undefined)).toThrow('there is no conference');
  expect(w.state).toBe(before);
});

test('nobody is muted who is not in yet', () => {
  w.answersAtOnce = false;
  w.dial('S3', '5000');
  const { id = 0, participants = [] } = conference() ?? {};
  const coming = participants.find(({ device }) => device === 'S3');
  expect(coming?.state).toBe('adding');
  expect(control.mute(w, id, coming?.leg ?? 0, true)).toBe(false);
});

test('what was asked for is written down, whether it was done or not', async () => {
  const trail: object[] = [];
  const store = { accounts: { audit: async (entry: object) => trail.push(entry) } };
  const wish = async (party: string) => {
    const body = { verb: 'eject', conference: '5000', party };
    return await audited(store as object as Store, 7, body, () => controlByName(w, body));
  };
  await wish('P2');
  await expect(wish('P9')).rejects.toThrow('P9');
  expect(trail).toMatchObject([
    { atMs: 7, action: 'conference eject', outcome: 'done', from: 'the command line' },
    { outcome: 'refused', detail: expect.stringContaining('P9') },
  ]);
});
