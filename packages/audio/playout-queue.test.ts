import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME_SAMPLES } from './pcm.ts';
import {
  PLAYOUT_CAPACITY_FRAMES,
  PLAYOUT_PAYLOAD_SIZE_MAX,
  PlayoutQueue,
} from './playout-queue.ts';

/*
 * Goal: in order, each once, at a delay of two frames that grows and shrinks again with the
 * network. Method: a script of ticks; what arrives before a tick stands on the left, what plays on
 * the right. Frames are named by their number; `-` is a tick in which nothing plays. Every frame is
 * 160 samples after the one before.
 */

describe('by script', () => {
  test.each([
    //  what                                arrives before each tick            plays
    ['the usual', '1|2|3|4|5', '- 1 2 3 4'],
    ['two at once start at once', '1 2|3|4|5', '1 2 3 4'],
    ['out of order', '1|2|4|3|6|5|7', '- 1 2 3 4 5 6'],
    ['out of order at the very start', '2|1|3|4', '- 1 2 3'],
    ['each twice', '1 1|2 1|2 3|3|4', '- 1 2 3 4'],
    ['one lost costs one tick', '1|2||4|5|6', '- 1 2 - 4 5'],
    ['a lonely frame plays after its delay', '1||||', '- - 1 - -'],
    ['one late by a tick: not missed', '1|2||3 4|5|6', '- 1 2 3 4 5'],
    [
      'one late by two ticks, after its turn: dropped, and a turn is held',
      '1|2||4|5 3|6',
      '- 1 2 - - 4',
    ],
    ['ran dry: the delay is built up again', '1|2||||3|4|5', '- 1 2 - - - 3 4'],
    [
      'ran dry, and what was lost meanwhile is not waited for',
      '1|2||||9|10|11',
      '- 1 2 - - - 9 10',
    ],
    ['the wrap', '65534|65535|0|1|2', '- 65534 65535 0 1'],
    ['the wrap, out of order', '65535|0 2|65534 1|3', '- 65535 0 1'],
  ])('%s', (_, arrivals, plays) => {
    expect(run(new PlayoutQueue(), arrivals)).toBe(plays);
  });
});

test('what was lost while the queue was empty costs no tick and does not count as lost', () => {
  const queue = new PlayoutQueue();
  expect(run(queue, '1|2|||4|||')).toBe('- 1 2 - - - 4 -');
  expect(queue.counters).toMatchObject({ lost: 0, underruns: 2 });
});

describe('delay', () => {
  test('what came in a burst plays, then the delay shrinks to two frames', () => {
    const queue = new PlayoutQueue();
    run(queue, `${numbers(0, 10).join(' ')}|`);
    let next = 10;
    const depths = numbers(0, 100).map(() => {
      putFrame(queue, next++);
      queue.take();
      return queue.depth;
    });
    expect(Math.max(...depths)).toBeLessThanOrEqual(10);
    // One more just arrived and one just played.
    expect(depths.at(-1)).toBe(1);
    expect(depths.indexOf(1)).toBeLessThan(50);
    expect(queue.counters).toMatchObject({ lost: 0, underruns: 0, late: 0 });
  });

  test('a sender in bursts of three, every 60 ms, is not cut: its worst moment counts', () => {
    const queue = new PlayoutQueue();
    for (let burst = 0; burst < 100; burst++) {
      for (const frame of [0, 1, 2]) putFrame(queue, 3 * burst + frame);
      for (const _ of [0, 1, 2]) queue.take();
    }
    expect(queue.counters).toMatchObject({ played: 300, skipped: 0, underruns: 0 });
  });

  test('a fast clock of the sender (1 frame in 100 more): skipped now and then, never deep', () => {
    const queue = new PlayoutQueue();
    let next = 0;
    for (let tick = 0; tick < 5000; tick++) {
      putFrame(queue, next++);
      if (tick % 100 === 0) putFrame(queue, next++);
      queue.take();
      expect(queue.depth).toBeLessThanOrEqual(4);
    }
    expect(queue.counters.skipped).toBeGreaterThan(40);
    expect(queue.counters.skipped).toBeLessThanOrEqual(51);
  });

  test('overflow keeps the newest two frames', () => {
    const queue = new PlayoutQueue();
    const arrivals = numbers(0, PLAYOUT_CAPACITY_FRAMES + 1).join(' ');
    expect(run(queue, `${arrivals}|17|18`)).toBe('15 16 17');
    expect(queue.counters).toMatchObject({ skipped: PLAYOUT_CAPACITY_FRAMES - 1, lost: 0 });
  });

  test('a lost frame costs its turn, unless too much has waited for a while', () => {
    const queue = new PlayoutQueue();
    expect(run(queue, '1 2 4 5 6||')).toBe('1 2 -');
    // At the end of the watch one is missing: it is passed over.
    expect(run(queue, '7|8|9|11|12|13|14')).toBe('4 5 6 7 8 9 11');
    expect(queue.counters).toMatchObject({ lost: 2, skipped: 0 });
  });
});

describe('a pause of the sender: timestamps go on, numbers do not', () => {
  test('a short one is kept, so that the delay stays', () => {
    const queue = new PlayoutQueue();
    const plays = [
      playOne(queue, { number: 1, frame: 1 }),
      playOne(queue, { number: 2, frame: 2 }),
      playOne(queue, { number: 3, frame: 3 }),
      playOne(queue),
      playOne(queue, { number: 4, frame: 5 }),
      playOne(queue, { number: 5, frame: 6 }),
      playOne(queue, { number: 6, frame: 7 }),
    ];
    expect(plays.join(' ')).toBe('- 1 2 3 - 4 5');
    expect(queue.counters).toMatchObject({ lost: 0, underruns: 0 });
  });

  test('when too much waits, it is skipped for free', () => {
    const queue = new PlayoutQueue();
    putFrame(queue, 1, 1);
    for (const number of [2, 3, 4, 5]) putFrame(queue, number, number + 1);
    expect([playOne(queue), playOne(queue)]).toEqual(['1', '2']);
  });

  test('a jump of the timestamps alone is no pause', () => {
    const queue = new PlayoutQueue();
    run(queue, '1|2|3');
    expect(playOne(queue, { number: 4, frame: 1000 })).toBe('3');
    expect(playOne(queue, { number: 5, frame: 1001 })).toBe('4');
  });

  test('a long one empties the queue, which then starts anew without waiting twice', () => {
    const queue = new PlayoutQueue();
    run(queue, '1|2|3||||||');
    const plays = [
      playOne(queue, { number: 4, frame: 50 }),
      playOne(queue, { number: 5, frame: 51 }),
      playOne(queue, { number: 6, frame: 52 }),
    ];
    expect(plays).toEqual(['-', '4', '5']);
  });
});

describe('jumps', () => {
  test('one stray packet is not believed', () => {
    const queue = new PlayoutQueue();
    expect(run(queue, '1|2|3 9000|4|5|6')).toBe('- 1 2 3 4 5');
    expect(queue.counters).toMatchObject({ stray: 1, resyncs: 0 });
  });

  test('strays that follow on each other, but not at once, are strays', () => {
    const queue = new PlayoutQueue();
    expect(run(queue, '1|2|3 9000|4 9001|5 9002|6')).toBe('- 1 2 3 4 5');
    expect(queue.counters).toMatchObject({ stray: 3, resyncs: 0 });
  });

  test.each([
    ['ahead', 9000],
    ['behind', 40_000],
  ])('two in a row are: far %s', (_, there) => {
    const queue = new PlayoutQueue();
    const arrivals = `1|2|${there}|${there + 1}|${there + 2}|${there + 3}`;
    expect(run(queue, arrivals)).toBe(`- 1 2 - ${there + 1} ${there + 2}`);
    expect(queue.counters.resyncs).toBe(1);
  });

  test('an empty queue believes one', () => {
    const queue = new PlayoutQueue();
    expect(run(queue, '1|2|||9000|9001|9002')).toBe('- 1 2 - - 9000 9001');
  });

  test('a sender that restarts a little behind is heard again after ten late packets', () => {
    const queue = new PlayoutQueue();
    run(queue, numbers(50, 80).join('|'));
    const plays = run(queue, numbers(20, 60).join('|')).split(' ');
    expect(plays.slice(-20)).toEqual(numbers(39, 59).map(String));
    expect(queue.counters).toMatchObject({ late: 10, resyncs: 1 });
  });

  test('late packets now and then are no restart', () => {
    const queue = new PlayoutQueue();
    let next = 100;
    for (let tick = 0; tick < 50; tick++) {
      putFrame(queue, next++);
      if (tick % 2 === 1) putFrame(queue, next - 20);
      queue.take();
    }
    expect(queue.counters).toMatchObject({ late: 25, resyncs: 0, played: 49 });
  });

  test('reset: the next packet is the first, whatever its number', () => {
    const queue = new PlayoutQueue();
    run(queue, '1|2|3');
    queue.reset();
    expect(queue.depth).toBe(0);
    expect(run(queue, '2|3|4')).toBe('- 2 3');
    expect(queue.counters).toMatchObject({ late: 0, resyncs: 0, skipped: 1 });
    queue.reset();
    expect(run(queue, '8|7 9|10')).toBe('- 7 8');
  });
});

test('empty and oversized payloads are refused, other sizes come back as they are', () => {
  const queue = new PlayoutQueue();
  queue.put(1, 0, new Uint8Array(0));
  queue.put(1, 0, new Uint8Array(PLAYOUT_PAYLOAD_SIZE_MAX + 1));
  expect(queue.counters.refused).toBe(2);
  queue.put(1, 0, new Uint8Array(PLAYOUT_PAYLOAD_SIZE_MAX).fill(7));
  queue.put(2, 160, Uint8Array.of(1, 2, 3));
  expect(queue.take()).toEqual(new Uint8Array(PLAYOUT_PAYLOAD_SIZE_MAX).fill(7));
  expect(queue.take()).toEqual(Uint8Array.of(1, 2, 3));
});

test('payloads are copied: the caller may use his buffer again', () => {
  const queue = new PlayoutQueue();
  const buffer = new Uint8Array(FRAME_SAMPLES).fill(1);
  queue.put(1, 0, buffer);
  queue.put(2, 160, buffer.fill(2));
  expect(queue.take()?.[0]).toBe(1);
});

describe('whatever the network does', () => {
  test('every packet is accounted for, and the queue stays within its bound', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(anyNumber(), { maxLength: 6 }), { maxLength: 200 }),
        (ticks) => {
          const queue = new PlayoutQueue();
          for (const arrivals of ticks) {
            for (const number of arrivals) putFrame(queue, number);
            expect(queue.depth).toBeLessThanOrEqual(PLAYOUT_CAPACITY_FRAMES);
            queue.take();
          }
          queue.reset();
          const { received, played, late, duplicate, refused, stray, skipped } = queue.counters;
          expect(played + late + duplicate + refused + stray + skipped).toBe(received);
          expect(received).toBe(ticks.flat().length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('jitter of a tick, no loss: everything plays in order, nothing is dropped', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 50 }), (delays) => {
        const queue = new PlayoutQueue();
        const played: number[] = [];
        // The first two come in time and set the delay: a longer one at the start would be caught
        // up.
        const arrivalOf = (index: number): number => index + (index < 2 ? 0 : (delays[index] ?? 0));
        for (let tick = 0; tick < delays.length + 4; tick++) {
          for (let index = 0; index < delays.length; index++) {
            if (arrivalOf(index) === tick) putFrame(queue, index);
          }
          const payload = queue.take();
          if (payload !== undefined) played.push(frameNumberOf(payload));
        }
        expect(played).toEqual(numbers(0, delays.length));
        expect(queue.counters).toMatchObject({ late: 0, lost: 0, skipped: 0 });
      }),
    );
  });

  test('loss and jitter: what plays is in order, and nearly all that arrived plays', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 100 }), (dice) => {
        const queue = new PlayoutQueue();
        const played: number[] = [];
        let sent = 0;
        for (let tick = 0; tick < dice.length + 3; tick++) {
          const present = [tick - 1, tick].filter((index) => {
            const fate = dice[index];
            // 0 is lost; 1 comes a tick later.
            return fate !== undefined && fate !== 0 && (fate === 1) === (index === tick - 1);
          });
          for (const index of present) putFrame(queue, index);
          sent += present.length;
          const payload = queue.take();
          if (payload !== undefined) played.push(frameNumberOf(payload));
        }
        expect(played).toEqual(played.toSorted((a, b) => a - b));
        const { late, skipped } = queue.counters;
        expect(played.length + late + skipped + queue.depth).toBeGreaterThanOrEqual(sent);
      }),
    );
  });
});

/** Near 0, so that packets meet; around the wrap; or anywhere. */
function anyNumber(): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) },
    { weight: 2, arbitrary: fc.integer({ min: 65_520, max: 65_535 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 65_535 }) },
  );
}

/** Runs a script of ticks, cut by `|`; returns what plays in each. */
function run(queue: PlayoutQueue, script: string): string {
  const plays = script.split('|').map((arrivals) => {
    for (const number of arrivals.split(' ')) {
      if (number !== '') putFrame(queue, Number(number));
    }
    return playOne(queue);
  });
  return plays.join(' ');
}

/** One tick, before which this packet arrives, if any. */
function playOne(
  queue: PlayoutQueue,
  arrival?: { readonly number: number; readonly frame: number },
): string {
  if (arrival !== undefined) putFrame(queue, arrival.number, arrival.frame);
  const payload = queue.take();
  return payload === undefined ? '-' : String(frameNumberOf(payload));
}

/** The payload names the packet; `frame` is its place in time. */
function putFrame(queue: PlayoutQueue, number: number, frame: number = number): void {
  const payload = new Uint8Array(FRAME_SAMPLES);
  payload[0] = number;
  payload[1] = number >> 8;
  queue.put(number & 0xffff, (frame * FRAME_SAMPLES) >>> 0, payload);
}

function frameNumberOf(payload: Uint8Array): number {
  return (payload[0] ?? 0) + 256 * (payload[1] ?? 0);
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
