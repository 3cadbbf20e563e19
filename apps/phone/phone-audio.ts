/**
 * A phone's mouth and ear: what it says, what it heard during the last second, and a recording.
 */
import {
  detectTones,
  LEVEL_FLOOR_DBOV,
  levelsOf,
  loudnessOf,
  SAMPLE_RATE_HZ,
  TONE_THRESHOLDS,
} from '@conclave/audio';
import type { SoundOptions } from './options.ts';
import { openSound, type Sound } from './sound.ts';

/** What is kept for tone detection: one second. */
const MEMORY_SAMPLES = SAMPLE_RATE_HZ;

/** How much of it counts as now. */
const NOW_MS = 500;

/** 30 minutes; a recording ends there. */
const RECORDING_SAMPLES_MAX: number = 30 * 60 * SAMPLE_RATE_HZ;

/** Recordings grow by this much at a time. */
const CHUNK_SAMPLES: number = 10 * SAMPLE_RATE_HZ;

export interface HeardTone {
  readonly frequencyHz: number;
  readonly levelDbov: number;
}

export class PhoneAudio {
  readonly #ring = new Int16Array(MEMORY_SAMPLES);
  #at = 0;
  #sound: Sound;
  readonly #recorder: Recorder | undefined;

  /** Throws a PhoneError for a tone that cannot be sent. */
  constructor(sound: SoundOptions, records: boolean) {
    this.#sound = openSound(sound);
    this.#recorder = records ? new Recorder() : undefined;
  }

  /** Those of the given tones that sound now, not lost in anything much louder. */
  hears(frequenciesHz: readonly number[]): readonly number[] {
    return this.heard(frequenciesHz).map(({ frequencyHz }) => frequencyHz);
  }

  /** The same with levels, over the last `windowMs` (half a second; at most one). */
  heard(frequenciesHz: readonly number[], windowMs: number = NOW_MS): readonly HeardTone[] {
    const samples = this.#last(windowMs);
    const minimumDbov = Math.max(
      TONE_THRESHOLDS.minimumDbov,
      loudnessOf(samples) - TONE_THRESHOLDS.belowLoudestDb,
    );
    const found = detectTones(samples, frequenciesHz, { ...TONE_THRESHOLDS, minimumDbov });
    const levels = levelsOf(samples, found);
    return found.map((frequencyHz, index) => ({
      frequencyHz,
      levelDbov: Math.round((levels[index] ?? LEVEL_FLOOR_DBOV) * 10) / 10,
    }));
  }

  /** All that sounds now as one level in dBov; -127 is silence. */
  loudness(windowMs: number = NOW_MS): number {
    return loudnessOf(this.#last(windowMs));
  }

  /** All that was heard while media was open, at 8 kHz; empty when nothing is recorded. */
  get recording(): Int16Array {
    return this.#recorder?.samples() ?? new Int16Array(0);
  }

  /** Says something else from now on. */
  say(sound: SoundOptions): void {
    this.#sound = openSound(sound);
  }

  /** Writes the next frame of what the phone says. */
  speak(frame: Int16Array): void {
    this.#sound.write(frame);
  }

  /** Takes in a frame. */
  listen(frame: Int16Array): void {
    for (const sample of frame) {
      this.#ring[this.#at] = sample;
      this.#at = (this.#at + 1) % MEMORY_SAMPLES;
    }
    this.#recorder?.push(frame);
  }

  /** Nothing is heard any more. */
  hush(): void {
    this.#ring.fill(0);
  }

  /** The newest samples, the oldest of them first. */
  #last(windowMs: number): Int16Array {
    const count = Math.min(MEMORY_SAMPLES, Math.round((windowMs * SAMPLE_RATE_HZ) / 1000));
    return Int16Array.from({ length: count }, (_, index) => {
      const at = (this.#at - count + index + MEMORY_SAMPLES) % MEMORY_SAMPLES;
      return this.#ring[at] ?? 0;
    });
  }
}

/** Keeps everything up to a bound. */
class Recorder {
  readonly #chunks: Int16Array[] = [];
  #count = 0;

  push(frame: Int16Array): void {
    for (const sample of frame) {
      if (this.#count >= RECORDING_SAMPLES_MAX) return;
      const at = this.#count % CHUNK_SAMPLES;
      if (at === 0) this.#chunks.push(new Int16Array(CHUNK_SAMPLES));
      const chunk = this.#chunks.at(-1);
      if (chunk) chunk[at] = sample;
      this.#count += 1;
    }
  }

  samples(): Int16Array {
    const all = new Int16Array(this.#count);
    for (const [index, chunk] of this.#chunks.entries()) {
      const start = index * CHUNK_SAMPLES;
      all.set(chunk.subarray(0, this.#count - start), start);
    }
    return all;
  }
}
