/**
 * G.711: µ-law (PCMU) and A-law (PCMA) <-> 16-bit linear samples, by table. One byte is one sample.
 *
 * Linear samples are left-justified: the 14 bits of µ-law and the 13 bits of A-law stand at the top
 * of the 16. The tables are computed once, when the module loads, from the definitions below.
 *
 *   code     bit 7   6 5 4      3 2 1 0      µ-law goes onto the wire with all bits inverted,
 *            sign    segment    step         A-law with every other bit inverted
 *
 * Source: [doc] ITU-T G.711 (11/1988), tables 1 and 2; rounding of 16-bit samples to decision
 * intervals as in the ITU-T G.191 software tool library.
 */

import { assert } from '@conclave/base';

export type G711PayloadType = 0 | 8;

/** One of the two laws; both codecs are stateless, so one object serves every leg. */
export interface G711Codec {
  readonly name: 'PCMU' | 'PCMA';
  /** The static RTP payload type. */
  readonly payloadType: G711PayloadType;
  /** The byte that decodes to (nearly) nothing: what to send when there is nothing to say. */
  readonly silence: number;
  /**
   * How loud the loudest sample is, on the codec's own scale: 0 is nothing, 127 the loudest there is,
   * and 16 more are 6 dB more. Far cheaper than to decode.
   */
  loudness(payload: Uint8Array): number;
  /** Decodes all of `source`; `target` has room for as many samples. Allocates nothing. */
  decode(source: Uint8Array, target: Int16Array): void;
  /** Encodes all of `source`; `target` has room for as many bytes. Allocates nothing. */
  encode(source: Int16Array, target: Uint8Array): void;
}

const CODE_COUNT = 256;
/** µ-law looks at the 14 upper bits of a sample, A-law at the 12 upper bits. */
const PCMU_IGNORED_BITS = 2;
const PCMA_IGNORED_BITS = 4;
/** Added to every µ-law magnitude, so that each segment starts at a power of two. */
const PCMU_BIAS = 33;
const PCMU_MAGNITUDE_MAX = 0x1fff;
const PCMA_INVERSION = 0x55;
/** Segment and step, without the sign. */
const LOUDNESS_MASK = 0x7f;

const PCMU_DECODED: Int16Array = tableOf(CODE_COUNT, linearOfPcmu);
const PCMA_DECODED: Int16Array = tableOf(CODE_COUNT, linearOfPcma);
/** Indexed by the upper bits of the sample in two's complement. */
const PCMU_ENCODED: Uint8Array = Uint8Array.from(
  tableOf(0x1_0000 >> PCMU_IGNORED_BITS, (index) => pcmuOf(index << PCMU_IGNORED_BITS)),
);
const PCMA_ENCODED: Uint8Array = Uint8Array.from(
  tableOf(0x1_0000 >> PCMA_IGNORED_BITS, (index) => pcmaOf(index << PCMA_IGNORED_BITS)),
);

export const PCMU: G711Codec = {
  name: 'PCMU',
  payloadType: 0,
  silence: 0xff,
  loudness: loudnessOfPcmu,
  decode: decodePcmu,
  encode: encodePcmu,
};

export const PCMA: G711Codec = {
  name: 'PCMA',
  payloadType: 8,
  silence: 0xd5,
  loudness: loudnessOfPcma,
  decode: decodePcma,
  encode: encodePcma,
};

export function codecOf(payloadType: G711PayloadType): G711Codec {
  return payloadType === 0 ? PCMU : PCMA;
}

function loudnessOfPcmu(payload: Uint8Array): number {
  // All bits are inverted, so that the smallest code is the loudest.
  let least = LOUDNESS_MASK;
  for (let index = 0; index < payload.length; index++) {
    const code = (payload[index] ?? 0) & LOUDNESS_MASK;
    if (code < least) least = code;
  }
  return LOUDNESS_MASK - least;
}

function loudnessOfPcma(payload: Uint8Array): number {
  let most = 0;
  for (let index = 0; index < payload.length; index++) {
    const code = ((payload[index] ?? 0) ^ PCMA_INVERSION) & LOUDNESS_MASK;
    if (code > most) most = code;
  }
  return most;
}

/** How loud samples are on the scale of `G711Codec.loudness`. */
export function loudnessOfSamples(samples: Int16Array): number {
  let peak = 0;
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] ?? 0;
    const magnitude = sample < 0 ? ~sample : sample;
    if (magnitude > peak) peak = magnitude;
  }
  return LOUDNESS_MASK - ((PCMU_ENCODED[peak >> PCMU_IGNORED_BITS] ?? 0) & LOUDNESS_MASK);
}

/** See `G711Codec.decode`. */
export function decodePcmu(source: Uint8Array, target: Int16Array): void {
  assert(target.length >= source.length, 'the target has room');
  for (let index = 0; index < source.length; index++) {
    target[index] = PCMU_DECODED[source[index] ?? 0] ?? 0;
  }
}

/** See `G711Codec.encode`. */
export function encodePcmu(source: Int16Array, target: Uint8Array): void {
  assert(target.length >= source.length, 'the target has room');
  for (let index = 0; index < source.length; index++) {
    target[index] = PCMU_ENCODED[((source[index] ?? 0) & 0xffff) >> PCMU_IGNORED_BITS] ?? 0;
  }
}

/** See `G711Codec.decode`. */
export function decodePcma(source: Uint8Array, target: Int16Array): void {
  assert(target.length >= source.length, 'the target has room');
  for (let index = 0; index < source.length; index++) {
    target[index] = PCMA_DECODED[source[index] ?? 0] ?? 0;
  }
}

/** See `G711Codec.encode`. */
export function encodePcma(source: Int16Array, target: Uint8Array): void {
  assert(target.length >= source.length, 'the target has room');
  for (let index = 0; index < source.length; index++) {
    target[index] = PCMA_ENCODED[((source[index] ?? 0) & 0xffff) >> PCMA_IGNORED_BITS] ?? 0;
  }
}

function tableOf(size: number, entryAt: (index: number) => number): Int16Array {
  return Int16Array.from({ length: size }, (_, index) => entryAt(index));
}

function linearOfPcmu(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 0x07;
  // The middle of the step: steps are two wide in the first segment, and 16 of them make a segment.
  const magnitude = ((2 * (bits & 0x0f) + PCMU_BIAS) << segment) - PCMU_BIAS;
  const linear = magnitude << PCMU_IGNORED_BITS;
  return (bits & 0x80) === 0 ? linear : -linear;
}

/** `sample` is 16 bits in two's complement, here as 0..65535. */
function pcmuOf(sample: number): number {
  const isNegative = sample >= 0x8000;
  const truncated = (isNegative ? ~sample & 0xffff : sample) >> PCMU_IGNORED_BITS;
  const biased = Math.min(truncated + PCMU_BIAS, PCMU_MAGNITUDE_MAX);
  // 33..63 is the first segment; each further one starts at twice the value.
  const segment = 31 - Math.clz32(biased) - 5;
  const step = (biased >> (segment + 1)) & 0x0f;
  return ~((isNegative ? 0x80 : 0) | (segment << 4) | step) & 0xff;
}

function linearOfPcma(code: number): number {
  const bits = code ^ PCMA_INVERSION;
  const segment = (bits >> 4) & 0x07;
  const step = bits & 0x0f;
  // The first two segments have one step size; from the second on, a leading 1 goes before the step.
  const doubled = segment === 0 ? 2 * step + 1 : (2 * (step + 16) + 1) << (segment - 1);
  const linear = doubled << (PCMA_IGNORED_BITS - 1);
  return (bits & 0x80) === 0 ? -linear : linear;
}

/** `sample` is 16 bits in two's complement, here as 0..65535. */
function pcmaOf(sample: number): number {
  const isNegative = sample >= 0x8000;
  const magnitude = (isNegative ? ~sample & 0xffff : sample) >> PCMA_IGNORED_BITS;
  const segment = magnitude < 16 ? 0 : 31 - Math.clz32(magnitude) - 3;
  const step = (segment === 0 ? magnitude : magnitude >> (segment - 1)) & 0x0f;
  return ((isNegative ? 0 : 0x80) | (segment << 4) | step) ^ PCMA_INVERSION;
}
