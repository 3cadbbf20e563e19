/** The time of day and one alarm clock: the only place where machines' deadlines meet real time. */

/** Milliseconds since the Unix epoch. */
export function nowMs(): number {
  return Date.now();
}

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
      Math.max(0, deadlineMs - Date.now()),
    );
  }
}
