/** What a phone says: a tone, samples over and over, or nothing. */
import { readFileSync } from 'node:fs';
import { decodeWav, SINE_LEVEL_MAX_DBOV, ToneGenerator } from '@conclave/audio';
import type { SoundOptions } from './options.ts';
import { PhoneError } from './phone-error.ts';

/** Loud enough to be found in the mix of many, quiet enough that seven of them do not clip. */
const LEVEL_DBOV = -20;

const LEVEL_MIN_DBOV = -90;

export interface Sound {
  /** Fills the next frame. */
  write(target: Int16Array): void;
}

/** Throws a PhoneError for a tone that telephones do not carry. */
export function openSound({ toneHz, levelDbov = LEVEL_DBOV, play }: SoundOptions): Sound {
  if (toneHz === undefined) return play && play.length > 0 ? new Loop(play) : SILENCE;
  if (!(toneHz > 0 && toneHz < 4000)) {
    throw new PhoneError('PHONE_OPTIONS', `A tone of ${toneHz} Hz cannot be sent.`);
  }
  if (!(levelDbov <= SINE_LEVEL_MAX_DBOV && levelDbov >= LEVEL_MIN_DBOV)) {
    throw new PhoneError('PHONE_OPTIONS', `A tone of ${levelDbov} dBov cannot be sent.`);
  }
  return new ToneGenerator({ frequenciesHz: [toneHz], levelDbov });
}

/** The samples of a WAV file. Throws a PhoneError that names the file. */
export function readSamples(path: string): Int16Array {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PhoneError('PHONE_OPTIONS', `${path}: ${code}`);
  }
  const decoded = decodeWav(bytes);
  if (decoded.ok) return decoded.value;
  const why = decoded.detail ?? decoded.error;
  throw new PhoneError('PHONE_OPTIONS', `${path}: ${why}; WAV, mono, 8 kHz is needed.`);
}

const SILENCE: Sound = { write: (target) => void target.fill(0) };

class Loop implements Sound {
  readonly #samples: Int16Array;
  #at = 0;

  constructor(samples: Int16Array) {
    this.#samples = samples;
  }

  write(target: Int16Array): void {
    for (let index = 0; index < target.length; index += 1) {
      target[index] = this.#samples[this.#at] ?? 0;
      this.#at = (this.#at + 1) % this.#samples.length;
    }
  }
}
