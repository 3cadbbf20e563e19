/**
 * Deadlines of many things, the next one first: a binary heap in which everything knows its place, so
 * that moving or removing a deadline costs as little as adding one.
 */

/** What can be put into a queue; only the queue writes these fields. */
export interface Timed {
  deadlineMs: number;
  /** -1: in no queue. */
  place: number;
}

export class TimerQueue<T extends Timed> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** Infinity when nothing waits. */
  get deadlineMs(): number {
    return this.#heap[0]?.deadlineMs ?? Number.POSITIVE_INFINITY;
  }

  /** Adds, moves, or, with Infinity, removes. */
  set(item: T, deadlineMs: number): void {
    if (deadlineMs === Number.POSITIVE_INFINITY) {
      this.#remove(item);
      return;
    }
    const before = item.deadlineMs;
    item.deadlineMs = deadlineMs;
    if (item.place < 0) {
      item.place = this.#heap.push(item) - 1;
      this.#rise(item);
    } else if (deadlineMs < before) this.#rise(item);
    else if (deadlineMs > before) this.#sink(item);
  }

  /** Takes out the next one whose time has come. */
  due(nowMs: number): T | undefined {
    const first = this.#heap[0];
    if (!first || first.deadlineMs > nowMs) return undefined;
    this.#remove(first);
    return first;
  }

  #remove(item: T): void {
    const { place } = item;
    item.deadlineMs = Number.POSITIVE_INFINITY;
    if (place < 0) return;
    item.place = -1;
    const last = this.#heap.pop();
    if (!last || last === item) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(item: T): void {
    let at = item.place;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1];
      if (!parent || parent.deadlineMs <= item.deadlineMs) break;
      this.#put(parent, at);
      at = (at - 1) >> 1;
    }
    this.#put(item, at);
  }

  #sink(item: T): void {
    let at = item.place;
    for (;;) {
      const left = this.#heap[2 * at + 1];
      const right = this.#heap[2 * at + 2];
      const child = left && right && right.deadlineMs < left.deadlineMs ? right : left;
      if (!child || child.deadlineMs >= item.deadlineMs) break;
      const freed = child.place;
      this.#put(child, at);
      at = freed;
    }
    this.#put(item, at);
  }

  #put(item: T, place: number): void {
    this.#heap[place] = item;
    item.place = place;
  }
}
