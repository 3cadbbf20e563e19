/**
 * Ticks every 20 ms against a monotonic clock, without drift. A late tick is made up for, up to a
 * bound; how late ticks are is counted, because lateness is what people would hear.
 */

export const TICK_MS = 20;

/** More missed ticks than this are skipped: the past cannot be played any more. */
const CATCH_UP_TICKS = 5;

/** Upper bounds of the histogram's classes in milliseconds; the last class is everything above. */
export const LATENESS_BOUNDS_MS: readonly number[] = [1, 2, 5, 10, 20, 40, 100];

export class MediaClock {
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;
  #nextMs = 0;
  /** Ticks by lateness, one count a bound and one above them all. */
  readonly lateness: number[] = new Array<number>(LATENESS_BOUNDS_MS.length + 1).fill(0);
  skipped = 0;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  start(): void {
    if (this.#timer) return;
    this.#nextMs = performance.now() + TICK_MS;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    // Timers of this platform fire up to a millisecond early; the check below waits for the rest.
    this.#timer = setTimeout(this.#fire, Math.max(0, this.#nextMs - performance.now()));
  }

  readonly #fire = (): void => {
    const now = performance.now();
    if (now - this.#nextMs > CATCH_UP_TICKS * TICK_MS) {
      const missed = Math.floor((now - this.#nextMs) / TICK_MS);
      this.skipped += missed;
      this.#nextMs += missed * TICK_MS;
    }
    while (this.#nextMs <= performance.now()) {
      this.#count(now - this.#nextMs);
      this.#nextMs += TICK_MS;
      this.#tick();
    }
    if (this.#timer) this.#arm();
  };

  #count(lateMs: number): void {
    const found = LATENESS_BOUNDS_MS.findIndex((bound) => lateMs < bound);
    const index = found < 0 ? LATENESS_BOUNDS_MS.length : found;
    this.lateness[index] = (this.lateness[index] ?? 0) + 1;
  }
}
