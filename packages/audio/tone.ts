/**
 * Sine tones, as test signals and as the tones of the network (dial, ringback, busy, meet-me
 * beeps).
 *
 * Levels are in dBov: 0 dBov is the power of a full-scale square wave, so a full-scale sine is at
 * -3.01 dBov. [doc] ITU-T G.100.1; [rfc] RFC 6465 and 6464 use the same unit.
 */

import { assert } from '@conclave/base';
import { SAMPLE_RATE_HZ, saturate } from './pcm.ts';

export const FULL_SCALE = 32768;

/** The loudest sine that is not clipped. */
export const SINE_LEVEL_MAX_DBOV = -3.01;

export const TONE_COUNT_MAX = 16;

export interface ToneOptions {
  /** Sounding together; each below half the sample rate. */
  readonly frequenciesHz: readonly number[];
  /** Of each tone alone, not of their sum; at most `SINE_LEVEL_MAX_DBOV`. */
  readonly levelDbov: number;
  /** 8000. */
  readonly sampleRateHz?: number;
}

/**
 * Writes frames one after the other without a break in phase. Several tones too loud are clipped.
 */
export class ToneGenerator {
  readonly #amplitude: number;
  /** Radians per sample, and radians at the next sample, by tone. */
  readonly #steps: Float64Array;
  readonly #phases: Float64Array;

  constructor(options: ToneOptions) {
    const { frequenciesHz, levelDbov, sampleRateHz = SAMPLE_RATE_HZ } = options;
    assert(frequenciesHz.length <= TONE_COUNT_MAX, 'a signal has a bounded number of tones');
    assert(levelDbov <= SINE_LEVEL_MAX_DBOV, 'a sine is at most full scale');
    this.#amplitude = sineAmplitudeOf(levelDbov);
    this.#steps = Float64Array.from(frequenciesHz, (frequencyHz) =>
      radiansPerSampleOf(frequencyHz, sampleRateHz),
    );
    this.#phases = new Float64Array(frequenciesHz.length);
  }

  /** Fills all of `target`. Allocates nothing. */
  write(target: Int16Array): void {
    for (let index = 0; index < target.length; index++) {
      target[index] = saturate(Math.round(this.#amplitude * this.#next()));
    }
  }

  #next(): number {
    let value = 0;
    for (let tone = 0; tone < this.#steps.length; tone++) {
      const phase = this.#phases[tone] ?? 0;
      value += Math.sin(phase);
      // Kept below a turn, so that the phase is as exact after an hour as at the start.
      this.#phases[tone] = (phase + (this.#steps[tone] ?? 0)) % (2 * Math.PI);
    }
    return value;
  }
}

/** The peak, in sample units, of a sine at this level. */
export function sineAmplitudeOf(levelDbov: number): number {
  return FULL_SCALE * Math.SQRT2 * 10 ** (levelDbov / 20);
}

function radiansPerSampleOf(frequencyHz: number, sampleRateHz: number): number {
  assert(frequencyHz > 0 && frequencyHz < sampleRateHz / 2, 'a tone is below half the rate');
  return (2 * Math.PI * frequencyHz) / sampleRateHz;
}
