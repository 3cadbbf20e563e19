/** Runs mutated messages against a target, and says how to get each failure again. */
import { mutate, Prng } from '@conclave/testkit';
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

export interface FuzzOptions {
  readonly corpus: readonly Seed[];
  readonly target: Target;
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
export async function fuzz(options: FuzzOptions): Promise<readonly Failure[]> {
  const { corpus, seed: first, goesOn, failuresMax } = options;
  const others = corpus.map(({ bytes }) => bytes);
  const failures: Failure[] = [];
  for (const { name, bytes } of corpus) {
    await attempt({ seedName: name, seed: 0, message: bytes }, options, failures);
  }
  for (let round = 0; failures.length < failuresMax && goesOn(round); round++) {
    const seed = first + round;
    const chosen = new Prng(seed ^ 0x5eed).pick(corpus);
    if (!chosen) break;
    const message = mutate(seed, chosen.bytes, others);
    await attempt({ seedName: chosen.name, seed, message }, options, failures);
  }
  return failures;
}

async function attempt(
  made: Omit<Failure, 'error'>,
  { target, onDone }: FuzzOptions,
  failures: Failure[],
): Promise<void> {
  const startMs = performance.now();
  try {
    // Not awaited if there is nothing to wait for: millions of turns would cost more than the work.
    const waiting = target(made.message, new Prng(made.seed));
    if (waiting) await waiting;
  } catch (error) {
    failures.push({ ...made, error });
  }
  onDone?.(made.message, made.seed, performance.now() - startMs);
}
