import { CoreWorld } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';

/* Goal: what parking and retrieving leave behind: numbers, records, control, and nothing at all. */

describe('Park', () => {
  test('is refused where there is nothing to park, and changes nothing', () => {
    const world = cast();
    world.act('A', { type: 'off-hook' });
    world.dial('A', world.numberOf('B'));
    for (const expected of ['ring-out', 'held']) {
      if (expected === 'held') {
        world.press('B', 'answer');
        world.press('A', 'hold');
      }
      const [leg] = [...world.state.legs.values()].filter((each) => each.device === 'A');
      expect(leg?.state).toBe(expected);
      world.press('A', 'park', leg?.id);
      expect(world.state.parked.size).toBe(0);
      expect(world.state.legs.get(leg?.id ?? 0)?.state).toBe(expected);
      expect(world.state.refusals.at(-1)).toMatchObject({ device: 'A', text: 'key-not-active' });
    }
  });

  test('is refused when no number is free', () => {
    const world = cast();
    const { configuration } = world.state;
    const { parkNumbers: _none, ...without } = configuration;
    world.happen({ type: 'configuration', configuration: without });
    world.call('A', 'B');
    world.press('A', 'park');
    expect(world.state.parked.size).toBe(0);
    expect(world.icon('A')).toBe('encrypted');
    expect(world.state.refusals.at(-1)).toMatchObject({
      text: 'no-park-number',
      limits: [{ fact: 'No park number is free.' }],
    });
  });

  test('keeps who parked and since when, each at a number of its own', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    world.call('A', 'C');
    world.press('A', 'park');
    expect([...world.state.parked.values()].map(({ number, by }) => [number, by])).toEqual([
      ['7100', { device: 'A', number: '1001' }],
      ['7101', { device: 'A', number: '1001' }],
    ]);
  });

  test('the number is told to the one who parked', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    expect(world.log).toContainEqual({
      type: 'notify',
      device: 'A',
      text: 'parked-at',
      number: '7100',
      timeoutSeconds: 10,
    });
  });
});

describe('retrieving', () => {
  test('a record says that the call came from the park number (domain 3.4)', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    world.act('C', { type: 'off-hook' });
    world.dial('C', '7100');
    world.press('C', 'end-call');
    expect(world.records.map((each) => [each.lastRedirectNumber, each.redirectReason])).toEqual([
      ['', 0],
      ['7100', 8],
    ]);
    expect(world.records[0]?.originating).toMatchObject({
      cause: 393_216,
      terminationOnBehalfOf: 3,
    });
    expect(world.records[1]).toMatchObject({ redirectOnBehalfOf: 3, joinOnBehalfOf: 3 });
  });

  test('an empty number: a tone, a text and a record with cause 1', () => {
    const world = cast();
    world.act('C', { type: 'off-hook' });
    world.dial('C', '7105');
    expect(world.screen('C')).toMatchObject([
      { state: 'invalid-number', prompt: 'unknown-number' },
    ]);
    expect(world.log).toContainEqual(expect.objectContaining({ type: 'tone', tone: 'reorder' }));
    expect(world.records).toMatchObject([
      { finalCalledNumber: '7105', originating: { cause: 1, device: 'C' } },
    ]);
  });

  test('the dial tone ends', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    world.act('C', { type: 'off-hook' });
    const before = world.log.length;
    world.dial('C', '7100');
    const tones = world.log.slice(before).filter((each) => each.type === 'stop-tone');
    expect(tones).toContainEqual(expect.objectContaining({ device: 'C' }));
  });

  test('who retrieves the controller’s place may change nothing and ends it all by leaving', () => {
    const world = cast();
    world.confer('A', 'B', 'C');
    world.press('A', 'park');
    world.act('D', { type: 'off-hook' });
    world.dial('D', '7100');
    world.press('D', 'rm-last-conf');
    expect([...world.state.conferences.values()][0]?.participants).toHaveLength(3);
    world.press('D', 'end-call');
    expect(world.state.legs.size).toBe(0);
  });
});

describe('nobody waits for parked parties alone', () => {
  test('who is parked cannot park in turn', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    world.press('B', 'park');
    expect(world.state.parked.size).toBe(1);
    expect(world.icon('B')).toBe('encrypted');
  });

  test('a meet-me conference whose only party is parked ends', () => {
    const world = cast();
    world.press('A', 'meet-me');
    world.dial('A', '5002');
    world.press('A', 'park');
    world.settle();
    expect(world.state.conferences.size).toBe(0);
    expect(world.state.parked.size).toBe(0);
  });

  test('a conference goes on while anybody is there, and ends with the last one', () => {
    const world = cast();
    world.confer('A', 'B', 'C', 'D');
    world.press('A', 'park');
    world.press('B', 'park');
    expect(world.icon('C')).toBe('encrypted');
    expect(world.state.parked.size).toBe(2);
    world.press('C', 'end-call');
    expect(world.state.parked.size).toBe(2);
    world.press('D', 'end-call');
    expect(world.state.parked.size).toBe(0);
    expect(world.state.legs.size).toBe(0);
  });
});

function cast(): CoreWorld {
  return new CoreWorld({
    phones: ['A', 'B', 'C', 'D'].map((name) => ({ name, mode: 'encrypted' as const })),
    bridges: [{ name: 'SB', secure: true }],
  });
}
