/**
 * Which tones are in a piece of audio, and how loud: one Goertzel filter per frequency asked for,
 * over a Hann window, whose far side lobes are low enough to tell a quiet tone from the skirts of a
 * loud one. Frequencies nearer to each other than `resolutionOf` melt into one.
 *
 * For tests and for supervision of a conference, not for the packet path: it allocates.
 *
 * Source: [doc] G. Goertzel, "An Algorithm for the Evaluation of Finite Trigonometric Series",
 * 1958; levels in dBov as in `tone.ts`.
 */

import { SAMPLE_RATE_HZ } from './pcm.ts';
import { FULL_SCALE } from './tone.ts';

/** No level is reported below this: the floor of RFC 6464. */
export const LEVEL_FLOOR_DBOV = -127;

export interface ToneThresholds {
  /** Quieter than this is absent. */
  readonly minimumDbov: number;
  /** Absent, too, is what is this much quieter than the loudest candidate (leakage, companding). */
  readonly belowLoudestDb: number;
}

/** Finds speech-level tones after G.711, whose noise stays 33 dB and more below the signal. */
export const TONE_THRESHOLDS: ToneThresholds = { minimumDbov: -45, belowLoudestDb: 24 };

/**
 * The level of a sine at each frequency, in dBov, in the order asked for. Exact for a steady tone;
 * a full-scale sine is at -3.01. Audio of length 0 is at the floor.
 */
export function levelsOf(
  samples: Int16Array,
  frequenciesHz: readonly number[],
  sampleRateHz: number = SAMPLE_RATE_HZ,
): readonly number[] {
  const { windowed, windowSum } = applyHannWindow(samples);
  return frequenciesHz.map((frequencyHz) => {
    const magnitude = goertzel(windowed, (2 * Math.PI * frequencyHz) / sampleRateHz);
    return windowSum === 0 ? LEVEL_FLOOR_DBOV : levelOfAmplitude((2 * magnitude) / windowSum);
  });
}

/** Those of `candidatesHz` that sound, in the order asked for. For audio at 8 kHz. */
export function detectTones(
  samples: Int16Array,
  candidatesHz: readonly number[],
  thresholds: ToneThresholds = TONE_THRESHOLDS,
): readonly number[] {
  const levelsDbov = levelsOf(samples, candidatesHz);
  const loudestDbov = Math.max(LEVEL_FLOOR_DBOV, ...levelsDbov);
  const minimumDbov = Math.max(thresholds.minimumDbov, loudestDbov - thresholds.belowLoudestDb);
  return candidatesHz.filter((_, index) => (levelsDbov[index] ?? LEVEL_FLOOR_DBOV) >= minimumDbov);
}

/**
 * How far apart two tones must be to be told apart in so many samples: the main lobe of the window.
 */
export function resolutionOf(sampleCount: number, sampleRateHz: number = SAMPLE_RATE_HZ): number {
  return (4 * sampleRateHz) / sampleCount;
}

/** The level of all that sounds (root mean square), in dBov: a full-scale sine is at -3.01. */
export function loudnessOf(samples: Int16Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return samples.length === 0 ? LEVEL_FLOOR_DBOV : levelOfPower(energy / samples.length);
}

function applyHannWindow(samples: Int16Array): { windowed: Float64Array; windowSum: number } {
  const windowed = new Float64Array(samples.length);
  const step = (2 * Math.PI) / samples.length;
  let windowSum = 0;
  for (const [index, sample] of samples.entries()) {
    const weight = 0.5 - 0.5 * Math.cos(step * (index + 0.5));
    windowed[index] = weight * sample;
    windowSum += weight;
  }
  return { windowed, windowSum };
}

/** The magnitude of the Fourier sum at one frequency, given in radians per sample. */
function goertzel(samples: Float64Array, radiansPerSample: number): number {
  const coefficient = 2 * Math.cos(radiansPerSample);
  let previous = 0;
  let beforePrevious = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - beforePrevious;
    beforePrevious = previous;
    previous = current;
  }
  const power =
    previous * previous + beforePrevious * beforePrevious - coefficient * previous * beforePrevious;
  return Math.sqrt(Math.max(0, power));
}

function levelOfAmplitude(amplitude: number): number {
  return levelOfPower((amplitude * amplitude) / 2);
}

function levelOfPower(power: number): number {
  const levelDbov = 10 * Math.log10(power / (FULL_SCALE * FULL_SCALE));
  return Math.max(LEVEL_FLOOR_DBOV, levelDbov);
}
