import { describe, expect, test } from 'vitest';
import { type Configuration, DEFAULT_PARAMETERS } from '../configuration.ts';
import type { MusicRegistration } from '../registration.ts';
import { selectBridge } from './bridge-selection.ts';
import { selectMusic } from './music-selection.ts';

/* Goal: domain 1.4 for music: the holder's list, then the default list; inside a group the least loaded. */

const CONFIGURATION: Configuration = {
  clusterId: 'C',
  mixedMode: true,
  phones: new Map(),
  bridges: new Map([['CFB', { name: 'CFB', type: 'x', securityMode: 'encrypted' }]]),
  groups: new Map([
    ['G1', ['CFB', 'M1', 'M2']],
    ['G2', ['M3']],
  ]),
  lists: new Map([
    ['L12', ['G1', 'G2']],
    ['L2', ['G2']],
  ]),
  meetMeNumbers: [],
  parameters: DEFAULT_PARAMETERS,
};

describe('the server that plays', () => {
  test.each<[string, readonly string[], Readonly<Record<string, number>>, string | undefined]>([
    ['the list in its order', ['M1', 'M2', 'M3', 'M4'], {}, 'M1'],
    ['the least loaded of a group', ['M1', 'M2', 'M3'], { M1: 1 }, 'M2'],
    ['a group is exhausted before the next', ['M1', 'M2', 'M3'], { M1: 1, M2: 1 }, 'M1'],
    ['the next group when the first is full', ['M1', 'M2', 'M3'], { M1: 2, M2: 2 }, 'M3'],
    ['the next group when nobody of the first is there', ['M3', 'M4'], {}, 'M3'],
    ['the default list at the end', ['M1', 'M4'], { M1: 2 }, 'M4'],
    ['nobody is there', [], {}, undefined],
    ['everybody is full', ['M1', 'M4'], { M1: 2, M4: 2 }, undefined],
  ])('%s', (_, registered, load, chosen) => {
    expect(select('L12', false, registered, load)).toBe(chosen);
  });

  test('who has no list has the servers in no group', () => {
    expect(select(undefined, false, ['M1', 'M2', 'M3'], {})).toBeUndefined();
    expect(select(undefined, false, ['M1', 'M4'], {})).toBe('M4');
    expect(select('L2', false, ['M1', 'M4'], {})).toBe('M4');
  });

  test('an encrypted party needs a secure server, wherever in the list it is', () => {
    expect(select('L12', true, ['M1', 'M3', 'M4-SECURE'], {})).toBe('M4-SECURE');
    expect(select('L12', true, ['M1', 'M4'], {})).toBeUndefined();
  });
});

test('a music server is never taken for a bridge, nor a bridge for a music server', () => {
  const wish = { secure: false, fallback: true, parties: 3, list: 'L12' };
  const load = { conferences: 0, streams: 0 };
  const looked = selectBridge(
    CONFIGURATION,
    wish,
    () => undefined,
    () => load,
  ).candidates;
  expect(new Set(looked.map(({ bridge }) => bridge))).toEqual(new Set(['CFB']));
  expect(select('L12', false, ['M3'], {})).toBe('M3');
});

/** Servers with two streams each; SECURE in the name says what it says. */
function select(
  list: string | undefined,
  secure: boolean,
  registered: readonly string[],
  load: Readonly<Record<string, number>>,
): string | undefined {
  const musics = new Map(
    registered.map((name): [string, MusicRegistration] => [
      name,
      { name, secure: name.endsWith('SECURE'), sinceMs: 0, address: '', streamsMax: 2 },
    ]),
  );
  return selectMusic(CONFIGURATION, { secure, list }, musics, (name) => load[name] ?? 0)?.name;
}
