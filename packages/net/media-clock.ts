/**
 * Ticks every 20 ms against a monotonic clock, without drift: a tick is due at a whole number of
 * periods after the start, however late the last one was.
 *
 * A late tick is made up for, up to a bound; what is further behind is skipped, because it cannot be
 * played any more. How late ticks are is counted, because lateness is what people would hear. A
 * process that is too slow for its conferences still reads its sockets: at most the same bound of
 * ticks run without letting it.
 */

export const TICK_MS = 20;

/** 100 ms: what playout queues at the listeners can still smooth. */
export const CATCH_UP_TICKS_MAX = 5;

/** Upper bounds of the histogram's classes in milliseconds; the last class is everything above. */
export const LATENESS_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 20, 40, 100];

/** When ticks are due; it knows no timer. Times are milliseconds of one monotonic clock. */
export class TickSchedule {
  #nextMs: number;
  /** Ticks by lateness, one count a bound and one above them all. */
  readonly lateness: number[] = new Array<number>(LATENESS_BOUNDS_MS.length + 1).fill(0);
  /** Ticks that were so late that they never happened. */
  skipped = 0;

  constructor(startMs: number) {
    this.#nextMs = startMs + TICK_MS;
  }

  /** When the next tick is due. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** Takes the next tick if it is due. */
  take(nowMs: number): boolean {
    const behindTicks = Math.floor((nowMs - this.#nextMs) / TICK_MS);
    if (behindTicks > CATCH_UP_TICKS_MAX) {
      this.skipped += behindTicks;
      this.#nextMs += behindTicks * TICK_MS;
    }
    const lateMs = nowMs - this.#nextMs;
    if (lateMs < 0) return false;
    this.#nextMs += TICK_MS;
    this.#count(lateMs);
    return true;
  }

  /** Begins anew, as after a pause in which nothing was due; the counts stay. */
  restart(startMs: number): void {
    this.#nextMs = startMs + TICK_MS;
  }

  #count(lateMs: number): void {
    let index = 0;
    while (lateMs >= (LATENESS_BOUNDS_MS[index] ?? Number.POSITIVE_INFINITY)) index += 1;
    this.lateness[index] = (this.lateness[index] ?? 0) + 1;
  }
}

export class MediaClock {
  readonly schedule: TickSchedule = new TickSchedule(performance.now());
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  /** Starting twice is harmless. */
  start(): void {
    if (this.#timer) return;
    this.schedule.restart(performance.now());
    this.#arm();
  }

  /** Stopping twice is harmless; a tick may stop its own clock. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    const waitMs = Math.max(0, this.schedule.nextMs - performance.now());
    this.#timer = setTimeout(this.#fire, waitMs);
  }

  readonly #fire = (): void => {
    const fired = this.#timer;
    for (let count = 0; count < CATCH_UP_TICKS_MAX; count += 1) {
      if (!this.schedule.take(performance.now())) break;
      this.#tick();
      // Stopped, or stopped and started, by the tick itself.
      if (this.#timer !== fired) return;
    }
    this.#arm();
  };
}
