/**
 * The adaptive predictor and scale factor of one band of G.722. Encoder and decoder run the same one
 * on the same codes, so both know what the other expects next.
 *
 * All numbers are integers of 16 bits, products of two are shifted back by 15, sums saturate.
 *
 * Source: [doc] ITU-T G.722 (09/2012), the adaptation of quantizers and predictors.
 */

import { POWERS } from './g722-tables.ts';
import { saturate } from './pcm.ts';

/** How many earlier differences the zeros of the predictor weigh. */
const ZERO_COUNT = 6;
const SECOND_POLE_MAX = 12_288;
const FIRST_POLE_MAX = 15_360;

export class PredictedBand {
  /** What the next sample is expected to be. */
  prediction = 0;
  /** The size of a quantizer step. */
  scale: number;
  readonly #logMax: number;
  /** How much smaller the scale is than the power of two of its logarithm, in bits. */
  readonly #logShift: number;
  #log = 0;
  /** Twice the latest differences, the newest first. */
  readonly #doubles = new Int32Array(ZERO_COUNT);
  readonly #zeros = new Int32Array(ZERO_COUNT);
  #zeroPart = 0;
  /** The reconstructed signal, and the part of it that the poles adapt to: the newest, the one before. */
  #signal1 = 0;
  #partial1 = 0;
  #partial2 = 0;
  #pole1 = 0;
  #pole2 = 0;

  constructor(options: {
    readonly startScale: number;
    readonly logMax: number;
    readonly logShift: number;
  }) {
    this.scale = options.startScale;
    this.#logMax = options.logMax;
    this.#logShift = options.logShift;
  }

  /** On to the next sample: `difference` is what the code says, `logStep` how loud that was. */
  adapt(difference: number, logStep: number): void {
    this.#adaptScale(logStep);
    const signal = saturate(this.prediction + difference);
    this.#adaptPoles(saturate(this.#zeroPart + difference));
    this.#adaptZeros(difference);
    const pole =
      ((this.#pole1 * saturate(2 * signal)) >> 15) +
      ((this.#pole2 * saturate(2 * this.#signal1)) >> 15);
    this.#signal1 = signal;
    this.prediction = saturate(saturate(pole) + this.#zeroPart);
  }

  #adaptScale(logStep: number): void {
    const log = Math.max(0, Math.min(this.#logMax, ((this.#log * 127) >> 7) + logStep));
    const power = POWERS[(log >> 6) & 31] ?? 0;
    const shift = this.#logShift - (log >> 11);
    this.scale = (shift < 0 ? power << -shift : power >> shift) << 2;
    this.#log = log;
  }

  /** The second pole first: the first one's bound depends on it. */
  #adaptPoles(partial: number): void {
    const isLikeLast = partial < 0 === this.#partial1 < 0;
    const isLikeEarlier = partial < 0 === this.#partial2 < 0;
    const quadruple = saturate(4 * this.#pole1);
    const drift = Math.min(isLikeLast ? -quadruple : quadruple, 32_767) >> 7;
    const second = drift + (isLikeEarlier ? 128 : -128) + ((this.#pole2 * 32_512) >> 15);
    this.#pole2 = bounded(second, SECOND_POLE_MAX);
    const first = (isLikeLast ? 192 : -192) + ((this.#pole1 * 32_640) >> 15);
    this.#pole1 = bounded(first, FIRST_POLE_MAX - this.#pole2);
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
  }

  /** Adapts the zeros, makes `difference` the newest, and weighs what the next sample will have. */
  #adaptZeros(difference: number): void {
    const doubles = this.#doubles;
    const zeros = this.#zeros;
    const step = difference === 0 ? 0 : 128;
    let newer = saturate(2 * difference);
    let sum = 0;
    for (let index = 0; index < ZERO_COUNT; index++) {
      const older = doubles[index] ?? 0;
      // Of different signs: the zero shrinks.
      const change = (older ^ difference) < 0 ? -step : step;
      const zero = (Math.imul(zeros[index] ?? 0, 32_640) >> 15) + change;
      zeros[index] = zero;
      doubles[index] = newer;
      sum += Math.imul(zero, newer) >> 15;
      newer = older;
    }
    this.#zeroPart = saturate(sum);
  }
}

function bounded(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
