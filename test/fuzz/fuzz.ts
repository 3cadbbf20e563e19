/** Runs mutated messages against a target, and says how to get each failure again. */
import { Prng } from '@conclave/testkit';
import type { Seed } from './sip-corpus.ts';

/** Throws, or rejects, when something does not hold: a codec, or a socket of a running server. */
export type Target = (message: Uint8Array, chance: Prng) => void | Promise<void>;

export interface Failure {
  readonly seedName: string;
  /** What `mutate` was given; 0 for the seed itself, unchanged. */
  readonly seed: number;
  readonly message: Uint8Array;
  readonly error: unknown;
}

/** What is fuzzed, and with what. */
export interface Campaign {
  readonly name: string;
  readonly corpus: readonly Seed[];
  /** The same arguments give the same bytes. */
  readonly mutate: (seed: number, bytes: Uint8Array, others: readonly Uint8Array[]) => Uint8Array;
  readonly target: Target;
}

export interface FuzzOptions {
  /** The first seed; round n uses seed + n. */
  readonly seed: number;
  /** Asked before each round, with the rounds that are done. */
  readonly goesOn: (rounds: number) => boolean;
  /** Failures after which it stops. */
  readonly failuresMax: number;
  /** Told how long the target took, where somebody wants to know. */
  readonly onDone?: (message: Uint8Array, seed: number, tookMs: number) => void;
}

/** First every seed as it is, then mutations of them, in the order of the seeds. */
export async function fuzz(
  { corpus, mutate, target }: Campaign,
  { seed: first, goesOn, failuresMax, onDone = () => {} }: FuzzOptions,
): Promise<readonly Failure[]> {
  const others = corpus.map(({ bytes }) => bytes);
  const failures: Failure[] = [];
  async function attempt(seedName: string, seed: number, message: Uint8Array): Promise<void> {
    const startMs = performance.now();
    try {
      // Not awaited if there is nothing to wait for: millions of turns would cost more than the work.
      const waiting = target(message, new Prng(seed));
      if (waiting) await waiting;
    } catch (error) {
      failures.push({ seedName, seed, message, error });
    }
    onDone(message, seed, performance.now() - startMs);
  }
  for (const { name, bytes } of corpus) {
    if (failures.length >= failuresMax) break;
    await attempt(name, 0, bytes);
  }
  for (let round = 0; failures.length < failuresMax && goesOn(round); round++) {
    const seed = first + round;
    const chosen = new Prng(seed ^ 0x5eed).pick(corpus);
    if (!chosen) break;
    await attempt(chosen.name, seed, mutate(seed, chosen.bytes, others));
  }
  return failures;
}
