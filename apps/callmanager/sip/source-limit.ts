/** How much one source may send in a second. What is over it is the source's loss, nobody else's. */

const PERIOD_MS = 1_000;

/** Sources remembered; beyond, all begin anew: addresses of datagrams can be made up. */
const SOURCES_MAX = 10_000;

export class SourceLimit {
  readonly #perSecondMax: number;
  readonly #counts = new Map<string, number>();
  #periodMs = 0;

  constructor(perSecondMax: number) {
    this.#perSecondMax = perSecondMax;
  }

  /** Counts one more; `first-over` once in each second in which a source is over its bound. */
  count(source: string, nowMs: number): 'within' | 'first-over' | 'over' {
    if (nowMs - this.#periodMs >= PERIOD_MS || this.#counts.size >= SOURCES_MAX) {
      this.#counts.clear();
      this.#periodMs = nowMs;
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    this.#counts.set(source, count);
    if (count <= this.#perSecondMax) return 'within';
    return count === this.#perSecondMax + 1 ? 'first-over' : 'over';
  }
}
