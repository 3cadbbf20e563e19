/**
 * What is heard in place of samples that are missing: the last period of the voice goes on, fades, and is
 * blended into what comes after.
 *
 *   heard ──────────┐ gap: the last period again and again ┐ heard
 *     └── period ───┘ full for 10 ms, nothing after 60 ms  └ blended for 4 to 10 ms
 *
 * The period is where the end of what was heard looks most like what was before it, 5 to 15 ms back; of
 * hissing sounds, which have none, it is any. Nothing is delayed for it: at the start of a gap the step is
 * ironed out instead. For every codec that has no concealment of its own. No allocation but its own.
 *
 * Source: [doc] ITU-T G.711 Appendix I, for the way and its times.
 */

import { assert } from '@conclave/base';
import { SAMPLE_RATE_HZ, saturate } from './pcm.ts';

/** Longer gaps are silence: nobody's voice goes on for so long. */
export const CONCEALED_MS_MAX = 60;

/** A voice of 67 to 200 Hz; of a higher one it is several periods. */
const PERIOD_MIN_MS = 5;
const PERIOD_MAX_MS = 15;

/** What is compared, twenty milliseconds, and as far back as periods go. */
const COMPARED_MS = 20;
const HISTORY_MS: number = COMPARED_MS + PERIOD_MAX_MS + PERIOD_MAX_MS / 3;

/** From then on it fades. */
const FULL_MS = 10;

/** Of the blending at the end: the longer the gap, the less both fit. */
const BLEND_MIN_MS = 4;
const BLEND_MAX_MS = 10;

/** Periods are looked for at this rate first. */
const COARSE_RATE_HZ = 4000;

export class Concealment {
  readonly #perMs: number;
  readonly #history: Float64Array;
  /** One period, which may be repeated without a step. */
  readonly #cycle: Float64Array;
  #period = 0;
  /** By which the cycle misses the last sample that was heard. */
  #step = 0;
  /** Samples since the gap began; 0 while there is none. */
  #gap = 0;

  constructor(sampleRateHz: number = SAMPLE_RATE_HZ) {
    this.#perMs = sampleRateHz / 1000;
    this.#history = new Float64Array(HISTORY_MS * this.#perMs);
    this.#cycle = new Float64Array(PERIOD_MAX_MS * this.#perMs);
  }

  /** Nothing was heard yet. */
  reset(): void {
    this.#history.fill(0);
    this.#gap = 0;
  }

  /** Whether something is missing since what was heard last. */
  get isFilling(): boolean {
    return this.#gap > 0;
  }

  /** Whether all that could be filled in is. */
  get isOver(): boolean {
    return this.#gap >= CONCEALED_MS_MAX * this.#perMs;
  }

  /** The first `length` samples were heard. After a gap their beginning is blended with what stood for it. */
  hear(samples: Int16Array, length: number = samples.length): void {
    assert(length <= samples.length, 'they are there');
    if (this.#gap > 0) this.#blend(samples, length);
    this.#append(samples, length);
  }

  /** Fills all of `target`, which follows on what was heard or filled last. */
  fill(target: Int16Array): void {
    if (this.#gap === 0) this.#begin();
    for (let index = 0; index < target.length; index++) target[index] = this.#next();
    this.#append(target, target.length);
  }

  /** Finds the period, and makes a cycle of it whose end leads into its beginning. */
  #begin(): void {
    const history = this.#history;
    const end = history.length;
    const period = this.#findPeriod();
    const blended = period >> 2;
    for (let index = 0; index < period; index++) {
      const sample = history[end - period + index] ?? 0;
      const weight = Math.max(0, (index + 1 + blended - period) / (blended + 1));
      const earlier = history[end - 2 * period + index] ?? 0;
      this.#cycle[index] = sample + weight * (earlier - sample);
    }
    this.#period = period;
    this.#step = (history[end - 1] ?? 0) - (history[end - period - 1] ?? 0);
  }

  #next(): number {
    if (this.isOver) return 0;
    const gap = this.#gap;
    this.#gap += 1;
    const ironed = this.#period >> 2;
    const step = gap < ironed ? this.#step * (1 - (gap + 1) / ironed) : 0;
    const fading = (CONCEALED_MS_MAX - gap / this.#perMs) / (CONCEALED_MS_MAX - FULL_MS);
    const sample = (this.#cycle[gap % this.#period] ?? 0) + step;
    return saturate(Math.round(Math.min(1, fading) * sample));
  }

  #blend(samples: Int16Array, length: number): void {
    const gapMs = this.#gap / this.#perMs;
    const wantedMs = Math.min(BLEND_MAX_MS, BLEND_MIN_MS + 0.4 * Math.max(0, gapMs - FULL_MS));
    const count = Math.min(length, Math.round(wantedMs * this.#perMs));
    for (let index = 0; index < count; index++) {
      const weight = (index + 1) / (count + 1);
      const filled = this.#next();
      samples[index] = Math.round(filled + weight * ((samples[index] ?? 0) - filled));
    }
    this.#gap = 0;
  }

  #append(samples: Int16Array, length: number): void {
    const history = this.#history;
    const count = Math.min(length, history.length);
    history.copyWithin(0, count);
    const [from, to] = [length - count, history.length - count];
    for (let index = 0; index < count; index++) history[to + index] = samples[from + index] ?? 0;
  }

  /** Roughly first, then to the sample. */
  #findPeriod(): number {
    const coarse = (1000 * this.#perMs) / COARSE_RATE_HZ;
    const [min, max] = [PERIOD_MIN_MS * this.#perMs, PERIOD_MAX_MS * this.#perMs];
    const about = this.#mostLike(min, max, coarse);
    return this.#mostLike(Math.max(min, about - coarse + 1), Math.min(max, about + coarse - 1), 1);
  }

  /** Of the lags from `min` to `max`: that by which the end looks most like itself; `max` if none does. */
  #mostLike(min: number, max: number, stride: number): number {
    let best = max;
    let bestScore = 0;
    for (let lag = min; lag <= max; lag += stride) {
      const score = this.#likeness(lag, stride);
      if (score > bestScore) [best, bestScore] = [lag, score];
    }
    return best;
  }

  #likeness(lag: number, stride: number): number {
    const history = this.#history;
    const end = history.length;
    let product = 0;
    let energy = 1;
    for (let index = end - COMPARED_MS * this.#perMs; index < end; index += stride) {
      const earlier = history[index - lag] ?? 0;
      product += (history[index] ?? 0) * earlier;
      energy += earlier * earlier;
    }
    return product <= 0 ? 0 : (product * product) / energy;
  }
}
