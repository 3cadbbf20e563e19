/** What one participant is told: clips one after the other, over the conference, which steps back. */
import {
  FRAME_SAMPLES,
  Resampler,
  SAMPLE_RATE_HZ,
  saturate,
  WIDE_FRAME_SAMPLES,
  WIDE_SAMPLE_RATE_HZ,
} from '@conclave/audio';

/** Clips that may wait; what is past them is not said. */
const QUEUE_MAX = 128;

/** How much of the conference is left beside a clip. */
const DUCKING = 0.25;

export class AnnouncementPlayer {
  readonly #queue: Int16Array[] = [];
  #position = 0;
  #said: Int16Array | undefined;
  #wide: Int16Array | undefined;
  #widener: Resampler | undefined;

  get isPlaying(): boolean {
    return this.#queue.length > 0;
  }

  /** `instead`: nothing of what waits or plays is true any more. */
  play(clips: readonly Int16Array[], instead: boolean): void {
    if (instead) this.stop();
    this.#queue.push(...clips.slice(0, QUEUE_MAX - this.#queue.length));
  }

  stop(): void {
    this.#queue.length = 0;
    this.#position = 0;
  }

  /** Writes the next frame, over what is heard of the conference, into `target`. Allocates nothing. */
  mix(heard: Int16Array, target: Int16Array): void {
    const [clip] = this.#queue;
    this.#said ??= new Int16Array(FRAME_SAMPLES);
    const said = this.#said;
    for (let index = 0; index < FRAME_SAMPLES; index++) {
      said[index] = clip?.[this.#position + index] ?? 0;
    }
    const wide = target.length === FRAME_SAMPLES ? said : this.#widened(said);
    for (let index = 0; index < target.length; index++) {
      target[index] = saturate((wide[index] ?? 0) + Math.round(DUCKING * (heard[index] ?? 0)));
    }
    this.#position += FRAME_SAMPLES;
    if (clip && this.#position < clip.length) return;
    this.#queue.shift();
    this.#position = 0;
  }

  /** Clips have 8 kHz, a wide mixer's frames 16. */
  #widened(said: Int16Array): Int16Array {
    this.#widener ??= new Resampler(SAMPLE_RATE_HZ, WIDE_SAMPLE_RATE_HZ, FRAME_SAMPLES);
    this.#wide ??= new Int16Array(WIDE_FRAME_SAMPLES);
    this.#widener.resample(said, this.#wide);
    return this.#wide;
  }
}
