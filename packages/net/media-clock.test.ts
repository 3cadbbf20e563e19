import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CATCH_UP_TICKS_MAX, MediaClock, TICK_MS, TickSchedule } from './media-clock.ts';

/*
 * Goal: no drift, a bounded past, and never a process that only ticks. Method: the schedule has no
 * timer, so times are numbers; the clock itself runs under fake timers.
 */

afterEach(() => {
  vi.useRealTimers();
});

describe('the schedule', () => {
  test('a tick is due at whole periods after the start, however late the last one was', () => {
    const schedule = new TickSchedule(1000);
    expect(schedule.take(1019.9)).toBe(false);
    expect(schedule.take(1020)).toBe(true);
    expect(schedule.take(1039)).toBe(false);
    expect(schedule.take(1059)).toBe(true);
    expect(schedule.nextMs).toBe(1060);
    expect(schedule.take(1060)).toBe(true);
    expect(schedule.skipped).toBe(0);
  });

  test('what is missed up to the bound is made up for', () => {
    const schedule = new TickSchedule(0);
    const nowMs = TICK_MS * (CATCH_UP_TICKS_MAX + 1);
    expect(takeAll(schedule, nowMs)).toBe(CATCH_UP_TICKS_MAX + 1);
    expect(schedule.skipped).toBe(0);
  });

  test('what is further behind is skipped and counted, all of it', () => {
    const schedule = new TickSchedule(0);
    const nowMs = TICK_MS * (CATCH_UP_TICKS_MAX + 2);
    expect(takeAll(schedule, nowMs)).toBe(1);
    expect(schedule.skipped).toBe(CATCH_UP_TICKS_MAX + 1);
    expect(schedule.nextMs).toBe(nowMs + TICK_MS);
  });

  test.each([
    //  late  class
    [0, 0],
    [0.9, 0],
    [1, 1],
    [2, 2],
    [19.9, 4],
    [20, 5],
    [99, 6],
    [100, 7],
  ])('%d ms late is counted in class %d', (lateMs, index) => {
    const schedule = new TickSchedule(0);
    schedule.take(TICK_MS + lateMs);
    expect(schedule.lateness.findIndex((ticks) => ticks > 0)).toBe(index);
  });

  test('every period is a tick or is skipped, at whatever times one looks', () => {
    const pauses = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 100 });
    fc.assert(
      fc.property(pauses, (pausesMs) => {
        const schedule = new TickSchedule(0);
        let nowMs = 0;
        let ticks = 0;
        for (const pauseMs of pausesMs) {
          nowMs += pauseMs;
          ticks += takeAll(schedule, nowMs);
          expect(ticks + schedule.skipped).toBe(Math.floor(nowMs / TICK_MS));
        }
        expect(schedule.lateness.reduce((sum, count) => sum + count, 0)).toBe(ticks);
      }),
    );
  });
});

describe('the clock', () => {
  test('fifty ticks a second, not one more when started twice, none when stopped', () => {
    vi.useFakeTimers();
    let ticks = 0;
    const clock = new MediaClock(() => {
      ticks += 1;
    });
    clock.start();
    clock.start();
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(50);
    clock.stop();
    clock.stop();
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(50);
    clock.start();
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(100);
    expect(clock.schedule.skipped).toBe(0);
    clock.stop();
  });

  test('a tick may stop its clock, or stop and start it', () => {
    vi.useFakeTimers();
    let ticks = 0;
    const clock = new MediaClock(() => {
      ticks += 1;
      clock.stop();
      if (ticks < 3) clock.start();
    });
    clock.start();
    vi.advanceTimersByTime(1000);
    expect(ticks).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('when every tick takes too long, the rest of the process still runs', () => {
    vi.useFakeTimers();
    let ticks = 0;
    const clock = new MediaClock(() => {
      ticks += 1;
      // Time passes without a timer being looked at: what a busy process is like.
      vi.setSystemTime(Date.now() + 30);
      performance.now = (
        (now) => () =>
          now
      )(performance.now() + 30);
    });
    const realNow = performance.now;
    clock.start();
    vi.advanceTimersToNextTimer();
    vi.advanceTimersToNextTimer();
    expect(ticks).toBeLessThanOrEqual(2 * CATCH_UP_TICKS_MAX);
    clock.stop();
    performance.now = realNow;
  });
});

function takeAll(schedule: TickSchedule, nowMs: number): number {
  let count = 0;
  while (schedule.take(nowMs)) count += 1;
  return count;
}
