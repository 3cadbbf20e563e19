/**
 * Changes the sample rate by a whole factor: 8, 16 and 48 kHz into each other.
 *
 * One low-pass filter at the higher rate, a Kaiser-windowed sinc of 32 taps for each sample of the
 * lower rate. Upwards only those taps are reckoned that meet a sample and not a stuffed zero
 * (polyphase), downwards only those samples that are kept. What is less than 0.85 of half the lower rate
 * passes unchanged; what would come back at a wrong frequency is 60 dB down from 1.15 on.
 *
 * Delay: 16 samples of the lower rate. No allocation per frame.
 */

import { assert } from '@conclave/base';
import { saturate } from './pcm.ts';

/** For each sample of the lower rate. */
const TAPS = 32;
/** Of the window: 60 dB and more of attenuation. */
const KAISER_BETA = 6.2;

/** Samples of the lower rate, for either direction. */
export const RESAMPLER_DELAY_SAMPLES: number = TAPS / 2;

export class Resampler {
  readonly #factor: number;
  readonly #isUp: boolean;
  readonly #taps: Float64Array;
  /** The end of what came before, then the frame. */
  readonly #samples: Float64Array;
  readonly #historySize: number;

  /** `frameSize` is the largest number of samples that come at once. */
  constructor(fromHz: number, toHz: number, frameSize: number) {
    this.#isUp = toHz > fromHz;
    this.#factor = this.#isUp ? toHz / fromHz : fromHz / toHz;
    assert(Number.isInteger(this.#factor), 'rates are multiples of each other');
    this.#taps = lowPass(this.#factor, this.#isUp ? this.#factor : 1);
    this.#historySize = this.#isUp ? TAPS - 1 : this.#taps.length - 1;
    this.#samples = new Float64Array(this.#historySize + frameSize);
  }

  /** All of `source`, which is a multiple of the factor on the way down. How many samples that made. */
  resample(source: Int16Array, target: Int16Array): number {
    const samples = this.#samples;
    const length = this.#isUp ? source.length * this.#factor : source.length / this.#factor;
    assert(this.#historySize + source.length <= samples.length, 'frames have a largest size');
    assert(Number.isInteger(length) && target.length >= length, 'the target has room');
    for (let index = 0; index < source.length; index++) {
      samples[this.#historySize + index] = source[index] ?? 0;
    }
    if (this.#isUp) this.#interpolate(source.length, target);
    else this.#decimate(length, target);
    samples.copyWithin(0, source.length, source.length + this.#historySize);
    return length;
  }

  #interpolate(length: number, target: Int16Array): void {
    const factor = this.#factor;
    const taps = this.#taps;
    const samples = this.#samples;
    for (let index = 0; index < length; index++) {
      for (let phase = 0; phase < factor; phase++) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap++) {
          sum += (taps[tap * factor + phase] ?? 0) * (samples[index + TAPS - 1 - tap] ?? 0);
        }
        target[index * factor + phase] = saturate(Math.round(sum));
      }
    }
  }

  #decimate(length: number, target: Int16Array): void {
    const taps = this.#taps;
    const samples = this.#samples;
    for (let index = 0; index < length; index++) {
      const start = index * this.#factor;
      let sum = 0;
      for (let tap = 0; tap < taps.length; tap++) {
        sum += (taps[tap] ?? 0) * (samples[start + taps.length - 1 - tap] ?? 0);
      }
      target[index] = saturate(Math.round(sum));
    }
  }
}

/** `TAPS * factor` taps; the first is zero, so that the delay is whole samples. */
function lowPass(factor: number, gain: number): Float64Array {
  const length = TAPS * factor;
  const middle = length / 2;
  const taps = Float64Array.from({ length }, (_, index) => {
    const distance = (index - middle) / factor;
    return index === 0 ? 0 : sinc(distance) * kaiser((2 * distance) / TAPS);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => (gain * tap) / sum);
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value);
}

/** From -1 to 1. */
function kaiser(position: number): number {
  return bessel(KAISER_BETA * Math.sqrt(1 - position ** 2)) / bessel(KAISER_BETA);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(value: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index < 30; index++) {
    term *= (value / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}
