import { CoreWorld } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { Parameters } from '../configuration.ts';
import type { MediaEnd } from '../state.ts';

/* Goal: who hears music while somebody holds, from which server, and that a lock never covers clear music. */

describe('a call on hold', () => {
  test.each([
    ['encrypted', ['MS', 'MN'], 'MS', 'srtp'],
    ['encrypted', ['MN'], undefined, undefined],
    ['nonsecure', ['MN'], 'MN', 'rtp'],
    ['nonsecure', ['MS'], 'MS', 'rtp'],
    ['encrypted', [], undefined, undefined],
  ] as const)('with a party that is %s and servers %j: music from %s, %s', (...row) => {
    const [peer, servers, server, protection] = row;
    const world = cast(servers);
    world.call('A', peer === 'encrypted' ? 'B' : 'N');
    world.press('A', 'hold');
    expect(heard(world)).toEqual(server ? [[server, protection]] : []);
    const tone = world.log.some((effect) => effect.type === 'tone' && effect.tone === 'hold');
    expect(tone).toBe(server === undefined);
    world.press('A', 'resume');
    expect(heard(world)).toEqual([]);
    expect(world.state.connections.size).toBe(1);
  });

  test('music only sends: nothing is sent to it, and it opens no channel', () => {
    const world = cast(['MS']);
    world.call('A', 'B');
    world.press('A', 'hold');
    const ends = world.log.flatMap((effect) => ('end' in effect ? effect : []));
    expect(ends.some((each) => each.type === 'open-receive' && each.end.device === 'MS')).toBe(
      false,
    );
    expect(ends.filter((each) => each.end.device === 'MS').map((each) => each.type)).toEqual([
      'start-transmit',
    ]);
    expect(world.icon('B')).toBe('encrypted');
  });

  test('a music server that says where it listens is sent nothing', () => {
    const world = cast(['MS']);
    world.call('A', 'B');
    world.press('A', 'hold');
    const { party = 0 } = musicEnd(world, 'MS') ?? {};
    const before = world.log.length;
    world.happen({
      type: 'receive-opened',
      device: 'MS',
      party,
      address: { host: '10.9.9.9', port: 4000 },
    });
    expect(world.log).toHaveLength(before);
  });

  test('who hears music in clear is told whence it comes', () => {
    const world = cast(['MS']);
    world.call('A', 'N');
    world.press('A', 'hold');
    const asked = world.log.flatMap((effect) => (effect.type === 'open-receive' ? effect : []));
    expect(asked.map(({ end, source }) => [end.device, source])).toEqual([
      ['A', undefined],
      ['N', undefined],
      ['N', '127.0.0.1'],
    ]);
  });

  test('music that cannot be sent is silence, and the call goes on', () => {
    const world = cast(['MS']);
    world.call('A', 'B');
    world.press('A', 'hold');
    const { party = 0 } = musicEnd(world, 'MS') ?? {};
    world.happen({ type: 'transmit-failed', device: 'MS', party });
    expect(heard(world)).toEqual([]);
    expect(world.state.calls.size).toBe(1);
    world.press('A', 'resume');
    expect(world.state.connections.size).toBe(1);
    expect(world.icon('B')).toBe('encrypted');
  });

  test('nobody hears music when both hold', () => {
    const world = cast(['MS']);
    world.call('A', 'B');
    world.press('A', 'hold');
    world.press('B', 'hold');
    expect(heard(world)).toEqual([]);
    expect(Object.values(world.everybodyLeaves()).every((size) => size === 0)).toBe(true);
  });

  test('the server dies: silence, and the call goes on at resume', () => {
    const world = cast(['MS']);
    world.call('A', 'B');
    world.press('A', 'hold');
    world.happen({ type: 'device-unregistered', device: 'MS' });
    expect(world.state.connections.size).toBe(0);
    world.press('A', 'resume');
    expect(world.state.connections.size).toBe(1);
  });
});

describe('a conference', () => {
  test.each([
    ['INT-01: secure, whatever the parameter says', 'B', false, 0],
    ['INT-01: nonsecure and suppressed', 'N', true, 0],
    ['INT-01: nonsecure and not suppressed', 'N', false, 1],
  ] as const)('%s', (_what, member, suppressMusicToConference, streams) => {
    const world = cast(['MS'], { suppressMusicToConference });
    world.confer('A', 'C', member);
    const level = world.icon('A');
    world.press('C', 'hold');
    expect(heard(world)).toHaveLength(streams);
    expect(world.icon('A')).toBe(level);
  });

  test('a conference that becomes secure hears music no longer', () => {
    const world = cast(['MS'], { suppressMusicToConference: false });
    world.confer('A', 'C', 'B', 'N');
    world.press('C', 'hold');
    expect(heard(world)).toEqual([['MS', 'srtp']]);
    world.press('N', 'end-call');
    expect(world.icon('A')).toBe('encrypted');
    expect(heard(world)).toEqual([]);
    world.press('C', 'resume');
    expect(world.state.connections.size).toBe(3);
  });
});

function cast(servers: readonly ('MS' | 'MN')[], parameters: Partial<Parameters> = {}): CoreWorld {
  const world = new CoreWorld({
    phones: [
      ...['A', 'B', 'C'].map((name) => ({ name, mode: 'encrypted' as const })),
      { name: 'N', mode: 'nonsecure' },
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters,
  });
  for (const name of servers) {
    world.happen({
      type: 'music-registered',
      registration: {
        name,
        secure: name === 'MS',
        sinceMs: world.nowMs,
        address: '127.0.0.1',
        streamsMax: 2,
      },
    });
  }
  return world;
}

function musicEnd(world: CoreWorld, server: string): MediaEnd | undefined {
  const connections = [...world.state.connections.values()];
  return connections.map(({ ends }) => ends[0]).find((end) => end.device === server);
}

/** The server and the protection of every stream of music. */
function heard(world: CoreWorld): readonly (readonly [string, string])[] {
  return [...world.state.connections.values()].flatMap(({ ends, protection }) =>
    ends[0].kind === 'music' ? [[ends[0].device, protection] as const] : [],
  );
}
