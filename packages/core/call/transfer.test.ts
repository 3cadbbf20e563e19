import { CoreWorld } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';

/* Goal: a call or a place in a conference goes to somebody else: transfer, park, another phone of the line. */

describe('transfer', () => {
  test('a consultative transfer: the others talk, at their own level', () => {
    const world = cast();
    world.call('A', 'B');
    consult(world, 'A', 'N');
    world.press('A', 'transfer');
    expect([world.icon('A'), world.icon('B'), world.icon('N')]).toEqual([
      'none',
      'nonsecure',
      'nonsecure',
    ]);
    expect(world.state.calls.size).toBe(1);
    hangUp(world);
  });

  test('a blind transfer: the waiting party is connected when the target answers', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'transfer');
    world.dial('A', world.numberOf('C'));
    world.press('A', 'transfer');
    expect(world.screen('A')).toEqual([]);
    world.press('C', 'answer');
    expect([world.icon('B'), world.icon('C')]).toEqual(['encrypted', 'encrypted']);
    hangUp(world);
  });

  test('HLD-03: while it rings, the other phones of the line show the call no more', () => {
    const world = cast();
    world.call('S', 'B');
    world.press('S', 'transfer');
    world.dial('S', world.numberOf('C'));
    world.press('S', 'transfer');
    expect(world.screen('S2')).toEqual([]);
    world.press('C', 'answer');
    expect(world.screen('S2')).toEqual([]);
    hangUp(world);
  });

  test('a blind transfer that nobody answers releases the waiting party', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'transfer');
    world.dial('A', world.numberOf('C'));
    world.press('A', 'transfer');
    world.happen({ type: 'device-unregistered', device: 'C' });
    world.settle();
    expect(world.state.legs.size).toBe(0);
  });

  test('STA-09: a conference leg that is transferred counts as its new phone, from completion on', () => {
    const world = cast();
    world.confer('A', 'B', 'C');
    consult(world, 'B', 'N');
    expect(world.icon('A')).toBe('encrypted');
    world.press('B', 'transfer');
    expect(['A', 'B', 'C', 'N'].map((each) => world.icon(each))).toEqual([
      'nonsecure',
      'none',
      'nonsecure',
      'nonsecure',
    ]);
    hangUp(world);
  });

  test('MTM-03, CDR-05: a meet-me leg transferred to a phone below the minimum is cleared with 58', () => {
    const world = cast();
    meet(world, '5002', 'A', 'B', 'C');
    consult(world, 'B', 'U');
    world.press('B', 'transfer');
    expect(['A', 'B', 'C', 'U'].map((each) => world.icon(each))).toEqual([
      'encrypted',
      'none',
      'encrypted',
      'none',
    ]);
    expect(world.records.map((record) => record.originating.cause)).toContain(58);
    hangUp(world);
  });

  test('a transferred controller leaves a virtual one: it may change nothing, its leaving ends it all', () => {
    const world = cast();
    world.confer('A', 'B', 'C');
    consult(world, 'A', 'D');
    world.press('A', 'transfer');
    world.press('D', 'rm-last-conf');
    expect([...world.state.conferences.values()][0]?.participants).toHaveLength(3);
    world.press('D', 'end-call');
    expect(world.state.legs.size).toBe(0);
    expect(world.state.conferences.size).toBe(0);
  });

  test('Trnsfer, another call taken up instead of dialling, Trnsfer: it goes to that one', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'hold');
    const first = [...world.state.legs.values()].find((leg) => leg.device === 'A');
    world.call('A', 'C');
    world.press('A', 'transfer');
    world.press('A', 'resume', first?.id);
    world.press('A', 'transfer', first?.id);
    expect(['A', 'B', 'C'].map((each) => world.icon(each))).toEqual([
      'none',
      'encrypted',
      'encrypted',
    ]);
    expect(world.state.legs.size).toBe(2);
    hangUp(world);
  });

  test('DirTrfr connects the two selected calls', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'hold');
    world.call('A', 'C');
    const held = [...world.state.legs.values()].find(
      (leg) => leg.device === 'A' && leg.state === 'held',
    );
    world.press('A', 'select', held?.id);
    world.press('A', 'direct-transfer');
    expect([world.icon('A'), world.icon('B'), world.icon('C')]).toEqual([
      'none',
      'encrypted',
      'encrypted',
    ]);
    hangUp(world);
  });

  test('DirTrfr of one call only is refused and changes nothing', () => {
    const world = cast();
    world.call('A', 'B');
    const before = world.state;
    world.press('A', 'direct-transfer');
    expect(world.state.legs).toEqual(before.legs);
    expect(world.screen('A')[0]?.prompt).toBe('cannot-complete-transfer');
  });

  test('the records of a transfer: split on behalf of transfer, and where the call came from', () => {
    const world = cast();
    world.call('A', 'B');
    consult(world, 'A', 'C');
    world.press('A', 'transfer');
    world.press('C', 'end-call');
    const [one, two, last] = world.records;
    for (const each of [one, two]) {
      expect(each?.originating).toMatchObject({ cause: 393_216, terminationOnBehalfOf: 10 });
    }
    expect(last).toMatchObject({ redirectOnBehalfOf: 10, redirectReason: 4, joinOnBehalfOf: 10 });
    expect([last?.originating.device, last?.destination.device]).toEqual(['B', 'C']);
  });

  test('Trnsfer is refused without a call, and a second one before anybody was dialled', () => {
    const world = cast();
    world.act('A', { type: 'off-hook' });
    world.press('A', 'transfer');
    expect(world.state.refusals.at(-1)?.text).toBe('key-not-active');
    world.press('A', 'end-call');
    world.call('A', 'B');
    world.press('A', 'transfer');
    world.press('A', 'transfer');
    expect(world.state.refusals.at(-1)?.text).toBe('cannot-complete-transfer');
    expect(world.state.legs.size).toBe(3);
  });

  test('a consultation is told apart: its keys are those of a transfer', () => {
    const world = cast();
    world.call('A', 'B');
    consult(world, 'A', 'C');
    expect(world.log).toContainEqual(
      expect.objectContaining({ type: 'softkeys', device: 'A', set: 'connected-transfer' }),
    );
  });

  test('the media of the old call ends before that of the new one begins', () => {
    const world = cast();
    world.call('A', 'B');
    consult(world, 'A', 'C');
    const before = world.log.length;
    world.press('A', 'transfer');
    const media = world.log.slice(before).flatMap((each) => ('end' in each ? each.type : []));
    expect(media.lastIndexOf('close-receive')).toBeLessThan(media.indexOf('open-receive'));
    expect(world.state.connections.size).toBe(1);
  });
});

describe('park', () => {
  test('a parked call waits at a number; whoever dials it has it', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    expect(world.notices).toContain('A:parked-at');
    expect(world.screen('A')).toEqual([]);
    world.act('C', { type: 'off-hook' });
    world.dial('C', '7100');
    expect([world.icon('B'), world.icon('C')]).toEqual(['encrypted', 'encrypted']);
    expect(world.state.parked.size).toBe(0);
    hangUp(world);
  });

  test('HLD-03: the other phones of the line show the call no more', () => {
    const world = cast();
    world.call('S', 'B');
    expect(world.screen('S2')).toMatchObject([{ state: 'remote-in-use' }]);
    world.press('S', 'park');
    expect(world.screen('S2')).toEqual([]);
    world.act('C', { type: 'off-hook' });
    world.dial('C', '7100');
    expect(world.screen('S2')).toEqual([]);
    hangUp(world);
  });

  test('the number is free again when the parked party hangs up', () => {
    const world = cast();
    world.call('A', 'B');
    world.press('A', 'park');
    world.press('B', 'end-call');
    expect(world.state.parked.size).toBe(0);
    expect(world.state.legs.size).toBe(0);
  });

  test('an empty park number is unknown', () => {
    const world = cast();
    world.act('C', { type: 'off-hook' });
    world.dial('C', '7103');
    expect(world.screen('C')[0]?.prompt).toBe('unknown-number');
  });

  test('INT-01, D-11: a parked conference leg keeps the level and shows as held', () => {
    const world = cast();
    world.confer('A', 'B', 'C');
    world.press('C', 'conf-list');
    world.press('B', 'park');
    expect(world.icon('A')).toBe('encrypted');
    const row = world.lists.get('C')?.rows.find((each) => each.name === 'B');
    expect(row).toMatchObject({ held: true, level: 'encrypted' });
    world.act('N', { type: 'off-hook' });
    world.dial('N', '7100');
    expect(['A', 'C', 'N'].map((each) => world.icon(each))).toEqual(Array(3).fill('nonsecure'));
    hangUp(world);
  });

  test('MTM-03: a parked meet-me leg is not retrieved by a phone below the minimum', () => {
    const world = cast();
    meet(world, '5002', 'A', 'B');
    world.press('B', 'park');
    world.act('U', { type: 'off-hook' });
    world.dial('U', '7100');
    expect(world.icon('U')).toBe('none');
    expect(world.icon('A')).toBe('encrypted');
    expect(world.state.parked.size).toBe(1);
  });
});

describe('shared lines', () => {
  test('a call shows on the other phones of the line, as in use and as held', () => {
    const world = cast();
    world.call('S', 'A');
    expect(world.screen('S2').map((leg) => leg.state)).toEqual(['remote-in-use']);
    world.press('S', 'hold');
    expect(world.screen('S2').map((leg) => leg.state)).toEqual(['hold']);
    hangUp(world);
    expect(world.screen('S2')).toEqual([]);
  });

  test('STA-07, HLD-03: resumed on another phone, the level and the list are its own at once', () => {
    const world = cast();
    world.confer('A', 'S', 'B');
    world.press('B', 'conf-list');
    world.press('S', 'hold');
    expect(world.icon('A')).toBe('encrypted');
    world.press('S2', 'resume');
    expect(['A', 'B', 'S2'].map((each) => world.icon(each))).toEqual(
      Array(3).fill('authenticated'),
    );
    const names = world.lists.get('B')?.rows.map((row) => [row.name, row.level]);
    expect(names).toContainEqual(['S2', 'authenticated']);
    expect(names).toHaveLength(3);
    hangUp(world);
  });

  test('MHR-01, MHR-02, D-15: below the meet-me minimum, the held leg is gone on every appearance', () => {
    const world = cast();
    meet(world, '5002', 'A', 'S');
    world.press('S', 'hold');
    world.press('S2', 'resume');
    expect(world.screen('S')).toEqual([]);
    expect(world.screen('S2')).toEqual([]);
    expect(world.icon('A')).toBe('encrypted');
    expect(world.records.map((record) => record.originating.cause)).toEqual([58, 58]);
    hangUp(world);
  });
});

function cast(): CoreWorld {
  return new CoreWorld({
    phones: [
      ...['A', 'B', 'C', 'D'].map((name) => ({ name, mode: 'encrypted' as const })),
      { name: 'N', mode: 'nonsecure' },
      { name: 'U', mode: 'authenticated' },
      { name: 'S', mode: 'encrypted', number: '1100' },
      { name: 'S2', mode: 'authenticated', number: '1100' },
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters: { maximumMeetMeConference: 8 },
  });
}

function consult(world: CoreWorld, from: string, to: string): void {
  world.press(from, 'transfer');
  world.dial(from, world.numberOf(to));
  world.press(to, 'answer');
}

function meet(world: CoreWorld, number: string, host: string, ...others: readonly string[]): void {
  world.act(host, { type: 'off-hook' });
  world.press(host, 'meet-me');
  world.dial(host, number);
  for (const other of others) {
    world.act(other, { type: 'off-hook' });
    world.dial(other, number);
  }
}

/** Everybody leaves: nothing may be left behind. */
function hangUp(world: CoreWorld): void {
  expect(Object.values(world.everybodyLeaves()).every((size) => size === 0)).toBe(true);
}
