/**
 * Makes the clips of the conference bridge anew: `node packages/resource/announcements/make.ts`. Needs espeak-ng
 * (Debian). The clips are kept in the repository, as nobody else needs the synthesiser.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import {
  ANNOUNCEMENT_SIGNATURES,
  encodeWav,
  SIGNATURE_LEVEL_DBOV,
  SIGNATURE_MS,
  ToneGenerator,
} from '@conclave/audio';
import { ANNOUNCEMENTS, type AnnouncementName } from '@conclave/sccp';

type Words = Readonly<Record<AnnouncementName, string>>;

const ENGLISH: Words = {
  'level-encrypted': 'This conference is encrypted.',
  'level-authenticated': 'This conference is authenticated. It is not encrypted.',
  'level-nonsecure': 'This conference is not secure.',
  'refused-authenticated': 'This conference admits only authenticated phones.',
  'refused-encrypted': 'This conference admits only encrypted phones.',
  muted: 'You are muted.',
  unmuted: 'You are no longer muted.',
  alone: 'Nobody else is here.',
  participants: 'participants.',
  removed: 'Removed.',
  held: 'on hold.',
  'digit-0': 'zero',
  'digit-1': 'one',
  'digit-2': 'two',
  'digit-3': 'three',
  'digit-4': 'four',
  'digit-5': 'five',
  'digit-6': 'six',
  'digit-7': 'seven',
  'digit-8': 'eight',
  'digit-9': 'nine',
  'party-encrypted': 'encrypted.',
  'party-authenticated': 'authenticated, not encrypted.',
  'party-nonsecure': 'not secure.',
};

const SPANISH: Words = {
  'level-encrypted': 'Esta conferencia está cifrada.',
  'level-authenticated': 'Esta conferencia está autenticada. No está cifrada.',
  'level-nonsecure': 'Esta conferencia no es segura.',
  'refused-authenticated': 'Esta conferencia solo admite teléfonos autenticados.',
  'refused-encrypted': 'Esta conferencia solo admite teléfonos cifrados.',
  muted: 'Su micrófono está desactivado.',
  unmuted: 'Su micrófono está activado.',
  alone: 'No hay nadie más.',
  participants: 'participantes.',
  removed: 'Expulsado.',
  held: 'en espera.',
  'digit-0': 'cero',
  'digit-1': 'uno',
  'digit-2': 'dos',
  'digit-3': 'tres',
  'digit-4': 'cuatro',
  'digit-5': 'cinco',
  'digit-6': 'seis',
  'digit-7': 'siete',
  'digit-8': 'ocho',
  'digit-9': 'nueve',
  'party-encrypted': 'llamada cifrada.',
  'party-authenticated': 'llamada autenticada, no cifrada.',
  'party-nonsecure': 'llamada no segura.',
};

const RATE_HZ = 8_000;

/** Peak of the speech, of full scale. */
const PEAK = 0.4;

/** Half the length of the low-pass filter, in samples of the synthesiser. */
const FILTER_HALF = 48;

const CUTOFF_HZ = 3_600;

/** Quieter samples at both ends are cut off. */
const SILENCE = 200;

for (const [language, voice, words] of [
  ['en', 'en-us', ENGLISH],
  ['es', 'es', SPANISH],
] as const) {
  const folder = new URL(`${language}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const name of ANNOUNCEMENTS) {
    const clip = [...signature(name), ...speech(voice, words[name])];
    writeFileSync(new URL(`${name}.wav`, folder), encodeWav(Int16Array.from(clip)));
  }
}

function signature(name: string): Int16Array {
  const frequenciesHz = ANNOUNCEMENT_SIGNATURES[name];
  if (!frequenciesHz) return new Int16Array(0);
  const samples = new Int16Array((RATE_HZ * SIGNATURE_MS) / 1000);
  new ToneGenerator({ frequenciesHz, levelDbov: SIGNATURE_LEVEL_DBOV }).write(samples);
  return samples;
}

function speech(voice: string, text: string): Int16Array {
  const made = spawnSync('espeak-ng', ['--stdout', '-v', voice, '-s', '150', text]);
  if (made.status !== 0) throw new Error(`espeak-ng: ${String(made.stderr ?? made.error)}`);
  const bytes: Buffer = made.stdout;
  const rateHz = bytes.readUInt32LE(24);
  const data = bytes.subarray(44);
  const samples = Array.from({ length: data.length >> 1 }, (_, at) => data.readInt16LE(2 * at));
  return trimmed(normalised(resampled(samples, rateHz)));
}

/** Windowed-sinc interpolation: what is above the telephone's band is left out. */
function resampled(samples: readonly number[], rateHz: number): number[] {
  const count = Math.floor((samples.length * RATE_HZ) / rateHz);
  return Array.from({ length: count }, (_, at) => {
    const centre = (at * rateHz) / RATE_HZ;
    let sum = 0;
    let weight = 0;
    for (let tap = Math.ceil(centre - FILTER_HALF); tap <= centre + FILTER_HALF; tap++) {
      const x = tap - centre;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / FILTER_HALF);
      const turn = (2 * Math.PI * CUTOFF_HZ * x) / rateHz;
      const sinc = x === 0 ? 1 : Math.sin(turn) / turn;
      sum += window * sinc * (samples[tap] ?? 0);
      weight += window * sinc;
    }
    return sum / weight;
  });
}

function normalised(samples: readonly number[]): number[] {
  const peak = samples.reduce((most, each) => Math.max(most, Math.abs(each)), 1);
  return samples.map((each) => Math.round((each * PEAK * 32_767) / peak));
}

function trimmed(samples: readonly number[]): Int16Array {
  const isLoud = (each: number): boolean => Math.abs(each) > SILENCE;
  const from = Math.max(0, samples.findIndex(isLoud) - 80);
  const to = Math.min(samples.length, samples.findLastIndex(isLoud) + 400);
  return Int16Array.from(samples.slice(from, to));
}
