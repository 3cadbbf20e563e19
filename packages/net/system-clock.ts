/** The time of day and one alarm clock: the only place where machines' deadlines meet real time. */

/** Milliseconds since the Unix epoch. */
export function nowMs(): number {
  return Date.now();
}

/** A deadline that can be moved; undefined stops it. It rings once, at the deadline or later. */
export interface Timer {
  set(deadlineMs: number | undefined): void;
}

/** Where a program has its time from, so that a simulation can give it another. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
  timer(ring: () => void): Timer;
}

/** Timers of this platform cannot wait longer; a machine that is woken early only looks again. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Rings once at a time that can be moved; moving to undefined stops it. */
export class DeadlineTimer implements Timer {
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

/** The clock of this machine. */
export const SYSTEM_CLOCK: Clock = { nowMs, timer: (ring) => new DeadlineTimer(ring) };
