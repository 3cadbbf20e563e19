/**
 * How many alarms one source may raise: enough to see what it does, too few to push the alarms of
 * others out of the list.
 */

/** Alarms of one source in one period. */
const ALARMS_MAX = 20;
const PERIOD_MS = 10_000;

/** Sources remembered; beyond, all begin anew. */
const SOURCES_MAX = 10_000;

export class AlarmLimit {
  readonly #counts = new Map<string, number>();
  #periodMs = 0;

  /** Whether the source may raise another alarm now. */
  allows(source: string, nowMs: number): boolean {
    if (nowMs - this.#periodMs >= PERIOD_MS || this.#counts.size >= SOURCES_MAX) {
      this.#counts.clear();
      this.#periodMs = nowMs;
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    this.#counts.set(source, count);
    return count <= ALARMS_MAX;
  }
}
