/** The time of day and one alarm clock: the only place where machines' deadlines meet real time. */

/** Milliseconds since the Unix epoch. */
export function nowMs(): number {
  return Date.now();
}

/** Timers of this platform cannot wait longer; a machine that is woken early only looks again. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Rings once at a time that can be moved; moving to undefined stops it. */
export class DeadlineTimer {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #deadlineMs: number | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  set(deadlineMs: number | undefined): void {
    if (deadlineMs === this.#deadlineMs) return;
    clearTimeout(this.#timer);
    this.#deadlineMs = deadlineMs;
    if (deadlineMs === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#deadlineMs = undefined;
        this.#ring();
      },
      Math.min(TIMER_MAX_MS, Math.max(0, deadlineMs - Date.now())),
    );
  }
}
