/**
 * Time that passes only when told to. What is due at the same millisecond happens in the order in
 * which it was asked for, so that a run depends on nothing but its inputs.
 */
import type { Clock, Timer } from '@conclave/net';

interface Appointment {
  readonly atMs: number;
  readonly order: number;
  readonly ring: () => void;
}

export class SimClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** A binary heap: the next appointment is first. */
  readonly #heap: Appointment[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  at(atMs: number, ring: () => void): void {
    this.#order += 1;
    this.#push({ atMs: Math.max(atMs, this.#nowMs), order: this.#order, ring });
  }

  after(delayMs: number, ring: () => void): void {
    this.at(this.#nowMs + delayMs, ring);
  }

  timer(ring: () => void): Timer {
    let deadline: number | undefined;
    return {
      set: (deadlineMs) => {
        if (deadlineMs === deadline) return;
        deadline = deadlineMs;
        if (deadlineMs === undefined || deadlineMs === Number.POSITIVE_INFINITY) return;
        this.at(deadlineMs, () => {
          // Moved since.
          if (deadline !== deadlineMs) return;
          deadline = undefined;
          ring();
        });
      },
    };
  }

  /** Lets time pass up to this moment; `afterEach` is called after everything that happens. */
  runUntil(untilMs: number, afterEach: () => void): void {
    for (let next = this.#heap[0]; next && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      this.#nowMs = next.atMs;
      next.ring();
      afterEach();
    }
    this.#nowMs = untilMs;
  }

  #push(added: Appointment): void {
    let at = this.#heap.length;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1];
      if (!parent || isBefore(parent, added)) break;
      this.#heap[at] = parent;
      at = (at - 1) >> 1;
    }
    this.#heap[at] = added;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (!last || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [this.#heap[2 * at + 1], this.#heap[2 * at + 2]];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!child || isBefore(last, child)) break;
      this.#heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#heap[at] = last;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
