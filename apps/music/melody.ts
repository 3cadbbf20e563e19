/**
 * What is heard on hold until the operator brings something better: a small melody of our own over four
 * chords, plucked like a harp. It is computed, so that nobody's rights are in it, and its end leads into
 * its beginning.
 */
import { FULL_SCALE, SAMPLE_RATE_HZ, saturate } from '@conclave/audio';

const BEATS_A_MINUTE = 84;
/** Samples of an eighth note. */
const STEP_SAMPLES: number = Math.round((SAMPLE_RATE_HZ * 60) / BEATS_A_MINUTE / 2);
const STEPS_A_BAR = 8;

/** Eight bars; notes are semitones above A2 (110 Hz), so that all are well inside telephone audio. */
const CHORDS: readonly (readonly number[])[] = [
  [15, 19, 22, 27],
  [12, 15, 19, 24],
  [8, 12, 15, 20],
  [10, 14, 17, 22],
  [15, 19, 22, 27],
  [7, 10, 14, 19],
  [8, 12, 15, 20],
  [10, 14, 17, 22],
];

/** The chord's notes one after another, up and half way down. */
const ARPEGGIO = [0, 1, 2, 3, 2, 1, 2, 3];

/** One line a bar: a note at each eighth, or none. */
const TUNE: readonly (readonly (number | undefined)[])[] = [
  [34, undefined, undefined, 31, undefined, undefined, 29, undefined],
  [27, undefined, undefined, undefined, 24, undefined, 27, undefined],
  [32, undefined, undefined, 31, undefined, 27, undefined, undefined],
  [29, undefined, undefined, undefined, undefined, undefined, 31, 32],
  [34, undefined, undefined, 36, undefined, undefined, 34, undefined],
  [31, undefined, 29, undefined, 26, undefined, undefined, undefined],
  [27, undefined, undefined, 29, undefined, 31, undefined, undefined],
  [29, undefined, undefined, undefined, undefined, undefined, undefined, undefined],
];

const LOWEST_HZ = 110;
const SEMITONES_AN_OCTAVE = 12;

/** Peaks, as parts of full scale: together well below clipping. */
const HARP_LEVEL = 0.07;
const TUNE_LEVEL = 0.14;

/** A plucked string's harmonics, each fading faster than the one below. */
const HARMONICS = [1, 0.45, 0.2, 0.1];
const FADE_SECONDS = 0.55;
const RISE_SAMPLES = 40;
const RING_SAMPLES: number = 3 * SAMPLE_RATE_HZ;

/** 16-bit samples at 8 kHz, always the same. */
export function melody(): Int16Array {
  const sum = new Float64Array(CHORDS.length * STEPS_A_BAR * STEP_SAMPLES);
  for (const [bar, chord] of CHORDS.entries()) {
    for (const [step, which] of ARPEGGIO.entries()) {
      const start = (bar * STEPS_A_BAR + step) * STEP_SAMPLES;
      pluck(sum, start, { semitones: chord[which] ?? 0, level: HARP_LEVEL });
      const note = TUNE[bar]?.[step];
      if (note !== undefined) pluck(sum, start, { semitones: note, level: TUNE_LEVEL });
    }
  }
  return Int16Array.from(sum, (value) => saturate(Math.round(FULL_SCALE * value)));
}

/** Adds a note that rings on, over the end into the beginning. */
function pluck(
  sum: Float64Array,
  start: number,
  note: { readonly semitones: number; readonly level: number },
): void {
  const frequencyHz = LOWEST_HZ * 2 ** (note.semitones / SEMITONES_AN_OCTAVE);
  for (let index = 0; index < RING_SAMPLES; index++) {
    const seconds = index / SAMPLE_RATE_HZ;
    const rise = Math.min(1, index / RISE_SAMPLES);
    let value = 0;
    for (const [harmonic, part] of HARMONICS.entries()) {
      const fade = Math.exp((-seconds * (harmonic + 1)) / FADE_SECONDS);
      value += part * fade * Math.sin(2 * Math.PI * frequencyHz * (harmonic + 1) * seconds);
    }
    const at = (start + index) % sum.length;
    sum[at] = (sum[at] ?? 0) + note.level * rise * value;
  }
}
