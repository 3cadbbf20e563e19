/** What a phone says and hears: a tone or a file out, half a second of memory and a recording in. */
import {
  detectTones,
  FRAME_SAMPLES,
  levelsOf,
  SAMPLE_RATE_HZ,
  ToneGenerator,
} from '@conclave/audio';
import type { MediaChannel } from '@conclave/device';

/** What is listened to for tones: the last half second. */
const HEARING_SAMPLES = SAMPLE_RATE_HZ / 2;

/** A recording is at most ten minutes. */
const RECORDING_FRAMES_MAX = (SAMPLE_RATE_HZ * 600) / FRAME_SAMPLES;

const TONE_LEVEL_DBOV = -15;

export interface PhoneAudioOptions {
  /** Plays this tone; without it `play`, and without that silence. */
  readonly toneHz?: number;
  /** Samples to play over and over. */
  readonly play?: Int16Array;
  readonly record?: boolean;
}

export class PhoneAudio {
  readonly #out = new Int16Array(FRAME_SAMPLES);
  readonly #in = new Int16Array(FRAME_SAMPLES);
  readonly #payload = new Uint8Array(FRAME_SAMPLES);
  readonly #heard = new Int16Array(HEARING_SAMPLES);
  readonly #frames: Int16Array[] = [];
  readonly #tone: ToneGenerator | undefined;
  readonly #play: Int16Array | undefined;
  readonly #record: boolean;
  #played = 0;

  constructor({ toneHz, play, record = false }: PhoneAudioOptions) {
    this.#tone =
      toneHz === undefined
        ? undefined
        : new ToneGenerator({ frequenciesHz: [toneHz], levelDbov: TONE_LEVEL_DBOV });
    this.#play = play;
    this.#record = record;
  }

  /** One frame of 20 ms, out to every call that is sent to and in from every call that is heard. */
  tick(calls: Iterable<MediaChannel>): void {
    this.#next();
    this.#in.fill(0);
    for (const media of calls) {
      const codec = media.transmitCodec;
      if (codec) {
        codec.encode(this.#out, this.#payload);
        media.send(this.#payload);
      }
      media.take(this.#in);
    }
    this.#heard.copyWithin(0, FRAME_SAMPLES);
    this.#heard.set(this.#in, HEARING_SAMPLES - FRAME_SAMPLES);
    if (this.#record && this.#frames.length < RECORDING_FRAMES_MAX) {
      this.#frames.push(this.#in.slice());
    }
  }

  /** Forgets what was heard: nobody is connected any more. */
  hush(): void {
    this.#heard.fill(0);
  }

  /** Which of these tones are in the last half second. */
  hears(frequenciesHz: readonly number[]): readonly number[] {
    return detectTones(this.#heard, frequenciesHz);
  }

  /** The level of each tone in the last half second, in dBov. */
  levelsOf(frequenciesHz: readonly number[]): readonly number[] {
    return levelsOf(this.#heard, frequenciesHz);
  }

  /** Everything heard since the start, with `record`. */
  get recording(): Int16Array {
    const samples = new Int16Array(this.#frames.length * FRAME_SAMPLES);
    for (const [index, frame] of this.#frames.entries()) samples.set(frame, index * FRAME_SAMPLES);
    return samples;
  }

  #next(): void {
    if (this.#tone) {
      this.#tone.write(this.#out);
      return;
    }
    if (!this.#play || this.#play.length === 0) return;
    for (let index = 0; index < FRAME_SAMPLES; index += 1) {
      this.#out[index] = this.#play[this.#played % this.#play.length] ?? 0;
      this.#played += 1;
    }
  }
}
