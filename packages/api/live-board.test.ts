/*
 * Goal: everybody who looks on is told the same, all of it at first and then what changes; the work is done once, and
 * who does not read or may not look on any more costs nothing. Method: readers in memory, a clock of the test's.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveBoard, type LiveReader, READERS_MAX } from './live-board.ts';

class Reader implements LiveReader {
  writableLength = 0;
  isEnded = false;
  readonly #texts: string[] = [];

  write(text: string): void {
    this.#texts.push(text);
  }

  destroy(): void {
    this.isEnded = true;
  }

  /** What has come since this was asked last. */
  events(): readonly string[] {
    return this.#texts
      .splice(0)
      .join('')
      .split('\n\n')
      .filter((each) => each.startsWith('event'))
      .map((each) => each.replace('event: ', '').replace('\ndata: ', ' '));
  }
}

const yes = async () => true;
const watchers = new Set<() => void>();
let conferences: { id: number; level: string }[];
let asked: number;
let board: LiveBoard;

beforeEach(() => {
  vi.useFakeTimers();
  conferences = [{ id: 1, level: 'encrypted' }];
  asked = 0;
  watchers.clear();
  board = new LiveBoard({
    conferences: () => {
      asked += 1;
      return conferences;
    },
    onChange: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  });
});

afterEach(() => vi.useRealTimers());

function change(next: typeof conferences): void {
  conferences = next;
  for (const changed of watchers) changed();
}

test('all there is at first, then only what changes, and what ends', () => {
  const reader = new Reader();
  board.add(reader, yes);
  expect(reader.events()).toEqual(['conference {"id":1,"level":"encrypted"}', 'ready {}']);
  change([
    { id: 1, level: 'encrypted' },
    { id: 2, level: 'nonsecure' },
  ]);
  vi.advanceTimersByTime(200);
  expect(reader.events()).toEqual(['conference {"id":2,"level":"nonsecure"}']);
  change([{ id: 2, level: 'encrypted' }]);
  vi.advanceTimersByTime(200);
  expect(reader.events()).toEqual(['conference {"id":2,"level":"encrypted"}', 'ended {"id":1}']);
});

test('many changes and many readers are one question', () => {
  const readers = Array.from({ length: 10 }, () => new Reader());
  for (const reader of readers) board.add(reader, yes);
  asked = 0;
  for (let at = 0; at < 50; at++) change([{ id: 1, level: at % 2 ? 'encrypted' : 'nonsecure' }]);
  change([{ id: 1, level: 'authenticated' }]);
  vi.advanceTimersByTime(1_000);
  expect(asked).toBe(1);
  for (const reader of readers) {
    expect(reader.events().at(-1)).toBe('conference {"id":1,"level":"authenticated"}');
  }
});

test('who comes between a change and its telling is told the new state, and everybody else too', () => {
  const [early, late] = [new Reader(), new Reader()];
  board.add(early, yes);
  early.events();
  change([{ id: 1, level: 'nonsecure' }]);
  board.add(late, yes);
  vi.advanceTimersByTime(200);
  expect(early.events()).toEqual(['conference {"id":1,"level":"nonsecure"}']);
  expect(late.events()).toEqual(['conference {"id":1,"level":"nonsecure"}', 'ready {}']);
});

test('who may not look on any more is told nothing further', async () => {
  const [one, other] = [new Reader(), new Reader()];
  let may = true;
  board.add(one, async () => may);
  board.add(other, yes);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(one.isEnded).toBe(false);
  may = false;
  await vi.advanceTimersByTimeAsync(6_000);
  expect([one.isEnded, other.isEnded]).toEqual([true, false]);
  one.events();
  change([]);
  vi.advanceTimersByTime(200);
  expect(one.events()).toEqual([]);
});

test('who does not take what he is sent is let go', () => {
  const reader = new Reader();
  board.add(reader, yes);
  reader.writableLength = 5 * 1024 * 1024;
  change([]);
  vi.advanceTimersByTime(200);
  expect(reader.isEnded).toBe(true);
});

test('when nobody looks on nothing is worked out, and there is a bound to how many may', () => {
  const stops = Array.from({ length: READERS_MAX }, () => board.add(new Reader(), yes));
  expect(board.isFull).toBe(true);
  for (const stop of stops) stop();
  expect([board.isFull, watchers.size, vi.getTimerCount()]).toEqual([false, 0, 0]);
});
