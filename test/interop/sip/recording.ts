/**
 * Sound files of other people's clients: the tone that one plays, and which tones are heard in what it
 * records, also while it still records.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import {
  encodeWav,
  LEVEL_FLOOR_DBOV,
  levelsOf,
  SAMPLE_RATE_HZ,
  TONE_THRESHOLDS,
  ToneGenerator,
} from '@conclave/audio';

/** Tones far enough apart, and no multiples of each other's neighbours, to be told apart in a mix. */
export const TONES_HZ: readonly number[] = [400, 600, 800, 1000, 1200, 1400, 1600, 1800];

/** Longer than any test: clients fall silent at the end of a file. */
const TONE_SECONDS = 180;

const TONE_DBOV = -20;

/** What is heard now: as much as tells neighbouring tones apart, with room for a lost packet. */
const NOW_MS = 400;

export function writeTone(
  file: string,
  frequencyHz: number,
  sampleRateHz: number = SAMPLE_RATE_HZ,
): void {
  const frequenciesHz = [frequencyHz];
  const generator = new ToneGenerator({ frequenciesHz, levelDbov: TONE_DBOV, sampleRateHz });
  const samples = new Int16Array(TONE_SECONDS * sampleRateHz);
  generator.write(samples);
  writeFileSync(file, encodeWav(samples, sampleRateHz));
}

/** Silence, for a client that only listens. */
export function writeSilence(file: string): void {
  writeFileSync(file, encodeWav(new Int16Array(TONE_SECONDS * SAMPLE_RATE_HZ)));
}

/**
 * Those of `candidatesHz` that sound in the last `lastMs` of a recording. None if nothing has been added
 * for a while: clients do not write down the silence of a stream that has stopped.
 */
export function recordedTones(
  file: string,
  candidatesHz: readonly number[] = TONES_HZ,
  lastMs: number = NOW_MS,
): readonly number[] {
  if (!existsSync(file) || Date.now() - statSync(file).mtimeMs > lastMs) return [];
  const { samples, rateHz } = readRecording(file);
  const count = Math.floor((lastMs * rateHz) / 1_000);
  if (samples.length < count) return [];
  const levels = levelsOf(samples.subarray(-count), candidatesHz, rateHz);
  const loudest = Math.max(LEVEL_FLOOR_DBOV, ...levels);
  const { minimumDbov, belowLoudestDb } = TONE_THRESHOLDS;
  const least = Math.max(minimumDbov, loudest - belowLoudestDb);
  return candidatesHz.filter((_, index) => (levels[index] ?? LEVEL_FLOOR_DBOV) >= least);
}

/** How often these tones have sounded together, anywhere in a recording. */
export function timesRecorded(file: string, tonesHz: readonly number[]): number {
  const { samples, rateHz } = readRecording(file);
  const [window, step] = [rateHz / 5, rateHz / 20];
  let times = 0;
  let sounded = false;
  for (let from = 0; from + window <= samples.length; from += step) {
    const levels = levelsOf(samples.subarray(from, from + window), tonesHz, rateHz);
    const sounds = levels.every((level) => level >= TONE_THRESHOLDS.minimumDbov);
    if (sounds && !sounded) times += 1;
    sounded = sounds;
  }
  return times;
}

/** How much has been recorded. */
export function recordedMs(file: string): number {
  const { samples, rateHz } = readRecording(file);
  return (1_000 * samples.length) / rateHz;
}

interface Recording {
  readonly samples: Int16Array;
  readonly rateHz: number;
}

const NOTHING: Recording = { samples: new Int16Array(0), rateHz: SAMPLE_RATE_HZ };

/** Where samples begin in a file whose header is still to be written. */
const HEADER_BYTES = 44;

/**
 * Linear mono of any rate. The sizes in the header are not believed: they are written at the end, by
 * linphone with all of the header.
 */
function readRecording(file: string): Recording {
  if (!existsSync(file)) return NOTHING;
  const bytes = readFileSync(file);
  const data = bytes.subarray(0, 4_096).indexOf('data');
  const format = bytes.subarray(0, 4_096).indexOf('fmt ');
  if (format < 0 || data < 0) return { ...NOTHING, samples: samplesOf(bytes, HEADER_BYTES) };
  const channels = bytes.readUInt16LE(format + 10);
  const bits = bytes.readUInt16LE(format + 22);
  if (channels !== 1 || bits !== 16) {
    throw new Error(`${file} has ${channels} channels of ${bits} bits`);
  }
  return { samples: samplesOf(bytes, data + 8), rateHz: bytes.readUInt32LE(format + 12) };
}

function samplesOf(bytes: Buffer, from: number): Int16Array {
  const length = Math.max(0, Math.floor((bytes.length - from) / 2));
  return Int16Array.from({ length }, (_, index) => bytes.readInt16LE(from + 2 * index));
}
