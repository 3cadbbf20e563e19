/**
 * How many times somebody may be wrong: of one address, or at the cost of one device. What is over it is
 * turned down unheard until the period is over.
 */

const PERIOD_MS = 60_000;

/** Keys remembered; past them the oldest are forgotten. */
const KEYS_MAX = 10_000;

interface Guesses {
  readonly sinceMs: number;
  count: number;
}

export class GuessLimit {
  readonly #max: number;
  readonly #guesses = new Map<string, Guesses>();

  /** `max` in a minute. */
  constructor(max: number) {
    this.#max = max;
  }

  isOver(key: string, nowMs: number): boolean {
    return (this.#current(key, nowMs)?.count ?? 0) >= this.#max;
  }

  /** Counts one more. True when it is the one that reaches the bound: once in each period. */
  count(key: string, nowMs: number): boolean {
    const guesses = this.#current(key, nowMs) ?? { sinceMs: nowMs, count: 0 };
    guesses.count += 1;
    this.#guesses.set(key, guesses);
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > KEYS_MAX && oldest !== undefined) this.#guesses.delete(oldest);
    return guesses.count === this.#max;
  }

  #current(key: string, nowMs: number): Guesses | undefined {
    const guesses = this.#guesses.get(key);
    if (!guesses || nowMs - guesses.sinceMs < PERIOD_MS) return guesses;
    this.#guesses.delete(key);
    return undefined;
  }
}
