/**
 * G.722 at 64 kbit/s: speech up to 7 kHz, 16 000 samples per second, one byte for two samples.
 *
 *   samples ──► mirror filter ──► lower band: 6 bits ──► byte: hh llllll
 *                            └──► upper band: 2 bits ──┘
 *
 * The bands are differences from what an adaptive predictor expects (`PredictedBand`). Encoder and
 * decoder remember what went before, so each stream and direction has its own. Neither can be harmed
 * by wrong bits: the predictors forget. No allocation per frame.
 *
 * RTP counts 8000 per second, as if it were G.711 (RFC 3551 §4.5.2): one per byte.
 *
 * Source: [doc] ITU-T G.722 (09/2012); 16-bit samples as in the ITU-T G.191
 * software tool library.
 */

import { assert } from '@conclave/base';
import { PredictedBand } from './g722-band.ts';
import {
  HIGH_DECISION,
  HIGH_LEVELS,
  HIGH_LOG_STEPS,
  LOW_CORE_LEVELS,
  LOW_DECISIONS,
  LOW_LEVELS,
  LOW_LOG_STEPS,
  QMF,
} from './g722-tables.ts';
import { saturate } from './pcm.ts';

export const G722_SAMPLE_RATE_HZ = 16_000;

const QMF_PAIRS = QMF.length;
/** The history of the mirror filter lies before the newest samples and is moved back once in so many. */
const HISTORY_PAIRS = 256;
/** The bands have 15 bits. */
const BAND_MAX = 16_383;
const BAND_MIN = -16_384;

export class G722Encoder {
  readonly #low = makeLowBand();
  readonly #high = makeHighBand();
  readonly #filter = new PairFilter();

  /** Encodes all of `source`, an even number of samples; one byte for two. */
  encode(source: Int16Array, target: Uint8Array): void {
    assert(source.length % 2 === 0, 'samples come in pairs');
    assert(2 * target.length >= source.length, 'the target has room');
    const filter = this.#filter;
    for (let index = 0; index < source.length; index += 2) {
      filter.push(source[index] ?? 0, source[index + 1] ?? 0);
      const low = (filter.even + filter.odd) >> 14;
      const high = (filter.even - filter.odd) >> 14;
      target[index >> 1] = (this.#encodeHigh(high) << 6) | this.#encodeLow(low);
    }
  }

  #encodeLow(sample: number): number {
    const band = this.#low;
    const difference = saturate(sample - band.prediction);
    const isNegative = difference < 0;
    const code = lowCodeOf(isNegative ? ~difference : difference, isNegative, band.scale);
    const core = code >> 2;
    band.adapt((band.scale * (LOW_CORE_LEVELS[core] ?? 0)) >> 15, LOW_LOG_STEPS[core] ?? 0);
    return code;
  }

  #encodeHigh(sample: number): number {
    const band = this.#high;
    const difference = saturate(sample - band.prediction);
    const magnitude = difference < 0 ? ~difference : difference;
    const isOuter = magnitude >= (HIGH_DECISION * band.scale) >> 12;
    const code = (difference < 0 ? 0 : 2) + (isOuter ? 0 : 1);
    band.adapt((band.scale * (HIGH_LEVELS[code] ?? 0)) >> 15, HIGH_LOG_STEPS[code] ?? 0);
    return code;
  }
}

export class G722Decoder {
  readonly #low = makeLowBand();
  readonly #high = makeHighBand();
  readonly #filter = new PairFilter();

  /** Decodes all of `source`; `target` has room for two samples for each byte. */
  decode(source: Uint8Array, target: Int16Array): void {
    assert(target.length >= 2 * source.length, 'the target has room');
    const filter = this.#filter;
    for (let index = 0; index < source.length; index++) {
      const code = source[index] ?? 0;
      const low = this.#decodeLow(code & 0x3f);
      const high = this.#decodeHigh(code >> 6);
      filter.push(low + high, low - high);
      target[2 * index] = saturate(filter.even >> 11);
      target[2 * index + 1] = saturate(filter.odd >> 11);
    }
  }

  #decodeLow(code: number): number {
    const band = this.#low;
    const sample = boundedToBand(band.prediction + ((band.scale * (LOW_LEVELS[code] ?? 0)) >> 15));
    const core = code >> 2;
    band.adapt((band.scale * (LOW_CORE_LEVELS[core] ?? 0)) >> 15, LOW_LOG_STEPS[core] ?? 0);
    return sample;
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const difference = (band.scale * (HIGH_LEVELS[code] ?? 0)) >> 15;
    const sample = boundedToBand(band.prediction + difference);
    band.adapt(difference, HIGH_LOG_STEPS[code] ?? 0);
    return sample;
  }
}

/** Both halves of the mirror filter over the last 12 pairs. */
class PairFilter {
  /** Over the pairs' second samples, the filter as it stands in the table reversed. */
  even = 0;
  /** Over the pairs' first samples. */
  odd = 0;
  readonly #pairs = new Int32Array(2 * HISTORY_PAIRS);
  /** Where the oldest of the 12 pairs is. */
  #start = 0;

  push(first: number, second: number): void {
    if (this.#start + QMF_PAIRS === HISTORY_PAIRS) {
      this.#pairs.copyWithin(0, 2 * this.#start);
      this.#start = 0;
    }
    const pairs = this.#pairs;
    const start = 2 * this.#start++;
    const newest = start + 2 * QMF_PAIRS;
    pairs[newest] = first;
    pairs[newest + 1] = second;
    let odd = 0;
    let even = 0;
    for (let index = 0; index < QMF_PAIRS; index++) {
      odd += (pairs[start + 2 + 2 * index] ?? 0) * (QMF[index] ?? 0);
      even += (pairs[start + 3 + 2 * index] ?? 0) * (QMF[QMF_PAIRS - 1 - index] ?? 0);
    }
    this.odd = odd;
    this.even = even;
  }
}

/** `magnitude` falls into one of 30 steps; by halving, since the last steps are as likely as the first. */
function lowCodeOf(magnitude: number, isNegative: boolean, scale: number): number {
  let step = 1;
  let end = LOW_DECISIONS.length;
  while (step < end) {
    const middle = (step + end) >> 1;
    if (magnitude < ((LOW_DECISIONS[middle] ?? 0) * scale) >> 12) end = middle;
    else step = middle + 1;
  }
  if (!isNegative) return 62 - step;
  return step < 3 ? 64 - step : 34 - step;
}

function makeLowBand(): PredictedBand {
  return new PredictedBand({ startScale: 32, logMax: 18_432, logShift: 8 });
}

function makeHighBand(): PredictedBand {
  return new PredictedBand({ startScale: 8, logMax: 22_528, logShift: 10 });
}

function boundedToBand(value: number): number {
  return Math.max(BAND_MIN, Math.min(BAND_MAX, value));
}
