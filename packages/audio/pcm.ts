/**
 * Numbers that all of this package agrees on: telephone audio is 8 kHz, 16-bit linear, in frames of
 * 20 ms.
 *
 * Source: [rfc] RFC 3551 §4.5.14 (PCMU and PCMA, 8 kHz, 20 ms by default).
 */

export const SAMPLE_RATE_HZ = 8000;

/** 20 ms, the packet size that phones are told to use. */
export const FRAME_SAMPLES = 160;

/** Of voices up to 7 kHz. */
export const WIDE_SAMPLE_RATE_HZ = 16_000;

export const WIDE_FRAME_SAMPLES = 320;

export const SAMPLE_MAX = 32767;
export const SAMPLE_MIN = -32768;

/**
 * The nearest 16-bit sample: what is too loud is clipped, never wrapped around. By comparisons:
 * `Math.max` on top of `Math.min` is slower, and codecs do this several times a sample.
 */
export function saturate(value: number): number {
  if (value > SAMPLE_MAX) return SAMPLE_MAX;
  if (value < SAMPLE_MIN) return SAMPLE_MIN;
  return value;
}
